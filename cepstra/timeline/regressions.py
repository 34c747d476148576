"""What decides who speaks: three regressions and two thresholds, as arrays."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cepstra.timeline import doubt

FloatArray = NDArray[Any]

UNIT_INPUTS = ("campplus", "network", "narrow", "log_shorter", "log_longer")
JOIN_INPUTS = ("llr", "log_shorter", "last")
SHAPES: Mapping[str, tuple[int, ...]] = {
    "units": (len(UNIT_INPUTS) + 1,),
    "joins": (len(JOIN_INPUTS) + 1,),
    "doubts": (len(doubt.OUTCOMES), len(doubt.INPUTS) + 1),
    "sure_llr": (1,),
    "join_llr": (1,),
}


@dataclass(frozen=True)
class Regressions:
    """Fitted by `cepstra.training.timeline`; docs/timeline.md says on whom.

    Attributes:
        units: weights of `UNIT_INPUTS` and a constant: log-likelihood ratio of any two stretches.
        joins: weights of `JOIN_INPUTS` and a constant: the same of the likeliest two of many.
        doubts: weights of `doubt.INPUTS` and constants: log odds of each of `doubt.OUTCOMES`.
        sure_llr: any two stretches above it are one voice.
        join_llr: the likeliest two above it are one voice.
    """

    units: FloatArray
    joins: FloatArray
    doubts: FloatArray
    sure_llr: float
    join_llr: float

    @classmethod
    def of_arrays(cls, arrays: Mapping[str, FloatArray]) -> Regressions:
        """Take the named arrays of a file.

        Raises:
            ValueError: one is missing or has another shape.
        """
        for name, shape in SHAPES.items():
            if name not in arrays or arrays[name].shape != shape:
                got = arrays[name].shape if name in arrays else "nothing"
                raise ValueError(f"{name}: expected {shape}, got {got}")
        sure_llr, join_llr = (float(arrays[name][0]) for name in ("sure_llr", "join_llr"))
        weights = arrays["units"], arrays["joins"], arrays["doubts"]
        return cls(*weights, sure_llr, join_llr)

    def to_arrays(self) -> dict[str, FloatArray]:
        """The named arrays that `of_arrays` takes."""
        return {name: np.atleast_1d(np.asarray(value)) for name, value in vars(self).items()}
