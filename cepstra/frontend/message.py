"""Turn features into the message that the page sends."""

from collections.abc import Collection
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cepstra.frontend.definition import FrontEndDefinition, page_definition
from cepstra.frontend.mfcc import Features

MAX_FRAMES = 2000
MAX_ATTEMPT_FRAMES = 6000  # a minute of speech
ENERGY_DIGITS = 5  # significant ones, as in the page's message.js


def rounded(features: Features, definition: FrontEndDefinition | None = None) -> Features:
    """Features with the precision a message carries, so that files score as the page does."""
    definition = definition or page_definition()
    mfcc = _to_step(features.mfcc, definition.step)
    return Features(mfcc, _significant(features.energy, ENERGY_DIGITS), features.zcr)


def to_message(
    features: Features,
    digit: int | None = None,
    definition: FrontEndDefinition | None = None,
    wanted: Collection[str] = (),
    lpc: NDArray[np.float64] | None = None,
    most: int = MAX_FRAMES,
) -> dict[str, Any]:
    """The JSON body of /train, /test and /score.

    Args:
        features: 1 to `most` frames.
        digit: the digit said, 0 to 9, when known.
        definition: the front end that made the features; the page's own when omitted.
        wanted: of "energy" and "zcr" those to add; the service reads over them.
        lpc: (12,) predictor coefficients to add; the service reads over them.
        most: frames that the call takes: more of an attempt than of a take.

    Returns:
        A dictionary of plain lists and numbers, ready for `json.dumps`.

    Raises:
        ValueError: no frames, more than `most`, or a digit out of range.
    """
    if not 1 <= len(features) <= most:
        raise ValueError(f"features: expected 1 to {most} frames, got {len(features)}")
    if digit is not None and digit not in range(10):
        raise ValueError(f"digit: expected 0 to 9, got {digit!r}")
    definition = definition or page_definition()
    carried = rounded(features, definition)
    tracks = [name for name in ("energy", "zcr") if name in wanted]
    message: dict[str, Any] = {n: _numbers(getattr(carried, n)) for n in ["mfcc", *tracks]}
    if digit is not None:
        message["digit"] = int(digit)
    if definition.id:
        message["frontend"] = definition.id
    if lpc is not None:
        message["lpc"] = lpc.tolist()
    return message


def _to_step(values: NDArray[np.float64], step: float) -> NDArray[np.float64]:
    """The nearest multiples of `step`, the upper one of two, as the page's message.js rounds."""
    return values if step == 0 else np.floor(values / step + 0.5) * step


def _numbers(values: NDArray[np.float64]) -> list[Any]:
    """Whole numbers without a point, for brevity, where all are whole."""
    is_whole = bool(np.all(values == np.floor(values)))
    return (values.astype(np.int64) if is_whole else values).tolist()


def _significant(values: NDArray[np.float64], digits: int) -> NDArray[np.float64]:
    """Values (T,) >= 0 rounded to a number of significant digits."""
    exponent = np.floor(np.log10(np.maximum(values, np.finfo(np.float64).tiny)))
    # Powers of ten below one are inexact; multiplying or dividing by those above keeps 123.45.
    shift = digits - 1 - exponent
    up, down = 10.0 ** np.clip(shift, 0, 300), 10.0 ** np.clip(-shift, 0, 300)
    return np.asarray(np.round(values * up / down) * down / up)
