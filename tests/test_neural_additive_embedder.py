"""The shipped network: sums that add up, points that tell voices apart."""

import json

import numpy as np
import pytest
from surroundings import ROOT

from cepstra.evaluation.metrics import eer
from cepstra.frontend import extract, rounded
from cepstra.frontend.audio import read_audio
from cepstra.gmm.speech import speech_mask
from cepstra.neural.additive_embedder import AdditiveEmbedder
from cepstra.verification.shipped import load_network


def speech_of(name: str) -> np.ndarray:
    mfcc = np.array(json.loads((ROOT / name).read_text())["mfcc"])
    return mfcc[speech_mask(mfcc)]


@pytest.fixture(scope="module")
def network() -> AdditiveEmbedder:
    return load_network()


def test_a_voice_is_nearer_to_itself_than_to_another(network):
    names = ("mfcc_train.json", "mfcc_test.json", "mfcc_other_speaker.json")
    enrolled, own, other = (network.embedding(network.sums(speech_of(name))) for name in names)
    assert enrolled @ own > 0.5 > enrolled @ other + 0.2
    assert np.linalg.norm(own) == pytest.approx(1.0, abs=1e-5)


def test_takes_added_up_lie_where_all_of_them_together_lie(network):
    speech = speech_of("mfcc_train.json")
    halves = np.array_split(speech, 2)
    added = network.embedding(sum(network.sums(half) for half in halves))
    assert added @ network.embedding(network.sums(speech)) > 0.85


def test_what_was_added_can_be_taken_away(network):
    first, second = (network.sums(half) for half in np.array_split(speech_of("mfcc_test.json"), 2))
    rest = (first + second) - second
    np.testing.assert_allclose(network.embedding(rest), network.embedding(first), atol=1e-3)


@pytest.mark.parametrize("n_frames", [1, 2, 3, 2000])
def test_any_length_gives_finite_points(network, n_frames):
    speech = np.resize(speech_of("mfcc_train.json"), (n_frames, 20))
    assert np.isfinite(network.embedding(network.sums(speech))).all()


def test_no_speech_adds_nothing(network):
    nothing = network.sums(np.zeros((0, 20)))
    assert not nothing.any()
    assert np.isfinite(network.embedding(nothing)).all()


def test_the_loudness_of_a_recording_hardly_moves_its_point(network):
    speech = speech_of("mfcc_train.json")
    louder = speech.copy()
    louder[:, 0] += 52 * np.log(4) / 2  # c0 is twice the sum of 26 log energies
    same = network.embedding(network.sums(speech)) @ network.embedding(network.sums(louder))
    assert same > 0.9


def test_a_missing_array_is_named():
    with pytest.raises(ValueError, match="cohort"):
        AdditiveEmbedder(b"", b"", {"centre": np.zeros(20), "scale": np.ones(20)})


def test_single_digits_of_strangers_are_told_apart(network, shared_dir):
    """Six voices recorded at 8 kHz, none of whom any training has heard."""
    folder = shared_dir / "corpora" / "fsdd"
    speakers = sorted(path.name for path in folder.iterdir() if path.is_dir())
    points = {}
    for speaker in speakers:
        for take in (0, 1, 2, 6, 7):
            parts = []
            for digit in (1, 4, 7):
                path = folder / speaker / f"{digit}_{speaker}_{take}.flac"
                mfcc = rounded(extract(read_audio(path, 16_000))).mfcc
                parts.append(mfcc[speech_mask(mfcc)])
            points[speaker, take] = network.embedding(network.sums(np.concatenate(parts)))
    cosines = [
        (first[0] == second[0], points[first] @ points[second])
        for first in points
        for second in points
        if first < second
    ]
    impostors = np.array([cosine for same, cosine in cosines if not same])
    targets = np.array([cosine for same, cosine in cosines if same])
    assert eer(targets, impostors) < 0.12
