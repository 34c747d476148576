"""Marshmallow fields that turn JSON numbers into arrays in one go."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import chain
from typing import Any

import numpy as np
from marshmallow import ValidationError, fields, missing
from numpy.typing import NDArray

from cepstra.frontend.message import MAX_FRAMES
from cepstra.resources.about import about

MIN_COEFFICIENTS, MAX_COEFFICIENTS = 2, 40
MAX_MAGNITUDE = 1e6  # beyond any cepstrum; keeps squares of it finite
EMBEDDING_DIMENSIONS = 192
LENGTH_TOLERANCE = 0.01  # of a unit vector whose numbers were rounded to four places

Array = NDArray[np.float64]


class Frames(fields.Field[Array]):
    """Cepstral frames: T rows of D numbers, as a (T, D) float64 array."""

    def __init__(self, most: int = MAX_FRAMES, **options: Any) -> None:
        self.most = most
        super().__init__(**options)

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> Array:
        _check_list(value, "frames", self.most)
        kinds = set(map(type, value))
        if kinds != {list}:
            raise ValidationError(
                f"expected every frame to be a list of numbers, got {_names(kinds)}"
            )
        widths = set(map(len, value))
        if len(widths) > 1:
            shown = f"{min(widths)} to {max(widths)}"
            raise ValidationError(f"expected frames of equal length, got lengths {shown}")
        width = widths.pop()
        if not MIN_COEFFICIENTS <= width <= MAX_COEFFICIENTS:
            expected = f"{MIN_COEFFICIENTS} to {MAX_COEFFICIENTS} coefficients a frame"
            raise ValidationError(f"expected {expected}, got {width}")
        numbers = _numbers(chain.from_iterable(value), MAX_MAGNITUDE)
        return numbers.reshape(len(value), width)


class Track(fields.Raw):
    """An (N,) array of numbers, as it is handed out."""


class Ignored(fields.Raw):
    """Whatever it holds, a message with it is one without: nothing of it is kept."""

    def __init__(self, description: str) -> None:
        super().__init__(load_only=True, **about(description))

    def deserialize(self, value: Any, *context: Any, **kwargs: Any) -> Any:
        """Leave the field out of what is loaded."""
        return missing


class BoundedList(fields.List[Any]):
    """A list whose length is checked before anything in it is read.

    Marshmallow checks it afterwards: 300,000 empty objects took 9 s, 360 MB and a reply of 21 MB.
    """

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> list[Any]:
        if isinstance(value, list):
            self._validate(value)
        return super()._deserialize(value, attr, data, **kwargs)


class UnitVector(fields.Field[Array]):
    """An embedding, as a (192,) float64 array of length one."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> Array:
        _check_list(value, "numbers", EMBEDDING_DIMENSIONS, EMBEDDING_DIMENSIONS)
        vector = _numbers(value, 1 + LENGTH_TOLERANCE)
        length = float(np.linalg.norm(vector))
        if abs(length - 1) > LENGTH_TOLERANCE:
            raise ValidationError(f"expected a vector of length 1, got one of {length:.3g}")
        return vector / length


def _check_list(value: Any, of: str, most: int, least: int = 1) -> None:
    if not isinstance(value, list):
        raise ValidationError(f"expected a list of {of}")
    if not least <= len(value) <= most:
        expected = f"{least} to {most}" if least < most else f"{most}"
        raise ValidationError(f"expected {expected} {of}, got {len(value)}")


def _numbers(values: Iterable[Any], most: float) -> Array:
    """Convert at C speed; only ints and floats pass, so True and "1" are refused."""
    flat = list(values)
    kinds = set(map(type, flat)) - {int, float}
    if kinds:
        raise ValidationError(f"expected numbers, got {_names(kinds)}")
    numbers = np.array(flat, dtype=np.float64)
    if not np.isfinite(numbers).all():
        raise ValidationError("expected finite numbers, got infinity or NaN")
    if np.abs(numbers).max() > most:
        raise ValidationError(f"expected magnitudes up to {most:g}, got {np.abs(numbers).max():g}")
    return numbers


def _names(kinds: set[type]) -> str:
    names = {type(None): "null", bool: "true or false", str: "text", dict: "an object"}
    return ", ".join(sorted(names.get(kind, kind.__name__) for kind in kinds))
