"""Burg's method against librosa's and against the page's own, on the same samples."""

import json
import shutil
import subprocess
from pathlib import Path

import numpy as np
import pytest

from cepstra.frontend import page_definition
from cepstra.frontend.audio import read_audio
from cepstra.frontend.lpc import DECIMALS, ORDER, burg, utterance_lpc
from scripts.make_lpc_reference import signals

ROOT = Path(__file__).resolve().parent.parent
LIBROSA = json.loads((ROOT / "tests" / "lpc_librosa.json").read_text())


def page_lpc(samples, folder: Path) -> np.ndarray:
    """(12,) what burg.js makes of (n,) samples."""
    node = shutil.which("node")
    if node is None:
        pytest.skip("NO NODE: the page's Burg module was not compared")
    path = folder / "samples.f32"
    np.asarray(samples, dtype="<f4").tofile(path)
    script = ROOT / "tests" / "js" / "lpc_reference.mjs"
    definition = ROOT / "static" / "js" / "frontend.json"
    command = [node, str(script), str(definition), str(path)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return np.array(json.loads(done.stdout))


@pytest.mark.parametrize("name", list(signals()))
def test_agrees_with_librosa(name):
    np.testing.assert_allclose(burg(signals()[name]), LIBROSA[name], rtol=1e-6, atol=1e-6)


@pytest.mark.parametrize("name", list(signals()))
def test_agrees_with_the_page_on_made_signals(name, tmp_path):
    samples = signals()[name].astype(np.float32).astype(np.float64)
    expected = page_lpc(samples, tmp_path)
    np.testing.assert_allclose(utterance_lpc(samples), expected, atol=0.51 * 10**-DECIMALS)


def test_agrees_with_the_page_on_real_speech(shared_dir, tmp_path):
    for speaker in sorted((shared_dir / "corpora" / "fsdd").iterdir()):
        samples = read_audio(sorted(speaker.glob("*.flac"))[0]).astype(np.float32)
        expected = page_lpc(samples, tmp_path)
        found = utterance_lpc(samples.astype(np.float64))
        np.testing.assert_allclose(found, expected, atol=0.51 * 10**-DECIMALS)


def test_a_resonance_is_found_whatever_its_loudness():
    noise = np.random.default_rng(1).standard_normal(20_000)
    ringing = np.zeros_like(noise)
    for n in range(2, len(noise)):
        ringing[n] = noise[n] + 1.5 * ringing[n - 1] - 0.9 * ringing[n - 2]
    expected = np.array([-1.5, 0.9, *[0.0] * 10])
    np.testing.assert_allclose(burg(ringing), expected, atol=0.03)
    np.testing.assert_allclose(burg(ringing / 1000), burg(ringing), atol=1e-9)


def test_silence_has_nothing_to_predict():
    np.testing.assert_array_equal(utterance_lpc(np.full(1000, 0.25)), np.zeros(ORDER))
    assert page_definition().remove_frame_mean  # which is why a constant is silence


def test_too_few_samples_are_refused():
    with pytest.raises(ValueError, match="more than 12, got 12"):
        burg(np.ones(12))
