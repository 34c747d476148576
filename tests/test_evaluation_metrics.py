"""Metrics against closed forms, edge cases and laws that hold for any scores."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.special import ndtr, ndtri
from scipy.stats import norm

from cepstra.evaluation import metrics
from cepstra.evaluation.bootstrap import speaker_intervals

SCORES = st.lists(st.integers(-20, 20).map(float), min_size=1, max_size=40)


def gaussian_scores(d_prime: float, n: int = 20_000):
    """Quantiles of N(d', 1) and N(0, 1): a sample without sampling noise."""
    quantiles = ndtri((np.arange(n) + 0.5) / n)
    return quantiles + d_prime, quantiles


@pytest.mark.parametrize("d_prime", [0.0, 1.0, 2.0, 4.0])
def test_eer_of_gaussian_scores_is_known(d_prime):
    assert metrics.eer(*gaussian_scores(d_prime)) == pytest.approx(ndtr(-d_prime / 2), abs=1e-4)


@pytest.mark.parametrize("far", [0.001, 0.01, 0.1])
def test_frr_at_far_of_gaussian_scores_is_known(far):
    expected = norm.cdf(norm.isf(far) - 2.5)
    assert metrics.frr_at_far(*gaussian_scores(2.5, 400_000), far) == pytest.approx(
        expected, abs=1e-3
    )


def test_min_dcf_of_gaussian_scores_is_the_minimum_of_its_formula():
    thresholds = np.linspace(-5, 10, 20_001)
    cost = 0.01 * norm.cdf(thresholds - 3) + 0.99 * norm.sf(thresholds)
    assert metrics.min_dcf(*gaussian_scores(3.0, 400_000)) == pytest.approx(
        cost.min() / 0.01, abs=2e-3
    )


def test_cllr_of_true_log_likelihood_ratios_is_already_minimal():
    targets, impostors = (2.0 * x - 2.0 for x in gaussian_scores(2.0))  # llr of N(2,1) to N(0,1)
    assert metrics.cllr(targets, impostors) == pytest.approx(
        metrics.min_cllr(targets, impostors), abs=2e-3
    )
    shifted = metrics.cllr(targets + 3, impostors + 3)
    assert shifted > metrics.cllr(targets, impostors) + 0.2


def test_separable_scores_cost_nothing():
    targets, impostors = [3.0, 4.0], [1.0, 2.0, 2.5]
    assert metrics.eer(targets, impostors) == 0
    assert metrics.min_dcf(targets, impostors) == 0
    assert metrics.frr_at_far(targets, impostors, 0.0) == 0
    assert metrics.min_cllr(targets, impostors) == 0


def test_reversed_scores_are_as_wrong_as_can_be():
    assert metrics.eer([1.0, 2.0], [3.0, 4.0]) == 1
    assert metrics.min_dcf([1.0, 2.0], [3.0, 4.0]) == 1
    assert metrics.frr_at_far([1.0, 2.0], [3.0, 4.0]) == 1
    assert metrics.min_cllr([1.0, 2.0], [3.0, 4.0]) == pytest.approx(1)


def test_one_tied_score_tells_nothing():
    assert metrics.eer([1.0], [1.0]) == 0.5
    assert metrics.eer([0.0] * 7, [0.0] * 3) == 0.5
    assert metrics.min_dcf([0.0] * 7, [0.0] * 3) == 1
    assert metrics.cllr([0.0] * 7, [0.0] * 3) == pytest.approx(1)
    assert metrics.min_cllr([5.0] * 7, [5.0] * 3) == pytest.approx(1)


def test_partial_ties_by_hand():
    far, frr = metrics.det_points([1.0, 2.0, 2.0, 3.0], [0.0, 2.0])
    np.testing.assert_allclose(far, [1, 0.5, 0.5, 0, 0])
    np.testing.assert_allclose(frr, [0, 0, 0.25, 0.75, 1])
    # Between (0.5, 0.25) and (0, 0.75) the rates meet where 0.5 - 0.5 s = 0.25 + 0.5 s.
    assert metrics.eer([1.0, 2.0, 2.0, 3.0], [0.0, 2.0]) == pytest.approx(0.375)


def test_a_score_equal_to_the_threshold_is_accepted():
    assert metrics.far_frr([1.0, 2.0], [2.0, 0.0], 2.0) == (0.5, 0.5)
    assert metrics.far_frr([2.0], [2.0], np.nextafter(2.0, 3.0)) == (0.0, 1.0)


@pytest.mark.parametrize(
    "metric", [metrics.eer, metrics.min_dcf, metrics.frr_at_far, metrics.cllr, metrics.min_cllr]
)
@pytest.mark.parametrize(
    ("targets", "impostors", "complaint"),
    [
        ([], [1.0], "target scores.*n >= 1"),
        ([1.0], [], "impostor scores.*n >= 1"),
        ([np.nan], [1.0], "target scores.*finite"),
        ([1.0], [-np.inf], "impostor scores.*finite"),
        ([[1.0]], [1.0], "target scores.*shape"),
    ],
)
def test_too_few_or_impossible_scores_are_refused(metric, targets, impostors, complaint):
    with pytest.raises(ValueError, match=complaint):
        metric(targets, impostors)


@pytest.mark.parametrize("p_target", [0.0, 1.0, -1.0])
def test_impossible_prior_is_refused(p_target):
    with pytest.raises(ValueError, match="p_target"):
        metrics.min_dcf([1.0], [0.0], p_target)


@given(SCORES, SCORES)
def test_order_alone_decides(targets, impostors):
    def warped(scores):
        return np.arctan(np.array(scores) / 7) * 3 + 100

    for metric in (metrics.eer, metrics.min_dcf, metrics.frr_at_far, metrics.min_cllr):
        assert metric(warped(targets), warped(impostors)) == pytest.approx(
            metric(targets, impostors), abs=1e-12
        )


@given(SCORES, SCORES)
def test_swapping_the_roles_mirrors_the_eer(targets, impostors):
    mirrored = metrics.eer(-np.array(impostors), -np.array(targets))
    assert mirrored == pytest.approx(metrics.eer(targets, impostors), abs=1e-12)


@given(SCORES, SCORES)
def test_best_calibration_is_at_least_as_good_as_any(targets, impostors):
    lowest = metrics.min_cllr(targets, impostors)
    assert -1e-12 <= lowest <= 1 + 1e-12
    for scale, shift in ((1.0, 0.0), (0.1, 0.3), (3.0, -2.0)):
        scaled = metrics.cllr(
            scale * np.array(targets) + shift, scale * np.array(impostors) + shift
        )
        assert lowest <= scaled + 1e-12


@given(SCORES, SCORES)
def test_det_runs_from_corner_to_corner_and_holds_every_operating_point(targets, impostors):
    far, frr = metrics.det_points(targets, impostors)
    assert (far[0], frr[0], far[-1], frr[-1]) == (1, 0, 0, 1)
    assert (np.diff(far) <= 0).all()
    assert (np.diff(frr) >= 0).all()
    points = set(zip(np.round(far, 12), np.round(frr, 12), strict=True))
    for threshold in targets:
        at = metrics.far_frr(targets, impostors, threshold)
        assert tuple(np.round(at, 12)) in points


def test_intervals_cover_the_truth_about_as_often_as_promised():
    covered = 0
    for seed in range(60):
        rng = np.random.default_rng(seed)
        models = np.repeat(np.arange(40), 20)
        is_target = np.tile([True, False], 400)
        habit = rng.normal(0, 0.5, 40)[models]
        scores = rng.normal(size=800) + habit + 2.0 * is_target
        low, high = speaker_intervals({"eer": metrics.eer}, scores, is_target, models, 200)["eer"]
        truth = ndtr(-1 / np.sqrt(1.25))  # both sides have variance 1 + 0.5^2
        covered += low <= truth <= high
    assert 50 <= covered <= 60


def test_intervals_follow_their_seed_and_vanish_for_equal_speakers():
    scores = np.tile([2.0, 1.0, 1.5, 0.0], 10)
    is_target = np.tile([True, True, False, False], 10)
    models = np.repeat(np.arange(10), 4)
    intervals = speaker_intervals({"eer": metrics.eer}, scores, is_target, models)
    assert intervals["eer"] == pytest.approx((0.5, 0.5))
    rng = np.random.default_rng(0)
    noisy = scores + rng.normal(size=40)
    draws = [
        speaker_intervals({"eer": metrics.eer}, noisy, is_target, models, 50, seed)["eer"]
        for seed in (1, 1, 2)
    ]
    assert draws[0] == draws[1] != draws[2]


def test_intervals_need_both_kinds_of_trials():
    with pytest.raises(ValueError, match="targets and impostors"):
        speaker_intervals({"eer": metrics.eer}, [1.0, 2.0], [True, True], ["a", "b"])
