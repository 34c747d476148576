"""The threshold for many speakers and the probabilities of each and of none."""

import numpy as np
import pytest

from cepstra.gmm.calibration import Calibration
from cepstra.gmm.open_set import posteriors, threshold

RATES = np.array([0.5, 0.1, 0.01, 0.001])


def calibration(llrs) -> Calibration:
    return Calibration.without_allowance(np.ones(1), 0.0, RATES, np.array(llrs))


STEEP = calibration([-2.0, 0.5, 2.5, 7.1])  # 2 per neper over the last decade
FLAT = calibration([-2.0, 0.5, 2.5, 2.6])


def test_within_the_table_it_is_the_threshold_of_the_divided_rate():
    assert threshold(STEEP, 0.01, 1) == STEEP.threshold(0.01)
    assert threshold(STEEP, 0.05, 17) == STEEP.threshold(0.05 / 17)
    assert threshold(STEEP, 0.01, 10) == pytest.approx(7.1)
    assert threshold(STEEP, 0.01, 0) == STEEP.threshold(0.01)


def test_beyond_the_table_the_last_decade_goes_on():
    assert threshold(STEEP, 0.01, 100) == pytest.approx(7.1 + (7.1 - 2.5))
    assert threshold(STEEP, 0.01, 1000) == pytest.approx(7.1 + 2 * (7.1 - 2.5))


def test_a_flat_table_still_asks_for_one_unit_per_neper():
    assert threshold(FLAT, 0.01, 100) == pytest.approx(2.6 + np.log(10))


@pytest.mark.parametrize("gap", [0.0, 1.0])
def test_strangers_pass_as_rarely_as_promised_where_ratios_are_true(gap):
    # Equal-variance Gaussian scores: llr = d x, with targets around d / 2 and impostors -d / 2.
    rng, d, n_speakers = np.random.default_rng(3), 3.0 + gap, 50
    impostors = rng.normal(-d * d / 2, d, 400_000)
    rates = np.array([0.1, 0.01, 0.001])
    table = Calibration.without_allowance(np.ones(1), 0.0, rates, np.quantile(impostors, 1 - rates))
    best = rng.normal(-d * d / 2, d, (20_000, n_speakers)).max(axis=1)
    assert np.mean(best >= threshold(table, 0.01, n_speakers)) <= 0.011


def test_probabilities_are_even_between_somebody_and_nobody():
    assert posteriors(np.zeros(4), 4) == pytest.approx([0.125] * 4 + [0.5])
    assert posteriors(np.zeros(0), 0) == pytest.approx([1.0])
    sure = posteriors(np.array([900.0, -900.0]), 10_000)
    assert sure == pytest.approx([1.0, 0.0, 0.0])


def test_those_not_scored_are_excluded():
    llrs = np.array([3.0, 1.0])
    few = posteriors(llrs, 100)
    assert few.sum() == pytest.approx(1.0)
    assert few[0] / few[2] == pytest.approx(np.exp(3.0) / 100)
    with pytest.raises(ValueError, match="at least 2, got 1"):
        posteriors(llrs, 1)


def test_an_impossible_rate_is_refused():
    with pytest.raises(ValueError, match="false_accept_rate"):
        threshold(STEEP, 2.0, 1)
