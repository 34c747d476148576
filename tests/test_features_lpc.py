"""Burg's method against librosa's, on the same samples."""

import json

import numpy as np
import pytest
from surroundings import ROOT

from cepstra.frontend import page_definition
from cepstra.frontend.lpc import ORDER, burg, utterance_lpc
from scripts.make_lpc_reference import signals

LIBROSA = json.loads((ROOT / "tests" / "lpc_librosa.json").read_text())


@pytest.mark.parametrize("name", list(signals()))
def test_agrees_with_librosa(name):
    np.testing.assert_allclose(burg(signals()[name]), LIBROSA[name], rtol=1e-6, atol=1e-6)


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
