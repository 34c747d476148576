"""The per-speaker mixture: known truth, agreement with scikit-learn, inputs that break others."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from sklearn.mixture import GaussianMixture

from cepstra.gmm.classic_mixture import Mixture, fit, log_likelihoods


def two_clusters(seed: int = 1) -> np.ndarray:
    rng = np.random.default_rng(seed)
    left = rng.normal([-5.0, 0.0, 2.0], 1.0, (400, 3))
    right = rng.normal([5.0, 1.0, -2.0], 0.5, (600, 3))
    return np.vstack([left, right])


def test_recovers_a_mixture_of_known_truth():
    mixture = fit(two_clusters(), n_components=2)
    order = np.argsort(mixture.means[:, 0])
    assert mixture.weights[order] == pytest.approx([0.4, 0.6], abs=0.02)
    assert mixture.means[order] == pytest.approx(np.array([[-5, 0, 2], [5, 1, -2]]), abs=0.2)


def test_log_likelihoods_equal_scikit_learn():
    frames = two_clusters()
    reference = GaussianMixture(3, random_state=4).fit(frames)
    mixture = Mixture(reference.weights_, reference.means_, reference.precisions_cholesky_)
    expected = reference.score_samples(frames)
    assert np.abs(log_likelihoods(mixture, frames) - expected).max() < 1e-8


def test_scale_and_offset_of_the_front_end_only_shift_the_likelihood():
    frames = two_clusters()
    plain = log_likelihoods(fit(frames), frames)
    scaled = log_likelihoods(fit(frames * 1000 + 77), frames * 1000 + 77)
    assert plain - scaled == pytest.approx(np.full(len(frames), 3 * np.log(1000)), abs=1e-4)


def test_two_fits_are_identical_to_the_bit():
    first, second = fit(two_clusters()), fit(two_clusters())
    assert first.means.tobytes() == second.means.tobytes()
    assert first.precisions_cholesky.tobytes() == second.precisions_cholesky.tobytes()


def test_few_frames_use_fewer_components():
    frames = np.random.default_rng(0).normal(size=(25, 19))
    assert len(fit(frames, n_components=5).weights) == 2


@pytest.mark.parametrize("shape", [(0, 19), (19,)])
def test_refuses_what_is_not_a_list_of_frames(shape):
    with pytest.raises(ValueError, match="expected shape"):
        fit(np.zeros(shape))


magnitudes = st.floats(-1e6, 1e6, allow_nan=False, width=32)


@settings(max_examples=60)
@given(arrays(np.float64, st.tuples(st.integers(1, 60), st.integers(1, 39)), elements=magnitudes))
def test_every_finite_input_gets_a_finite_model(frames):
    assert np.isfinite(log_likelihoods(fit(frames), frames)).all()
