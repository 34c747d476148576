"""What every browser has to do alike: bodies of async functions that drivers run in the page."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

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
    capture.port.onmessage = ({ data }) => blocks.push(data) === 24 && resolve();
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

ELEMENT = """
  const { STRINGS } = await import("/static/js/cepstra-verify.js");
  const element = document.createElement("cepstra-verify");
  document.body.append(element);
  const button = element.shadowRoot.querySelector("button");
  const isStyled = getComputedStyle(button).borderRadius === "8px";
  element.remove();
  return [button.textContent === STRINGS.start, isStyled];
"""


def as_callback(body: str) -> str:
    """A script for WebDriver's ExecuteAsyncScript: its last argument takes value or failure."""
    return (
        "const done = arguments[arguments.length - 1];"
        f"(async (...given) => {{ {body} }})(...arguments).then("
        "(value) => done({ value }), (error) => done({ failure: String(error?.stack ?? error) }))"
    )


def expect_features_of_node(made: Mapping[str, Any], run_node: Callable[..., bytes]) -> None:
    """Compare what `FEATURES` returns with what the same modules make in Node."""
    samples, definition = np.array(made["samples"]), PAGE_DEFINITION.read_text("utf-8")
    node = json.loads(run_node("meyda_reference.mjs", samples, definition))["mfcc"]
    assert len(node) > 90
    np.testing.assert_allclose(made["mfcc"], node, atol=1e-3)
