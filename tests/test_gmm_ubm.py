"""The background mixture against known truth and against scikit-learn."""

import numpy as np
import pytest
from sklearn.mixture import GaussianMixture

from cepstra.gmm.ubm import DiagonalMixture, frame_llrs
from cepstra.jobs.single_process import SingleProcess
from cepstra.training.mixtures import MixtureFit

TRUE_WEIGHTS = np.array([0.5, 0.3, 0.2])
TRUE_MEANS = np.array([[0.0, 0.0], [6.0, 1.0], [-5.0, 7.0]])
TRUE_VARIANCES = np.array([[1.0, 0.5], [0.3, 2.0], [1.5, 1.0]])


def fit_mixture(vectors, n_components, seed, max_iterations=15, **sizes):
    parts = SingleProcess().place(np.array_split(vectors, 3))
    return MixtureFit(parts, n_components, seed, **sizes).result(max_iterations)


def drawn(rng: np.random.Generator, n_vectors: int) -> np.ndarray:
    component = rng.choice(3, n_vectors, p=TRUE_WEIGHTS)
    noise = rng.standard_normal((n_vectors, 2))
    return TRUE_MEANS[component] + noise * np.sqrt(TRUE_VARIANCES[component])


@pytest.fixture
def truth() -> DiagonalMixture:
    return DiagonalMixture(TRUE_WEIGHTS, TRUE_MEANS, TRUE_VARIANCES)


def test_fit_recovers_a_mixture_of_known_truth():
    vectors = drawn(np.random.default_rng(0), 20_000)
    fitted = fit_mixture(vectors, 3, seed=0, max_iterations=50)
    order = [int(np.argmin(np.abs(fitted.means - mean).sum(axis=1))) for mean in TRUE_MEANS]
    assert sorted(order) == [0, 1, 2]
    np.testing.assert_allclose(fitted.weights[order], TRUE_WEIGHTS, atol=0.02)
    np.testing.assert_allclose(fitted.means[order], TRUE_MEANS, atol=0.06)
    # The variance floor, 1% of the data's own variance, is added to each.
    np.testing.assert_allclose(fitted.variances[order], TRUE_VARIANCES, atol=0.35)


def test_two_fits_are_identical_to_the_bit():
    vectors = drawn(np.random.default_rng(1), 3000)
    first, second = (fit_mixture(vectors, 4, seed=7, max_vectors=2000) for _ in range(2))
    assert first.means.tobytes() == second.means.tobytes()
    assert first.weights.tobytes() == second.weights.tobytes()
    assert first.variances.tobytes() == second.variances.tobytes()


def test_fit_needs_a_vector_for_each_component():
    with pytest.raises(ValueError, match="at least 4"):
        fit_mixture(np.zeros((3, 2)), 4, seed=0)


def test_steps_are_those_of_scikit_learn():
    vectors = drawn(np.random.default_rng(8), 2000)
    scaled = (vectors - vectors.mean(axis=0)) / vectors.std(axis=0)
    reference = GaussianMixture(
        6, covariance_type="diag", reg_covar=1e-2, max_iter=15, random_state=3
    ).fit(scaled)
    fitted = fit_mixture(vectors, 6, seed=3)
    means = vectors.mean(axis=0) + vectors.std(axis=0) * reference.means_
    np.testing.assert_allclose(fitted.weights, reference.weights_, atol=1e-8)
    np.testing.assert_allclose(fitted.means, means, atol=1e-8)
    variances = vectors.var(axis=0) * reference.covariances_
    np.testing.assert_allclose(fitted.variances, variances, atol=1e-8)


def test_scoring_agrees_with_scikit_learn():
    vectors = drawn(np.random.default_rng(2), 2000)
    reference = GaussianMixture(5, covariance_type="diag", random_state=0).fit(vectors)
    own = DiagonalMixture(reference.weights_, reference.means_, reference.covariances_)
    posteriors, log_likelihoods = own.posteriors(vectors)
    np.testing.assert_allclose(log_likelihoods, reference.score_samples(vectors), atol=1e-8)
    np.testing.assert_allclose(posteriors, reference.predict_proba(vectors), atol=1e-8)


def test_identical_models_have_ratio_zero(truth):
    vectors = drawn(np.random.default_rng(3), 100)
    copy = DiagonalMixture(TRUE_WEIGHTS.copy(), TRUE_MEANS.copy(), TRUE_VARIANCES.copy())
    assert np.all(frame_llrs(copy, truth, vectors) == 0.0)


def test_adaptation_without_frames_is_the_background(truth):
    zeroth, first = truth.statistics(np.zeros((0, 2)))
    adapted = truth.adapted(zeroth, first, relevance_factor=4.0)
    vectors = drawn(np.random.default_rng(4), 50)
    np.testing.assert_allclose(frame_llrs(adapted, truth, vectors), 0.0, atol=1e-12)


def test_adaptation_with_many_frames_reaches_their_mean():
    single = DiagonalMixture(np.ones(1), np.zeros((1, 2)), np.ones((1, 2)))
    vectors = np.random.default_rng(5).normal([2.0, -1.0], 0.1, (500, 2))
    adapted = single.adapted(*single.statistics(vectors), relevance_factor=4.0)
    expected = vectors.sum(axis=0) / (len(vectors) + 4.0)
    np.testing.assert_allclose(adapted.means[0], expected, rtol=1e-12)
    assert frame_llrs(adapted, single, vectors).mean() > 2.0


@pytest.mark.parametrize("n_frames", [1, 2000])
def test_vectors_far_from_every_component_stay_finite(truth, n_frames):
    posteriors, log_likelihoods = truth.posteriors(np.full((n_frames, 2), 1e4))
    assert np.isfinite(log_likelihoods).all()
    np.testing.assert_allclose(posteriors.sum(axis=1), 1.0)


def test_bad_parameters_are_refused():
    with pytest.raises(ValueError, match="expected weights"):
        DiagonalMixture(np.ones(2), np.zeros((1, 2)), np.ones((1, 2)))
    with pytest.raises(ValueError, match="positive"):
        DiagonalMixture(np.ones(1), np.zeros((1, 2)), np.zeros((1, 2)))
