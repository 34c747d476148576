"""A threshold for a rate of false accepts: its value, its interval, and when none is named."""

import numpy as np
import pytest
from scipy.stats import binomtest

from cepstra.evaluation.threshold_draws import others_passing
from cepstra.gmm.operating_point import (
    Trials,
    error_rates,
    halves,
    operating_points,
    resampled,
    share_interval,
    threshold_at,
)

NORMAL_1_PERCENT = 2.3263  # that a share of 1% of a standard normal distribution exceeds


def made_up(n_speakers: int, own_mean: float, n_attempts: int = 4, seed: int = 0) -> Trials:
    """All attempts on all models; a third of the variance is the model's, a third the voice's."""
    rng = np.random.default_rng(seed)
    models, voices, attempts = np.indices((n_speakers, n_speakers, n_attempts)).reshape(3, -1)
    of_model, of_voice = rng.standard_normal((2, n_speakers)) / np.sqrt(3)
    scores = of_model[models] + of_voice[voices] + rng.standard_normal(len(models)) / np.sqrt(3)
    return Trials(scores + own_mean * (models == voices), models, voices, attempts)


@pytest.mark.parametrize(
    ("scores", "rate", "threshold"),
    [
        (np.arange(1.0, 101.0), 0.05, 95.5),
        (np.arange(1.0, 101.0), 0.059, 95.5),
        ([3.0, 2.0, 2.0, 1.0], 0.5, 2.5),  # of two that are equal, none
        ([3.0, 2.0, 2.0, 1.0], 0.75, 1.5),
        ([1.0, 1.0, 0.0], 0.4, np.nextafter(1.0, 2.0)),
    ],
)
def test_at_most_the_share_reaches_the_threshold(scores, rate, threshold):
    found = threshold_at(np.array(scores), rate)
    assert found == threshold
    assert np.mean(np.array(scores) >= found) <= rate


def test_a_draw_counts_a_trial_by_both_of_its_speakers():
    trials = Trials(np.zeros(4), np.array([0, 0, 1, 1]), np.array([0, 1, 0, 1]), np.zeros(4, int))
    drawn = {tuple(row) for row in resampled(trials, 60).astype(int).tolist()}
    assert drawn == {(1, 1, 1, 1), (2, 0, 0, 0), (0, 0, 0, 2)}


def test_the_intervals_hold_the_truth_and_voices_widen_them():
    trials = made_up(40, own_mean=5.0)
    [found] = operating_points(trials, [0.01], resampled(trials))
    assert found.refusal is None
    assert found.threshold.low < NORMAL_1_PERCENT < found.threshold.high
    assert found.far.low < 0.01 < found.far.high
    assert found.frr.value == pytest.approx(0.005, abs=0.02)
    far, frr = error_rates(trials, found.threshold.value, resampled(trials))
    assert (far, frr) == (found.far, found.frr)
    by_trial = np.random.default_rng(0).poisson(1.0, (400, len(trials.scores)))
    [alone] = operating_points(trials, [0.01], by_trial.astype(float))
    spread, wider = (each.threshold.high - each.threshold.low for each in (alone, found))
    assert wider > 2 * spread


@pytest.mark.parametrize(("n_found", "n_trials"), [(0, 59), (59, 59), (5, 500), (1, 1)])
def test_a_share_has_wilsons_interval(n_found, n_trials):
    expected = binomtest(n_found, n_trials).proportion_ci(method="wilson")
    assert share_interval(n_found, n_trials) == pytest.approx((expected.low, expected.high))


def test_where_no_error_was_seen_the_interval_has_a_width():
    trials = made_up(12, own_mean=50.0)
    far, frr = error_rates(trials, 25.0, resampled(trials))
    assert (far.value, far.low, frr.value, frr.low) == (0, 0, 0, 0)
    assert (far.high, frr.high) == pytest.approx((3.8415 / 531.8415, 3.8415 / 51.8415), rel=1e-4)


def test_what_is_measured_on_the_other_half_is_near_the_rate():
    first, second = halves(made_up(40, own_mean=5.0, n_attempts=5))
    assert len(first.scores) == 40 * 40 * 3
    assert not {*first.attempts.tolist()} & {*second.attempts.tolist()}
    assert 0.003 < np.mean(second.others >= threshold_at(first.others, 0.01)) < 0.03


def test_a_threshold_holds_for_those_who_were_not_there_when_it_was_set():
    trials = made_up(60, own_mean=5.0)
    shares = others_passing(trials, 30, 0.01, n_draws=6)
    assert len(shares) == 6 and 0.003 < np.median(shares) < 0.03
    assert others_passing(trials, 9, 0.01, n_draws=6) == []  # none is named
    with pytest.raises(ValueError, match="n_setting: expected at most 58, got 59"):
        others_passing(trials, 59, 0.01, n_draws=6)


@pytest.mark.parametrize(
    ("trials", "rate", "reason"),
    [
        (made_up(9, 5.0), 0.1, ("too-few-voices", "9 speakers, at least 10")),
        (made_up(12, 5.0), 0.001, ("too-few-voices", "528 attempts of others, at least 5000")),
        (made_up(12, 5.0), 0.01, ("too-few-voices", "others could pass in ")),
        (made_up(40, 2.0), 0.01, ("scores-overlap", "")),
    ],
)
def test_no_threshold_is_named_where_it_would_be_chance_or_no_use(trials, rate, reason):
    [found] = operating_points(trials, [rate], resampled(trials))
    assert (found.refusal, found.because[: len(reason[1])]) == reason


def test_speakers_who_never_attempt_make_no_threshold_sure():
    trials = made_up(40, 5.0, n_attempts=6)
    few = trials[trials.voices < 9]  # of the others there are models alone
    [found] = operating_points(few, [0.1], resampled(few))
    assert (found.refusal, found.because) == (
        "too-few-voices",
        "9 speakers, at least 10 are needed",
    )


def test_a_rate_that_is_none_is_refused():
    trials = made_up(3, 1.0)
    with pytest.raises(ValueError, match="rate: expected 0 to 1, got 1"):
        operating_points(trials, [1.0], resampled(trials))
