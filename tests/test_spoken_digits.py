"""The digit check and the recognition of copies, on recordings nobody trained them with."""

from __future__ import annotations

import numpy as np
import pytest

from cepstra.digits.alignment import distances
from cepstra.digits.digit_scores import THRESHOLD, attempt_score, digit_scores, repeated_digit
from cepstra.digits.metric_training import train_metric
from cepstra.digits.replay_match import fingerprint, matches
from cepstra.digits.span import word_span
from cepstra.evaluation.digit_check import (
    attempt_scores,
    digit_errors,
    first_take_errors,
    honest,
    old_attempt,
    read_words,
    score_speaker,
    with_wrong,
)
from cepstra.evaluation.recordings import FeatureCache
from cepstra.evaluation.replay_match import ALTERATIONS, refused_copies, refused_honest
from cepstra.store.arrays import unpack
from cepstra.verification.spoken_digits import METRIC

WITHIN = [name for name in ALTERATIONS if not name.startswith("beyond")]


@pytest.fixture(scope="module")
def words(shared_dir):
    return read_words(shared_dir / "corpora" / "fsdd", FeatureCache())


@pytest.fixture(scope="module")
def scored(words):
    metric = unpack(METRIC.read_bytes())["metric"]
    return [score_speaker(one, metric, n_enrolled=2) for one in words.values()]


def test_right_and_wrong_digits_are_told_apart(scored):
    errors = digit_errors(scored)
    assert errors.eer <= 0.01
    assert errors.first_rank >= 0.98


@pytest.mark.parametrize(
    ("draw", "least", "most"),
    [
        (honest(5), 0.98, 1),
        (old_attempt(5, 2), 0, 0.01),
        (with_wrong(5, 2), 0, 0.01),
        (with_wrong(5, 1), 0, 0.2),
    ],
    ids=["honest", "old attempt", "two wrong", "one wrong"],
)
def test_attempts_of_five_digits(scored, draw, least, most):
    accepted = np.mean(attempt_scores(scored, draw, seed=7) >= THRESHOLD)
    assert least <= accepted <= most


@pytest.mark.parametrize("name", WITHIN)
def test_altered_copies_are_recognised(words, name):
    one = {speaker: words[speaker] for speaker in list(words)[:2]}
    assert refused_copies(one, ALTERATIONS[name], n_copies=100, seed=3) >= 0.97


def test_honest_repetitions_are_no_copies(words):
    assert refused_honest(words) == (0, 720)


def test_silence_and_what_is_too_short_copy_nothing():
    rng = np.random.default_rng(0)
    moving = rng.normal(size=(60, 20)) * 10
    silent = np.zeros((60, 20))
    pairs = [fingerprint(x) for x in (silent, moving[:9], moving[:1])]
    assert not matches(pairs, pairs).any()
    assert matches(
        [fingerprint(moving[20:50])], [fingerprint(moving), fingerprint(moving[:30])]
    ).tolist() == [[True, False]]


def test_extreme_numbers_stay_numbers():
    extreme = np.full((40, 20), 1e300) * np.where(np.arange(40)[:, None] % 2, 1, -1)
    assert np.isfinite(fingerprint(extreme)).all()
    assert matches([fingerprint(extreme)], [fingerprint(extreme)]).shape == (1, 1)


def test_a_click_beside_the_word_is_left_out():
    snr_db = np.zeros(100)
    snr_db[5:7], snr_db[50:60], snr_db[64:75] = 30, 40, 40
    span = word_span(snr_db, gate=0.5)
    assert (span.start, span.stop) == (45, 80)


def test_warping_forgives_tempo_and_not_order():
    path = np.cumsum(np.random.default_rng(1).normal(size=(24, 3)), axis=0, dtype=np.float32)
    slow_then_fast = path[(np.linspace(0, 1, 24) ** 1.3 * 23).round().astype(int)]
    words = np.stack([path, slow_then_fast, path[::-1]])[:, None].astype(np.float32)
    ((same, warped, backwards),) = distances(words[:1], words)
    assert same == pytest.approx(0, abs=1e-2)
    assert warped < 0.25 * backwards


def test_scores_compare_the_claimed_digit_with_the_others():
    measured = np.array([[1.0, 1.0, 2.0, 4.0]], dtype=np.float32)
    scores, digits = digit_scores(measured, np.array([3, 3, 7, 9]))
    assert digits.tolist() == [3, 7, 9]
    assert scores[0] == pytest.approx(np.log([2, 1 / 2, 1 / 4]))


def test_an_attempt_is_as_good_as_its_worst_digits():
    assert attempt_score(np.full(5, 0.3)) == pytest.approx(0.3)
    assert attempt_score(np.array([1, 1, 1, 1, -0.8])) == pytest.approx(-0.4)
    assert attempt_score(np.array([0.5, 0.5, 0.5, -0.2, -0.2])) < 0


def test_one_word_for_every_digit_is_told_from_five_digits(words):
    metric = unpack(METRIC.read_bytes())["metric"]
    errors = first_take_errors(list(words.values()), metric, n_rounds=20, seed=5)
    assert errors.honest_refused < 0.015
    assert errors.repeated_refused > 0.6
    assert errors.repeated_throughout < 0.02


def test_the_more_digits_are_near_the_farther_they_may_be():
    apart = np.array([3.1, 4.4, 9.0], dtype=np.float32)
    assert repeated_digit(apart[:1], np.array([4])) is None
    assert repeated_digit(apart, np.array([4, 8, 1])) == 4
    assert repeated_digit(np.array([2.9]), np.array([6])) == 6


def test_training_needs_a_word_said_twice():
    with pytest.raises(ValueError, match="said a word twice"):
        train_metric([{1: [np.zeros((30, 20))]}])
