"""Attempts drawn for training: whose voice, how long, and what is done to them."""

from itertools import islice

import numpy as np
import pytest

from cepstra.neural.frames import network_input
from cepstra.training.networks.batches import LONGEST, SHORTEST, Voices, batches

N_VOICES = 7


@pytest.fixture(scope="module")
def voices() -> Voices:
    """Each voice is constant in c1, so that a batch tells whose frames it holds."""
    spans, rows = [], []
    for voice in range(N_VOICES):
        versions = []
        for _ in range(3):
            takes = []
            for length in (30, 45):
                takes.append((sum(map(len, rows)), length))
                frames = np.random.default_rng(len(rows)).standard_normal((length, 20))
                frames[:, 1] = 1000.0 * (voice + 1)
                rows.append(frames)
            versions.append(np.array(takes))
        spans.append(versions)
    frames = np.concatenate(rows).astype(np.float16)
    return Voices(frames, np.zeros(20), np.ones(20), spans)


def test_every_voice_comes_before_any_comes_twice_as_often(voices):
    counts = np.zeros(N_VOICES)
    for frames, chosen in islice(batches(voices, seed=1), 5):
        np.add.at(counts, chosen, 1)
        assert SHORTEST <= frames.shape[1] <= LONGEST
        assert frames.shape[2] == 40
        assert np.isfinite(frames).all()
    assert counts.max() - counts.min() <= 2


def test_an_attempt_holds_frames_of_its_own_voice_only(voices):
    frames, chosen = next(batches(voices, seed=2))
    plain = frames[:, :, 1]
    heard = np.where(plain == 0.0, np.nan, plain)  # masked frames are zero
    spread = np.nanmax(heard, axis=1) - np.nanmin(heard, axis=1)
    assert spread.max() < 100
    for voice in range(N_VOICES):
        assert abs(np.nanmedian(heard[chosen == voice]) - 1000 * (voice + 1)) < 150


def test_the_same_seed_draws_the_same_attempts(voices):
    first, second, other = (list(islice(batches(voices, seed=seed), 2)) for seed in (3, 3, 4))
    np.testing.assert_array_equal(first[1][0], second[1][0])
    assert first[1][0].shape != other[1][0].shape or (first[1][0] != other[1][0]).any()


def test_the_network_sees_plain_and_mean_removed_frames():
    speech = np.random.default_rng(5).normal(50.0, 10.0, (300, 20))
    seen = network_input(speech, np.full(20, 50.0), np.full(20, 10.0))
    np.testing.assert_allclose(seen[:, :20], (speech - 50.0) / 10.0, atol=1e-5)
    shift = np.full(20, 30.0)
    shifted = network_input(speech + shift, np.full(20, 50.0), np.full(20, 10.0))
    moved = np.abs(shifted - seen).mean(axis=0)
    assert (moved[:20] > 2.9).all()
    assert (moved[20:] < 0.3).all()
