"""Digits said by a text-to-speech program, if it is installed (docs/security.md says how)."""

from __future__ import annotations

import importlib
import importlib.util
from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.signal import resample_poly

from cepstra.frontend import page_definition

WORDS = "zero one two three four five six seven eight nine".split()
RATE_HZ = 24_000
SPEEDS = (0.85, 1.0, 1.15)


def is_installed() -> bool:
    """Tell whether there is such a program."""
    return importlib.util.find_spec("hibari") is not None


@cache
def synthetic(digit: int, speed: float = 1.0) -> NDArray[np.float64]:
    """(n,) samples of a digit at the page's rate, by the one voice that the package holds.

    Raises:
        ModuleNotFoundError: hibari-tts is not installed.
    """
    samples = np.asarray(_program()(f"{WORDS[digit]}.", speed=speed, seed=0), dtype=np.float64)
    return np.asarray(resample_poly(samples, page_definition().sample_rate_hz, RATE_HZ))


@cache
def _program() -> Any:
    return importlib.import_module("hibari").Hibari()
