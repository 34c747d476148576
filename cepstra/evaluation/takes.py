"""One recording as the service receives it."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from cepstra.frontend import Features


@dataclass(frozen=True)
class RecordedTake:
    """Features rounded as a message carries them.

    Attributes:
        features: T frames.
        digit: the digit said, when known.
        lpc: (12,) predictor coefficients, for systems that want them.
    """

    features: Features
    digit: int | None
    lpc: NDArray[np.float64] | None = None
