"""The Python front end against Meyda itself, run in Node on the same samples."""

import dataclasses
import json
import tracemalloc

import numpy as np
import pytest
from surroundings import ROOT

from cepstra.evaluation.systems import CLASSIC_FRONT_END
from cepstra.frontend import FrontEndDefinition, extract, load_definition, page_definition
from cepstra.frontend.audio import read_audio
from cepstra.frontend.mfcc import Features

TOLERANCE = 1e-4


@pytest.fixture
def run_meyda(run_node):
    """Return a function (samples, definition) -> what Meyda makes of them."""

    def run(samples: np.ndarray, definition: FrontEndDefinition) -> Features:
        settings = json.dumps(dataclasses.asdict(definition))
        reply = json.loads(run_node("meyda_reference.mjs", samples, settings))
        return Features(*(np.array(reply[name]) for name in ("mfcc", "energy", "zcr")))

    return run


def made_signals(n: int, rate_hz: int) -> dict[str, np.ndarray]:
    """Signals without a microphone, as the 32-bit floats a browser has."""
    rng = np.random.default_rng(5)
    t = np.arange(n) / rate_hz
    signals = {
        "silence": np.zeros(n),
        "constant offset": np.full(n, 0.25),
        "full-scale tone": np.sin(2 * np.pi * 440 * t),
        "full-scale square": np.where(np.sin(2 * np.pi * 97.3 * t) >= 0, 1.0, -1.0),
        "white noise": rng.uniform(-1, 1, n),
        "faint noise": rng.standard_normal(n) * 1e-4,
        "impulse": np.eye(1, n, n // 2)[0],
    }
    return {name: x.astype(np.float32).astype(np.float64) for name, x in signals.items()}


def assert_same(ours: Features, meyda: Features) -> None:
    assert ours.mfcc.shape == meyda.mfcc.shape
    assert np.abs(ours.mfcc - meyda.mfcc).max() < TOLERANCE
    np.testing.assert_allclose(ours.energy, meyda.energy, rtol=1e-5, atol=1e-5)
    assert np.mean(ours.zcr == meyda.zcr) == 1.0


@pytest.mark.parametrize(
    "definition", [page_definition(), CLASSIC_FRONT_END], ids=["page", "classic"]
)
@pytest.mark.parametrize("name", list(made_signals(1, 1)))
def test_agrees_with_meyda_on_made_signals(name, definition, run_meyda):
    samples = made_signals(8000, definition.sample_rate_hz)[name]
    assert_same(extract(samples, definition), run_meyda(samples, definition))


def test_agrees_with_meyda_on_real_speech(shared_dir, run_meyda):
    speakers = sorted((shared_dir / "corpora" / "speech_commands" / "dev").iterdir())
    takes = [sorted(speaker.glob("*.flac"))[0] for speaker in speakers]
    samples = np.concatenate([read_audio(take) for take in takes])
    assert_same(extract(samples), run_meyda(samples, page_definition()))


def test_agrees_with_meyda_on_synthetic_speech(espeak_wav, run_meyda):
    samples = read_audio(espeak_wav("three one four", "en", 50)).astype(np.float32)
    assert_same(extract(samples), run_meyda(samples, page_definition()))


def test_definition_is_the_pages_file():
    settings = json.loads((ROOT / "static" / "js" / "frontend.json").read_text())
    assert dataclasses.asdict(page_definition()) == settings


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        ({"window": "hanning"}, "window"),
        ({"frame_samples": 500}, "frame_samples"),
        ({"hop_samples": 0}, "hop_samples"),
        ({"coefficients": 27}, "coefficients"),
        ({"step": -1}, "step"),
        ({"lifter": 22}, "unknown.*lifter"),
        ({"endpointing": {"patience_ms": 9}}, "missing.*hangover_ms.*unknown.*patience_ms"),
    ],
)
def test_impossible_definition_is_refused(change, complaint, tmp_path):
    path = tmp_path / "frontend.json"
    path.write_text(json.dumps(dataclasses.asdict(page_definition()) | change))
    with pytest.raises(ValueError, match=complaint):
        load_definition(path)


def test_only_whole_frames_count():
    definition = page_definition()
    samples = np.random.default_rng(1).uniform(-1, 1, 512 + 160 * 4 + 159)
    assert len(extract(samples, definition)) == 5
    assert len(extract(samples[:511], definition)) == 0
    assert extract(samples[:511], definition).mfcc.shape == (0, 20)


def test_frames_have_no_memory():
    samples = np.random.default_rng(2).uniform(-1, 1, 4000)
    whole, later = extract(samples), extract(samples[1600:])
    np.testing.assert_allclose(whole.mfcc[10:], later.mfcc, atol=1e-9)


def test_a_long_recording_costs_little_memory_and_loses_no_frame():
    samples = np.random.default_rng(3).uniform(-1, 1, 16_000 * 180 + 77)
    tracemalloc.start()
    long = extract(samples)
    peak_bytes = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak_bytes < 100e6
    assert len(long) == 1 + (len(samples) - 512) // 160
    for at in (0, 2995, 5995, len(long) - 10):
        here = extract(samples[at * 160 : at * 160 + 9 * 160 + 512])
        for name in ("mfcc", "energy", "zcr"):
            parts = getattr(long, name)[at : at + 10], getattr(here, name)
            np.testing.assert_allclose(*parts, atol=1e-9)


@pytest.mark.parametrize("samples", [np.zeros((600, 2)), np.array([np.nan] * 600)])
def test_samples_that_cannot_be_framed_are_refused(samples):
    with pytest.raises(ValueError, match="samples"):
        extract(samples)
