"""The page and the kit in Firefox, which hears a tone as its microphone."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator

import pytest
from marionette import Firefox
from page_scripts import ELEMENT, FEATURES, expect_features_of_node

LISTEN = """
  const { Cepstra } = await import("/static/js/cepstra.js");
  const voice = new Cepstra();
  const heard = new Promise((resolve) => voice.addEventListener("level", resolve, { once: true }));
  try {
    await voice.openMicrophone();
    await heard;
    await voice.closeMicrophone();
    return "heard";
  } catch (error) {
    return error.code;
  }
"""


@pytest.fixture(scope="module")
def firefox(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Firefox]:
    program = shutil.which("firefox-esr") or shutil.which("firefox")
    if program is None:
        if os.environ.get("CI") == "true":
            pytest.fail("NO FIREFOX: CI needs Firefox (Debian package firefox-esr)")
        pytest.skip("NO FIREFOX: it is missing, so nothing was tested in it")
    browser = Firefox(program, tmp_path_factory.mktemp("firefox"))
    yield browser
    browser.close()


def test_page_and_kit_work_in_firefox(firefox, module_server, run_node) -> None:
    firefox.open(module_server.url)
    expect_features_of_node(firefox.run(FEATURES), run_node)
    # A machine without any sound device never lets Firefox begin; then the kit has to say so.
    assert firefox.run(LISTEN) in ("heard", "microphone-silent")
    assert firefox.run(ELEMENT) == [True, True]
    assert firefox.complaints() == []
    firefox.run('setTimeout(() => { throw new Error("planted"); }); await fetch("/health");')
    assert "planted" in firefox.first_complaint()
