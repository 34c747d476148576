"""The page and the kit in Firefox, which hears a tone as its microphone."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Iterator

import numpy as np
import pytest
from marionette import Firefox

from cepstra.frontend.definition import PAGE_DEFINITION

FEATURES = """
  const { createFeatureExtractor } = await import("/static/js/features.js");
  const { Framer } = await import("/static/js/utterance-stream.js");
  const { findMeyda } = await import("/static/js/meyda-library.js");
  const { Resampler } = await import("/static/js/resampler.js");
  const frontend = await (await fetch("/static/js/frontend.json")).json();
  const context = new OfflineAudioContext(1, 44100, 44100);
  await context.audioWorklet.addModule("/static/js/capture-worklet.js");
  const capture = new AudioWorkletNode(context, "capture", { numberOfOutputs: 1, channelCount: 1 });
  const blocks = [];
  const isCaptured = new Promise((resolve) => {
    capture.port.onmessage = ({ data }) => blocks.push(data) === 43 && resolve();
  });
  const oscillator = new OscillatorNode(context, { type: "sawtooth", frequency: 140 });
  oscillator.connect(capture).connect(context.destination);
  oscillator.frequency.linearRampToValueAtTime(420, 1);
  oscillator.start();
  await context.startRendering();
  await isCaptured;
  const resampler = new Resampler(context.sampleRate, frontend.sample_rate_hz);
  const samples = blocks.flatMap((block) => Array.from(resampler.push(block)));
  const extract = createFeatureExtractor(await findMeyda(), frontend);
  const framer = new Framer(frontend.frame_samples, frontend.hop_samples);
  const frames = framer.push(Float32Array.from(samples));
  return { samples, mfcc: frames.map((frame) => Array.from(extract(frame).mfcc)) };
"""

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

ELEMENT = """
  const { STRINGS } = await import("/static/js/cepstra-verify.js");
  const element = document.createElement("cepstra-verify");
  document.body.append(element);
  const button = element.shadowRoot.querySelector("button");
  const isStyled = getComputedStyle(button).borderRadius === "8px";
  element.remove();
  return [button.textContent === STRINGS.start, isStyled];
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
    made = firefox.run(FEATURES)
    samples, definition = np.array(made["samples"]), PAGE_DEFINITION.read_text("utf-8")
    node = json.loads(run_node("meyda_reference.mjs", samples, definition))["mfcc"]
    assert len(node) > 90
    np.testing.assert_allclose(made["mfcc"], node, atol=1e-3)
    # A machine without any sound device never lets Firefox begin; then the kit has to say so.
    assert firefox.run(LISTEN) in ("heard", "microphone-silent")
    assert firefox.run(ELEMENT) == [True, True]
    assert firefox.complaints() == []
    firefox.run('setTimeout(() => { throw new Error("planted"); }); await fetch("/health");')
    assert "planted" in firefox.first_complaint()
