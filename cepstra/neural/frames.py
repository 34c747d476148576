"""What the networks see of a message."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

FloatArray = NDArray[Any]

MEAN_PRIOR_FRAMES = 20.0  # few frames keep most of their own mean


def network_input(speech: FloatArray, centre: FloatArray, scale: FloatArray) -> FloatArray:
    """(T, 40) scaled cepstra, plain and with their mean removed.

    Args:
        speech: (T, 20) cepstra of speech frames, T >= 1.
        centre: (20,) what is subtracted.
        scale: (20,) what it is divided by then.
    """
    plain = (speech - centre) / scale
    return np.concatenate([plain, mean_removed(plain)], axis=1).astype(np.float32)


def mean_removed(frames: FloatArray) -> FloatArray:
    """(T, D) frames without their mean, the maximum a posteriori one under a zero-mean prior."""
    return frames - frames.sum(axis=0) / (len(frames) + MEAN_PRIOR_FRAMES)
