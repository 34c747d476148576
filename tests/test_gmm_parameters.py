"""The arrays of a parameter file: which there are, how exact they are, and what is refused."""

import numpy as np
import pytest

from cepstra.gmm import parameters
from cepstra.gmm.calibration import Calibration
from cepstra.gmm.plda import Plda
from cepstra.gmm.quantisation import dequantise, quantise
from cepstra.gmm.streams import IVECTOR_STREAMS
from cepstra.gmm.total_variability import TotalVariability
from cepstra.gmm.ubm import DiagonalMixture

RNG = np.random.default_rng(0)
OF_MIXTURE = ("weights", "means", "variances")
OF_IVECTORS = ("loadings", "loading_scales", "centre", "whitening", "discriminant", "between")


def mixture(n_dims: int) -> DiagonalMixture:
    shape = (3, n_dims)
    return DiagonalMixture(np.full(3, 1 / 3), RNG.normal(size=shape), RNG.uniform(1, 2, shape))


def ivector_plda(n_dims: int) -> parameters.IvectorPlda:
    background = mixture(n_dims)
    loadings = dequantise(*quantise(RNG.normal(size=(3, n_dims, 4)), axis=1))
    covariances = np.diag([3.0, 2.0]), np.diag([1.0, 0.5])
    plda = Plda(RNG.normal(size=4), RNG.normal(size=(4, 4)), RNG.normal(size=(5, 2)), *covariances)
    return parameters.IvectorPlda(
        background, TotalVariability(background, loadings), plda, RNG.normal(size=(7, 2))
    )


@pytest.fixture(scope="module")
def arrays():
    scorers = {name: ivector_plda(stream.n_dims) for name, stream in IVECTOR_STREAMS.items()}
    slopes = np.array([0.1, 0.2, 1 / 3])
    calibration = Calibration(
        slopes, 0.7, np.array([0.1, 0.01]), np.array([1.0, 2.0]), slopes, 0.3, -slopes, slopes
    )
    background = parameters.to_arrays(parameters.Background(scorers, mixture(38)))
    return background | parameters.calibration_arrays(calibration)


def test_every_array_has_its_name_and_type(arrays):
    names = [*OF_MIXTURE, *OF_IVECTORS, "within", "cohort"]
    expected = {f"{stream}.{name}" for stream in IVECTOR_STREAMS for name in names}
    expected |= {f"levelled.{name}" for name in OF_MIXTURE}
    expected |= {f"calibration.{name}" for name in parameters.CALIBRATION_ARRAYS}
    assert arrays.keys() == expected
    special = {"loadings": np.int8, "cohort": np.float16}
    for name, values in arrays.items():
        kind, _, key = name.partition(".")
        usual = np.float64 if kind == "calibration" else np.float32
        assert values.dtype == special.get(key, usual), name


def test_what_was_read_is_written_again_bit_by_bit(arrays):
    read = parameters.background(arrays), parameters.calibration(arrays)
    again = parameters.to_arrays(read[0]) | parameters.calibration_arrays(read[1])
    assert {name: values.tobytes() for name, values in again.items()} == {
        name: values.tobytes() for name, values in arrays.items()
    }
    assert (read[1].bias, read[1].allowance_bias) == (0.7, 0.3)
    assert read[0].cmn.means.dtype == np.float32
    assert read[0].ivectors["wide"].cohort.dtype == np.float64


def test_an_ivector_of_vectors_is_that_of_their_statistics(arrays):
    scorer = parameters.background(arrays).ivectors["narrow"]
    vectors = RNG.normal(size=(20, 32)).astype(np.float32)
    zeroth, first = scorer.mixture.statistics(vectors)
    linear = scorer.total_variability.linear_statistic(zeroth, first)
    np.testing.assert_allclose(
        scorer.ivector(vectors), scorer.projected(zeroth, linear), rtol=1e-4, atol=1e-5
    )


def test_all_missing_arrays_are_named(arrays):
    few = {k: v for k, v in arrays.items() if k not in ("wide.means", "wide.variances")}
    with pytest.raises(ValueError, match=r"^arrays: missing wide\.means, wide\.variances$"):
        parameters.background(few)
    with pytest.raises(ValueError, match=r"^arrays: missing other\.weights, other\.bias"):
        parameters.calibration(arrays, "other")


def test_a_second_calibration_has_a_name_of_its_own():
    one, rate, llr = np.array([1.0]), np.array([0.1]), np.array([3.0])
    calibration = Calibration.without_allowance(one, 2.0, rate, llr)
    named = parameters.calibration_arrays(calibration, "other")
    assert {name: values.tolist() for name, values in named.items()} == {
        "other.weights": [1.0],
        "other.bias": [2.0],
        "other.rates": [0.1],
        "other.rate_llrs": [3.0],
        "other.allowance_weights": [0.0],
        "other.allowance_bias": [0.0],
        "other.lowest": [-np.inf],
        "other.highest": [np.inf],
    }
    assert parameters.calibration(named, "other").bias == 2.0


def test_shapes_that_do_not_agree_are_told():
    with pytest.raises(ValueError, match=r"^expected weights \(K,\).*\(2,\), \(1, 2\), \(1, 2\)$"):
        DiagonalMixture(np.ones(2), np.zeros((1, 2)), np.ones((1, 2)))
    with pytest.raises(ValueError, match=r"^loadings: expected \(3, 5, 'R'\), got \(3, 4, 2\)$"):
        TotalVariability(mixture(5), np.ones((3, 4, 2)))
    with pytest.raises(ValueError, match=r"^expected whitening \(2, 2\) and discriminant \(3, 1\)"):
        Plda(np.zeros(2), np.eye(3), np.ones((3, 1)), np.eye(1), np.eye(1))
    with pytest.raises(ValueError, match=r", got \(2, 2\) and \(2, 1\)$"):
        Plda(np.zeros(2), np.eye(2), np.ones((2, 1)), np.eye(1), np.eye(1))


def test_negative_counts_have_no_point():
    subspace = TotalVariability(mixture(5), np.ones((3, 5, 2)))
    with pytest.raises(ValueError, match=r"^zeroth: expected statistics of frames, got negative"):
        subspace.ivector(np.full(3, -10.0), np.zeros(2))


def test_levels_reach_127_on_either_side_along_the_axis_named():
    values = np.array([[1.0, -4.0], [-2.0, 1.0], [0.0, 0.0]])
    levels, scales = quantise(values, axis=1)
    assert levels.tolist() == [[32, -127], [-127, 64], [0, 0]]
    assert scales.shape == (3, 1)
    np.testing.assert_allclose(scales[:2, 0], [4 / 127, 2 / 127], rtol=1e-6)
    assert quantise(values, axis=0)[0].tolist() == [[64, -127], [-127, 32], [0, 0]]
    assert dequantise(levels, scales).dtype == np.float32
