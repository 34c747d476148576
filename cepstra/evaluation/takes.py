"""One recording as the service receives it."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cepstra.frontend import Features, FrontEndDefinition

OfSound = Callable[[NDArray[np.float64], FrontEndDefinition], NDArray[Any]]


@dataclass(frozen=True)
class RecordedTake:
    """Features rounded as a message carries them.

    Attributes:
        features: T frames.
        digit: the digit said, when known.
        of_sound: what the system asked for of the sound itself, as predictor coefficients.
    """

    features: Features
    digit: int | None
    of_sound: NDArray[Any] | None = None
