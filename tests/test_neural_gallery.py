"""Galleries: scores of known vectors, the nearest speaker, and when a take is replaced."""

import numpy as np
import pytest

from cepstra.neural.gallery import (
    RULES,
    has_drifted,
    mean_cosine,
    nearest_cosine,
    nearest_speaker,
    reregistered,
)


def unit(*vectors) -> np.ndarray:
    rows = np.array(vectors, dtype=float)
    return rows / np.linalg.norm(rows, axis=1, keepdims=True)


def around(direction, n: int, spread: float, seed: int) -> np.ndarray:
    """(n, 16) unit vectors near a direction."""
    rng = np.random.default_rng(seed)
    return unit(*(direction + spread * rng.standard_normal((n, 16))))


HERE, THERE = np.eye(16)[0], np.eye(16)[1]


def test_scores_of_known_vectors():
    gallery = unit([1, 0], [0, 1])
    assert nearest_cosine(gallery, np.array([1.0, 0.0])) == pytest.approx(1.0)
    assert mean_cosine(gallery, np.array([1.0, 0.0])) == pytest.approx(np.sqrt(0.5))
    assert mean_cosine(unit([1, 0], [-1, 0]), np.array([1.0, 0.0])) == 0.0  # no direction at all


@pytest.mark.parametrize("rule", RULES.values(), ids=RULES)
def test_the_nearest_speaker_is_found(rule):
    galleries = [around(direction, 5, 0.1, i) for i, direction in enumerate(np.eye(16)[:6])]
    for i, direction in enumerate(np.eye(16)[:6]):
        index, score = nearest_speaker(galleries, around(direction, 1, 0.1, 50 + i)[0], rule)
        assert index == i
        assert score > 0.8
    with pytest.raises(ValueError, match="galleries"):
        nearest_speaker([], HERE, rule)


@pytest.mark.parametrize("rule", RULES.values(), ids=RULES)
def test_a_speaker_who_sounds_as_enrolled_keeps_the_gallery(rule):
    gallery = around(HERE, 12, 0.15, 1)
    assert reregistered(gallery, around(HERE, 9, 0.15, 2), rule) is gallery


@pytest.mark.parametrize("rule", RULES.values(), ids=RULES)
def test_a_speaker_who_changed_gets_the_newest_attempt_for_the_oldest_take(rule):
    gallery = around(HERE, 12, 0.15, 1)
    accepted = around(HERE + 0.9 * THERE, 6, 0.15, 3)
    renewed = reregistered(gallery, accepted, rule)
    np.testing.assert_array_equal(renewed[:-1], gallery[1:])
    np.testing.assert_array_equal(renewed[-1], accepted[-1])
    for seed in range(10, 40):
        renewed = reregistered(renewed, around(HERE + 0.9 * THERE, 6, 0.15, seed), rule)
    later = around(HERE + 0.9 * THERE, 20, 0.15, 4)
    assert np.mean([rule(renewed, x) - rule(gallery, x) for x in later]) > 0.05


def test_little_evidence_changes_nothing():
    changed = around(THERE, 9, 0.1, 5)
    assert not has_drifted(around(HERE, 2, 0.1, 1), changed, mean_cosine)
    assert not has_drifted(around(HERE, 9, 0.1, 1), changed[:4], mean_cosine)
    assert has_drifted(around(HERE, 9, 0.1, 1), changed[:5], mean_cosine)


def test_one_odd_attempt_is_not_a_drift():
    usual = around(HERE, 4, 0.1, 6)
    odd = around(HERE + 0.3 * THERE, 1, 0.1, 7)
    assert not has_drifted(around(HERE, 9, 0.1, 1), np.concatenate([usual, odd]), mean_cosine)
