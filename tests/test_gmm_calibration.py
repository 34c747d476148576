"""Calibration and score normalisation against known maps."""

import numpy as np
import pytest
from sklearn.linear_model import QuantileRegressor

from cepstra.gmm.calibration import Calibration, impostor_table, probability
from cepstra.gmm.calibration_training import fit_calibration
from cepstra.gmm.score_normalisation import adaptive_t_norm


def tabulated(rates: list[float], llrs: list[float]) -> Calibration:
    return Calibration.without_allowance(np.ones(1), 0.0, np.array(rates), np.array(llrs))


def gaussian_llrs(rng: np.random.Generator, n_trials: int) -> tuple[np.ndarray, np.ndarray]:
    """True log-likelihood ratios: N(2, 4) for targets against N(-2, 4), whose ratio is itself."""
    targets = rng.random(n_trials) < 0.3
    return np.where(targets, 2.0, -2.0) + 2.0 * rng.standard_normal(n_trials), targets


def test_a_known_affine_map_is_undone():
    llrs, targets = gaussian_llrs(np.random.default_rng(0), 40_000)
    raw = (llrs - 1.5) / 0.25
    fitted = fit_calibration(raw[:, None], targets, np.ones(len(raw)))
    np.testing.assert_allclose(fitted.weights, [0.25], rtol=0.03)
    assert fitted.bias == pytest.approx(1.5, abs=0.05)
    np.testing.assert_allclose(fitted.llr(raw[:, None]), llrs, atol=0.35)


def test_an_input_that_says_nothing_gets_no_weight():
    rng = np.random.default_rng(1)
    llrs, targets = gaussian_llrs(rng, 20_000)
    inputs = np.column_stack([llrs, rng.standard_normal(len(llrs))])
    fitted = fit_calibration(inputs, targets, np.ones(len(llrs)))
    assert abs(fitted.weights[1]) < 0.06


def test_the_threshold_lets_the_target_rate_of_impostors_through():
    rng = np.random.default_rng(2)
    llrs, targets = gaussian_llrs(rng, 60_000)
    fitted = fit_calibration(llrs[:, None], targets, np.ones(len(llrs)))
    fresh, fresh_targets = gaussian_llrs(rng, 60_000)
    accepted = fitted.llr(fresh[:, None])[~fresh_targets] >= fitted.threshold(0.01)
    assert 0.007 < accepted.mean() < 0.013
    assert fitted.threshold(0.001) > fitted.threshold(0.01) > fitted.threshold(0.1)


def test_between_tabulated_rates_the_logarithm_is_interpolated():
    table = tabulated([0.1, 0.001], [1.0, 5.0])
    assert table.threshold(0.01) == pytest.approx(3.0)
    assert table.threshold(0.5) == 1.0
    assert table.threshold(1e-9) == 5.0
    with pytest.raises(ValueError, match="false_accept_rate"):
        table.threshold(0.0)


def test_impostor_table_counts_weights():
    llrs = np.array([5.0, 1.0, 3.0, 2.0])
    weights = np.array([1.0, 5.0, 2.0, 2.0])
    np.testing.assert_array_equal(
        impostor_table(llrs, weights, np.array([0.5, 0.3, 0.1])), [2.0, 3.0, 5.0]
    )


def test_corpora_with_an_offset_of_their_own_share_slope_and_mean_offset():
    rng = np.random.default_rng(4)
    llrs, targets = gaussian_llrs(rng, 60_000)
    offsets = np.array([-1.0, 0.0, 4.0])
    sources = rng.integers(3, size=len(llrs))
    raw = (llrs + offsets[sources])[:, None]
    labels = np.array(["an4", "fsdd", "speech"])[sources]
    fitted = fit_calibration(raw, targets, np.ones(len(raw)), labels)
    np.testing.assert_allclose(fitted.weights, [1.0], atol=0.03)
    assert fitted.bias == pytest.approx(-offsets.mean(), abs=0.06)


def test_heavier_trials_count_as_often_as_they_weigh():
    llrs, targets = gaussian_llrs(np.random.default_rng(5), 2000)
    weights = np.where(llrs > 1.0, 3.0, 1.0)
    repeated = np.repeat(np.arange(len(llrs)), weights.astype(int))
    heavy = fit_calibration(llrs[:, None], targets, weights)
    often = fit_calibration(llrs[repeated, None], targets[repeated], np.ones(len(repeated)))
    assert heavy.weights[0] == pytest.approx(often.weights[0], rel=0.01)
    assert heavy.bias == pytest.approx(often.bias, abs=0.02)
    np.testing.assert_allclose(heavy.rate_llrs, often.rate_llrs, atol=0.01)


def test_the_allowance_lets_as_many_impostors_through_in_all_conditions():
    """Impostors score higher where the condition is high, and spread more; targets do not."""
    rng = np.random.default_rng(7)
    n_trials = 60_000
    condition, targets = rng.uniform(0, 1, n_trials), rng.random(n_trials) < 0.5
    of_impostors = -2 + 2 * condition + (1 + condition) * rng.standard_normal(n_trials)
    raw = np.where(targets, 6 + rng.standard_normal(n_trials), of_impostors)
    inputs = np.column_stack([raw, condition])
    is_score = np.array([True, False])
    weights = np.ones(n_trials)
    plain = fit_calibration(inputs, targets, weights, None, is_score)
    allowing = fit_calibration(inputs, targets, weights, None, is_score, ~is_score)
    np.testing.assert_array_equal(plain.llr(inputs), allowing.llr(inputs))
    np.testing.assert_array_equal(plain.allowance(inputs), np.zeros(n_trials))
    rates = {
        name: [accepted(fitted, inputs[group & ~targets]) for group in halves(condition)]
        for name, fitted in (("plain", plain), ("allowing", allowing))
    }
    assert rates["plain"][0] < 0.002 < 0.015 < rates["plain"][1]
    assert rates["allowing"] == pytest.approx([0.01, 0.01], abs=0.004)
    beyond = np.array([[0.0, -50.0], [0.0, 50.0]])  # nothing is extrapolated
    told = allowing.allowance(inputs)
    assert allowing.allowance(beyond).tolist() == [told.min(), told.max()]
    least, most = np.percentile(condition, [1, 99])
    assert allowing.lowest.tolist() == [-np.inf, least]
    assert allowing.highest.tolist() == [np.inf, most]


def test_the_allowance_is_a_quantile_regression_of_impostors_as_they_weigh():
    """Compared with scikit-learn's by linear programming; two conditions, one in other units."""
    rng = np.random.default_rng(9)
    conditions = rng.uniform([0, 5], [1, 105], (4000, 2))
    first, second = conditions.T
    of_impostors = 4 * first**2 - 0.03 * second + (1 + first) * rng.standard_normal(4000)
    targets = np.arange(4000) % 4 == 0
    inputs = np.column_stack([of_impostors + 8 * targets, conditions])
    is_score, weights = np.array([True, False, False]), np.where(first > 0.5, 4.0, 1.0)
    fitted = fit_calibration(inputs, targets, weights, None, is_score, ~is_score)
    others, weights = inputs[~targets], weights[~targets]
    conditions = others.clip(fitted.lowest, fitted.highest)[:, 1:]
    reference = QuantileRegressor(quantile=0.99, alpha=0)
    reference.fit(conditions, fitted.llr(others), sample_weight=weights)
    assert fitted.allowance_weights == pytest.approx([0, *reference.coef_], rel=0.05)
    usual = np.r_[0, np.average(conditions, axis=0, weights=weights)]
    assert fitted.allowance(usual) == pytest.approx(0, abs=1e-9)


def accepted(fitted: Calibration, inputs: np.ndarray) -> float:
    least = fitted.threshold(0.01) + fitted.allowance(inputs)
    return float((fitted.llr(inputs) >= least).mean())


def halves(condition: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    return condition < 0.5, condition >= 0.5


def test_a_constant_input_gets_no_weight_at_all():
    llrs, targets = gaussian_llrs(np.random.default_rng(6), 1000)
    inputs = np.column_stack([llrs / 1000, np.full(len(llrs), -108.0)])
    fitted = fit_calibration(inputs, targets, np.ones(len(llrs)))
    assert fitted.weights == pytest.approx([1000, 0], rel=0.1)
    assert np.isfinite(fitted.bias)
    is_score = np.array([True, False])
    fitted = fit_calibration(inputs, targets, np.ones(len(llrs)), None, is_score, ~is_score)
    assert fitted.allowance(inputs).tolist() == [0.0] * len(llrs)


def test_a_calibration_that_says_nothing():
    silent = Calibration.none(3)
    assert silent.llr(np.ones((2, 3))).tolist() == [0.0, 0.0]
    assert silent.threshold(0.01) == 0.0


@pytest.mark.parametrize("rate", [0.0, 1.0, -0.1, 1.5])
def test_rates_lie_between_0_and_1(rate):
    table = tabulated([0.1, 0.001], [1.0, 5.0])
    with pytest.raises(ValueError, match=rf"^false_accept_rate: expected 0 to 1, got {rate}$"):
        table.threshold(rate)


def test_one_kind_of_trial_is_not_enough():
    with pytest.raises(ValueError, match="^targets: expected both target and impostor trials$"):
        fit_calibration(np.zeros((3, 1)), np.ones(3), np.ones(3))


@pytest.mark.parametrize(
    ("llr", "prior", "expected"),
    [(0.0, 0.5, 0.5), (0.0, 0.01, 0.01), (np.log(99.0), 0.01, 0.5), (900.0, 0.5, 1.0)],
)
def test_probability_is_bayes_rule(llr, prior, expected):
    assert probability(llr, prior) == pytest.approx(expected)
    assert probability(-800.0) == pytest.approx(0.0)


@pytest.mark.parametrize("prior", [0.0, 1.0])
def test_probability_needs_a_prior_between_0_and_1(prior):
    with pytest.raises(ValueError, match=f"^prior: expected 0 to 1, got {prior}$"):
        probability(0.0, prior)


def test_t_normalisation_undoes_what_an_attempt_does_to_all_scores():
    rng = np.random.default_rng(3)
    scores, cohort = rng.standard_normal((4, 6)), rng.standard_normal((50, 6))
    gain, shift = rng.uniform(0.5, 2.0, 6), rng.uniform(-9, 9, 6)
    np.testing.assert_allclose(
        adaptive_t_norm(scores * gain + shift, cohort * gain + shift, 20),
        adaptive_t_norm(scores, cohort, 20),
    )


def test_t_normalisation_uses_the_nearest_of_the_cohort():
    cohort = np.array([[0.0], [1.0], [3.0], [-50.0]])
    np.testing.assert_allclose(adaptive_t_norm(np.array([[2.0]]), cohort, 2), [[0.0]])
    np.testing.assert_allclose(adaptive_t_norm(np.array([[3.0]]), cohort, 2), [[1.0]])
    assert np.isfinite(adaptive_t_norm(np.ones((1, 2)), np.ones((5, 2)), 5)).all()
    with pytest.raises(ValueError, match="n_nearest"):
        adaptive_t_norm(np.ones((1, 1)), cohort, 5)
