"""The page and the kit in WebKit, the engine of Safari, whose own microphone hums and beeps."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator

import numpy as np
import pytest
from test_firefox import ELEMENT, FEATURES
from webkit import BROWSER, DRIVER, WebKit

from cepstra.frontend.definition import PAGE_DEFINITION

HEAR_TWICE = """
  const { Microphone } = await import("/static/js/microphone.js");
  let heard;
  const isHeard = () => new Promise((resolve) => { heard = resolve; });
  const onSamples = (samples) => samples.some((value) => Math.abs(value) > 0.01) && heard();
  const microphone = new Microphone({ onSamples, onLost: (error) => heard(error.code) });
  await microphone.prepare();
  const told = [];
  for (let time = 0; time < 2; time++) {
    const sound = isHeard();
    await microphone.open();
    told.push(await sound ?? "sound");
    await microphone.close();
  }
  return told;
"""


@pytest.fixture(scope="module")
def webkit() -> Iterator[WebKit]:
    if BROWSER is None or not shutil.which(DRIVER) or not shutil.which("Xvfb"):
        pytest.skip("NO WEBKIT: nothing was tested in it (apt install webkit2gtk-driver xvfb)")
    browser = WebKit()
    yield browser
    browser.close()


def test_page_and_kit_work_in_webkit(webkit: WebKit, module_server, run_node):
    webkit.open(module_server.url)
    made = webkit.run(FEATURES)
    samples, definition = np.array(made["samples"]), PAGE_DEFINITION.read_text("utf-8")
    node = json.loads(run_node("meyda_reference.mjs", samples, definition))["mfcc"]
    assert len(node) > 90
    np.testing.assert_allclose(made["mfcc"], node, atol=1e-3)
    assert webkit.run(HEAR_TWICE) == ["sound", "sound"]
    assert webkit.run(ELEMENT) == [True, True]
