"""The page and the kit in WebKit, the engine of Safari, whose own microphone hums and beeps."""

from __future__ import annotations

import shutil
from collections.abc import Iterator

import pytest
from page_scripts import ELEMENT, FEATURES, expect_features_of_node
from webkit import BROWSER, DRIVER, WebKit

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
    expect_features_of_node(webkit.run(FEATURES), run_node)
    assert webkit.run(HEAR_TWICE) == ["sound", "sound"]
    assert webkit.run(ELEMENT) == [True, True]
