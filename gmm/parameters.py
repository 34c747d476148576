"""The background's parameters as objects, and as the flat named arrays of a file."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cepstra.gmm.calibration import Calibration
from cepstra.gmm.plda import Plda, PreparedIvectors
from cepstra.gmm.quantisation import dequantise, quantise
from cepstra.gmm.streams import IVECTOR_STREAMS
from cepstra.gmm.total_variability import TotalVariability
from cepstra.gmm.ubm import DiagonalMixture

FloatArray = NDArray[Any]
Arrays = Mapping[str, NDArray[Any]]

CMN = "levelled"  # its name in files and stored models
MIXTURE_ARRAYS = ("weights", "means", "variances")
PLDA_ARRAYS = ("centre", "whitening", "discriminant", "between", "within")
CALIBRATION_ARRAYS = (
    "weights",
    "bias",
    "rates",
    "rate_llrs",
    "allowance_weights",
    "allowance_bias",
    "lowest",
    "highest",
)
CONSTANTS = ("bias", "allowance_bias")


@dataclass(frozen=True)
class IvectorPlda:
    """A stream whose attempts become i-vectors.

    Attributes:
        mixture: the background mixture of K components over D dimensions.
        total_variability: its R factors.
        plda: the scoring of two i-vectors.
        cohort: (C, L) projected i-vectors of background speakers.
        prepared_cohort: the same, ready to be scored.
    """

    mixture: DiagonalMixture
    total_variability: TotalVariability
    plda: Plda
    cohort: FloatArray
    prepared_cohort: PreparedIvectors = field(init=False)

    def __post_init__(self) -> None:
        """Prepare the cohort for every later attempt."""
        object.__setattr__(self, "prepared_cohort", self.plda.prepared(self.cohort))

    def projected(self, zeroth: FloatArray, linear: FloatArray) -> FloatArray:
        """(L,) the projected i-vector of zeroth (K,) and linear (R,) statistics."""
        return self.plda.projected(self.total_variability.ivector(zeroth, linear))

    def ivector(self, vectors: FloatArray) -> FloatArray:
        """(L,) the projected i-vector of an attempt's vectors (T, D)."""
        posteriors = self.mixture.posteriors(vectors)[0]
        zeroth, first = posteriors.sum(axis=0), posteriors.T @ vectors
        return self.projected(zeroth, self.total_variability.linear_statistic(zeroth, first))


@dataclass(frozen=True)
class Background:
    """Everything learnt from the background speakers but the calibration.

    Attributes:
        ivectors: the i-vector scorers by stream name.
        cmn: the mixture of the mean-removed stream.
    """

    ivectors: Mapping[str, IvectorPlda]
    cmn: DiagonalMixture


def background(arrays: Arrays) -> Background:
    """Build the background from named arrays.

    Raises:
        ValueError: an array is missing or does not fit the others.
    """
    return Background(
        {name: _ivector_plda(arrays, name) for name in IVECTOR_STREAMS},
        _mixture(arrays, CMN),
    )


def calibration(arrays: Arrays, name: str = "calibration") -> Calibration:
    """Build a calibration from named arrays.

    Raises:
        ValueError: an array is missing.
    """
    named: dict[str, Any] = dict(
        zip(CALIBRATION_ARRAYS, _named(arrays, name, CALIBRATION_ARRAYS), strict=True)
    )
    named |= {key: float(named[key][0]) for key in CONSTANTS}
    return Calibration(**named)


def calibration_arrays(
    calibration: Calibration, name: str = "calibration"
) -> dict[str, NDArray[Any]]:
    """The named arrays that `calibration` takes."""
    return {
        f"{name}.{key}": np.atleast_1d(getattr(calibration, key)).astype(np.float64)
        for key in CALIBRATION_ARRAYS
    }


def to_arrays(background: Background) -> dict[str, NDArray[Any]]:
    """The named arrays that `background` takes, float32 but for the loadings (8 bits)."""
    result: dict[str, NDArray[Any]] = {}
    for name, scorer in background.ivectors.items():
        _put_mixture(result, name, scorer.mixture)
        levels, scales = quantise(scorer.total_variability.loadings, axis=1)
        result[f"{name}.loadings"], result[f"{name}.loading_scales"] = levels, scales
        for key in PLDA_ARRAYS:
            result[f"{name}.{key}"] = _float32(getattr(scorer.plda, key))
        result[f"{name}.cohort"] = scorer.cohort.astype(np.float16)
    _put_mixture(result, CMN, background.cmn)
    return result


def _ivector_plda(arrays: Arrays, name: str) -> IvectorPlda:
    mixture = _mixture(arrays, name)
    levels, scales, cohort = _named(arrays, name, ("loadings", "loading_scales", "cohort"))
    plda = Plda(*(a.astype(np.float64) for a in _named(arrays, name, PLDA_ARRAYS)))
    total_variability = TotalVariability(mixture, dequantise(levels, scales))
    return IvectorPlda(mixture, total_variability, plda, cohort.astype(np.float64))


def _mixture(arrays: Arrays, name: str) -> DiagonalMixture:
    return DiagonalMixture(*map(_float32, _named(arrays, name, MIXTURE_ARRAYS)))


def _named(arrays: Arrays, prefix: str, names: tuple[str, ...]) -> list[NDArray[Any]]:
    missing = [f"{prefix}.{name}" for name in names if f"{prefix}.{name}" not in arrays]
    if missing:
        raise ValueError(f"arrays: missing {', '.join(missing)}")
    return [arrays[f"{prefix}.{name}"] for name in names]


def _put_mixture(result: dict[str, NDArray[Any]], name: str, mixture: DiagonalMixture) -> None:
    for key in MIXTURE_ARRAYS:
        result[f"{name}.{key}"] = _float32(getattr(mixture, key))


def _float32(values: NDArray[Any]) -> NDArray[np.float32]:
    return np.ascontiguousarray(values, dtype=np.float32)
