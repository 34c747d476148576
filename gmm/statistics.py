"""What a speaker's enrolment is: sums over takes that can be added to and taken from.

Statistics are a dictionary of float64 arrays. The count of speech frames and the subspaces' sums
have one row per digit 0 to 9 and a last one for takes whose digit is not known.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

Statistics = dict[str, NDArray[np.float64]]

UNKNOWN_DIGIT = 10
N_DIGIT_ROWS = 11


class Additive:
    """A data class whose fields add up over parts of the data."""

    def __add__(self, other: Self) -> Self:
        """Return the sums of both parts."""
        pairs = zip(vars(self).values(), vars(other).values(), strict=True)
        return type(self)(*(mine + others for mine, others in pairs))


def add(left: Mapping[str, NDArray[Any]], right: Mapping[str, NDArray[Any]]) -> Statistics:
    """Statistics of two sets of takes together.

    Raises:
        ValueError: the two do not hold the same arrays.
    """
    _require_same_names(left, right)
    return {name: left[name] + right[name] for name in left}


def subtract(left: Mapping[str, NDArray[Any]], right: Mapping[str, NDArray[Any]]) -> Statistics:
    """Statistics of the takes in left without those in right.

    Raises:
        ValueError: the two do not hold the same arrays.
    """
    _require_same_names(left, right)
    return {name: left[name] - right[name] for name in left}


def digit_row(digit: int | None) -> int:
    """The row of a digit in arrays that have one per digit.

    Raises:
        ValueError: the digit is not None or 0 to 9.
    """
    if digit is None:
        return UNKNOWN_DIGIT
    if digit not in range(UNKNOWN_DIGIT):
        raise ValueError(f"digit: expected 0 to 9 or None, got {digit!r}")
    return digit


def per_digit_row(values: NDArray[Any] | float, digit: int | None) -> NDArray[np.float64]:
    """(11, ...) zeros but for the digit's row, which holds values (...)."""
    rows = np.zeros((N_DIGIT_ROWS, *np.shape(values)))
    rows[digit_row(digit)] = values
    return rows


def _require_same_names(left: Mapping[str, Any], right: Mapping[str, Any]) -> None:
    if left.keys() != right.keys():
        raise ValueError(f"statistics: {sorted(left)} and {sorted(right)} do not match")
