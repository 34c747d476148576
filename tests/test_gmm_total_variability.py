"""TotalVariability and pair scoring against data drawn from their own models."""

import numpy as np
import pytest
from scipy.linalg import eigvalsh

from cepstra.gmm.plda import Plda
from cepstra.gmm.plda_training import RIDGE, fit_plda, scatter, two_covariances
from cepstra.gmm.quantisation import dequantise, quantise
from cepstra.gmm.total_variability import TotalVariability
from cepstra.gmm.total_variability_training import centred, expectation
from cepstra.gmm.ubm import DiagonalMixture
from cepstra.jobs.single_process import SingleProcess
from cepstra.training.total_variability import fit_loadings


@pytest.fixture
def mixture() -> DiagonalMixture:
    rng = np.random.default_rng(0)
    return DiagonalMixture(np.full(4, 0.25), 20 * rng.standard_normal((4, 3)), np.ones((4, 3)))


def in_batches(mixture, zeroth, first):
    cuts = range(0, len(zeroth), 40)
    parts = [centred(mixture, zeroth[i : i + 40], first[i : i + 40]) for i in cuts]
    return SingleProcess().place(parts)


def statistics_from(mixture, loadings, factors, rng):
    """Sessions of 40 vectors a component, drawn from the shifted mixture."""
    zeroth = np.full((len(factors), 4), 40.0)
    means = mixture.means + np.einsum("kdr,sr->skd", loadings, factors)
    noise = rng.standard_normal((len(factors), 4, 3)) / np.sqrt(40.0)
    return zeroth, zeroth[:, :, None] * (means + noise)


def test_fit_finds_the_subspace_the_sessions_were_drawn_from(mixture):
    rng = np.random.default_rng(1)
    truth = rng.standard_normal((4, 3, 2))
    zeroth, first = statistics_from(mixture, truth, rng.standard_normal((600, 2)), rng)
    fitted = fit_loadings(in_batches(mixture, zeroth, first), n_factors=2, seed=0, n_iterations=8)
    true_basis, _ = np.linalg.qr(truth.reshape(12, 2))
    found_basis, _ = np.linalg.qr(fitted.reshape(12, 2))
    cosines = np.linalg.svd(true_basis.T @ found_basis, compute_uv=False)
    assert cosines.min() > 0.995
    # Minimum divergence gives the factors unit variance, so the covariances agree too.
    np.testing.assert_allclose(
        fitted.reshape(12, 2) @ fitted.reshape(12, 2).T,
        truth.reshape(12, 2) @ truth.reshape(12, 2).T,
        atol=0.6,
    )


def test_two_fits_of_loadings_are_identical_to_the_bit(mixture):
    rng = np.random.default_rng(2)
    truth = rng.standard_normal((4, 3, 2))
    data = statistics_from(mixture, truth, rng.standard_normal((50, 2)), rng)
    first, second = (
        fit_loadings(in_batches(mixture, *data), n_factors=2, seed=3) for _ in range(2)
    )
    assert first.tobytes() == second.tobytes()


def test_expected_moments_hold_the_uncertainty_of_the_points(mixture):
    n_sessions, n_factors = 5, 2
    nothing = centred(mixture, np.zeros((n_sessions, 4)), np.zeros((n_sessions, 4, 3)))
    sums = expectation(nothing, np.ones((12, n_factors), np.float32))
    np.testing.assert_allclose(sums.moments, n_sessions * np.eye(n_factors))  # the prior's


def test_point_is_the_posterior_mean(mixture):
    rng = np.random.default_rng(3)
    loadings = rng.standard_normal((4, 3, 2))
    zeroth, first = rng.uniform(0, 9, 4), rng.standard_normal((4, 3))
    subspace = TotalVariability(mixture, loadings)
    centred = (first - zeroth[:, None] * mixture.means).ravel()
    flat = loadings.reshape(12, 2)
    precision = np.eye(2) + flat.T @ (np.repeat(zeroth, 3)[:, None] * flat)
    expected = np.linalg.solve(precision, flat.T @ centred)
    linear = subspace.linear_statistic(zeroth, first)
    np.testing.assert_allclose(subspace.ivector(zeroth, linear), expected, rtol=1e-10)


def test_linear_statistics_add(mixture):
    rng = np.random.default_rng(4)
    subspace = TotalVariability(mixture, rng.standard_normal((4, 3, 2)))
    takes = [(rng.uniform(0, 9, 4), rng.standard_normal((4, 3))) for _ in range(2)]
    together = subspace.linear_statistic(takes[0][0] + takes[1][0], takes[0][1] + takes[1][1])
    apart = subspace.linear_statistic(*takes[0]) + subspace.linear_statistic(*takes[1])
    np.testing.assert_allclose(together, apart, atol=1e-10)


def test_no_frames_are_at_the_origin(mixture):
    subspace = TotalVariability(mixture, np.ones((4, 3, 2)))
    assert np.all(subspace.ivector(np.zeros(4), np.zeros(2)) == 0.0)


def test_loadings_that_do_not_fit_are_refused(mixture):
    with pytest.raises(ValueError, match="loadings"):
        TotalVariability(mixture, np.ones((4, 2, 2)))


def test_scatter_of_few_points():
    """Speakers of two and three sessions; unbiased within, plain between."""
    ivectors = np.array([[0.0, 1.0], [2.0, 1.0], [9.0, 0.0], [9.0, 3.0], [12.0, 3.0]])
    between, within = scatter(ivectors, np.array([0, 0, 1, 1, 1]))
    np.testing.assert_allclose(between, [[20.25, 2.25], [2.25, 0.25]])
    np.testing.assert_allclose(within, [[8 / 3, 1.0], [1.0, 2.0]])


def test_two_covariances_recover_known_truth():
    rng = np.random.default_rng(5)
    between, within = np.diag([4.0, 1.0]), np.array([[1.0, 0.3], [0.3, 0.5]])
    speakers = np.repeat(np.arange(3000), np.arange(3000) % 7 + 1)  # one session to seven
    places = rng.multivariate_normal(np.zeros(2), between, 3000)
    ivectors = places[speakers] + rng.multivariate_normal(np.zeros(2), within, len(speakers))
    found_between, found_within = two_covariances(ivectors - ivectors.mean(axis=0), speakers)
    np.testing.assert_allclose(found_between, between, atol=0.3)
    np.testing.assert_allclose(found_within, within, atol=0.05)


def test_pair_scores_are_the_ratio_of_the_two_gaussian_densities():
    rng = np.random.default_rng(6)
    between, within = np.diag([2.0, 1.0]), np.diag([0.5, 0.7])
    plda = Plda(np.zeros(2), np.eye(2), np.eye(3)[:, :2], between, within)
    enrolled, tested = rng.standard_normal((3, 2)), rng.standard_normal((4, 2))

    def log_density(point, covariance):
        quadratic = point @ np.linalg.solve(covariance, point)
        return -0.5 * (quadratic + np.linalg.slogdet(2 * np.pi * covariance)[1])

    total = between + within
    joint = np.block([[total, between], [between, total]])
    for i, one in enumerate(enrolled):
        for j, other in enumerate(tested):
            expected = log_density(np.r_[one, other], joint)
            expected -= log_density(one, total) + log_density(other, total)
            assert plda.llrs(plda.prepared(enrolled), tested)[i, j] == pytest.approx(expected)


def test_fitted_pair_scoring_separates_speakers():
    rng = np.random.default_rng(7)
    speakers = np.repeat(np.arange(200), 5)
    places = rng.standard_normal((200, 6)) * [3, 3, 2, 0.1, 0.1, 0.1]
    ivectors = places[speakers] + rng.standard_normal((1000, 6))
    plda = fit_plda(ivectors, speakers, n_dims=3)
    projected = plda.projected(ivectors)
    llrs = plda.llrs(plda.prepared(projected[::5]), projected[1::5])
    own = np.diag(llrs)
    other = llrs[~np.eye(len(llrs), dtype=bool)]
    assert own.mean() > 1.0
    assert other.mean() < -1.0
    error = "^speakers: expected two or more, with more than one session each$"
    for wrong in (np.arange(1000), np.zeros(1000)):
        with pytest.raises(ValueError, match=error):
            fit_plda(ivectors, wrong, n_dims=3)


@pytest.mark.parametrize(("n_speakers", "n_dims"), [(40, 2), (2, 1)])
def test_the_projection_whitens_finds_the_discriminants_and_centres(n_speakers, n_dims):
    rng = np.random.default_rng(9)
    index = np.repeat(np.arange(n_speakers), 5)
    places = rng.standard_normal((n_speakers, 4)) * [3, 2, 1, 0.5]
    ivectors = places[index] + rng.standard_normal((len(index), 4))
    ivectors = ivectors * [9, 1, 0.1, 1] + [50, -3, 1, 0]
    plda = fit_plda(ivectors, index, n_dims)
    white = (ivectors - ivectors.mean(axis=0)) @ plda.whitening
    np.testing.assert_allclose(np.cov(white.T), np.eye(4), atol=1e-5)
    between, within = scatter(white / np.linalg.norm(white, axis=1, keepdims=True), index)
    within += RIDGE * np.trace(within) / 4 * np.eye(4)
    found = plda.discriminant[:-1]
    np.testing.assert_allclose(found.T @ within @ found, np.eye(n_dims), atol=1e-9)
    strengths = eigvalsh(between, within)[::-1]
    np.testing.assert_allclose(np.diag(found.T @ between @ found), strengths[:n_dims])
    projected = plda.projected(ivectors)
    np.testing.assert_allclose(projected.mean(axis=0), 0, atol=1e-9)
    expected = two_covariances(projected, index)
    np.testing.assert_allclose((plda.between, plda.within), expected, atol=1e-9)


def test_eight_bits_keep_two_digits():
    values = np.random.default_rng(8).standard_normal((5, 7, 3)).astype(np.float32)
    values[2] = 0.0
    levels, scales = quantise(values, axis=1)
    assert levels.dtype == np.int8
    error = np.abs(dequantise(levels, scales) - values)
    assert np.all(error <= 0.51 * np.abs(values).max(axis=1, keepdims=True) / 127)
    again = quantise(dequantise(levels, scales), axis=1)
    np.testing.assert_array_equal(again[0], levels)
