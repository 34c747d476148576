"""Parts of long recordings, which lists name FILE#START-END, in seconds."""

from __future__ import annotations

import re
from itertools import pairwise
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

SHORTEST_PAUSE_S = 0.2
_PART = re.compile(r"(.+)#(\d+\.\d\d)-(\d+\.\d\d)", re.DOTALL)

Span = tuple[float, float]


def whole_of(name: str) -> tuple[str, Span | None]:
    """Return file and span of a name in a list; no span where it names all of a file."""
    match = _PART.fullmatch(name)
    return (match[1], (float(match[2]), float(match[3]))) if match else (name, None)


def whole_path(path: Path) -> tuple[Path, Span | None]:
    """Return the same of a path; that of a file that exists is the file's own."""
    name, span = whole_of(path.name)
    return (path, None) if span is None or path.is_file() else (path.with_name(name), span)


def part_name(name: str, span: Span) -> str:
    """Return the name of a part."""
    return f"{name}#{span[0]:.2f}-{span[1]:.2f}"


def cut_at_pauses(
    is_speech: NDArray[np.bool_], least_s: float, frames_per_second: float
) -> list[tuple[Span, float]]:
    """Cut a recording in the middle of pauses; the last part takes the rest.

    Args:
        is_speech: (T,) which frames hold speech.
        least_s: speech of each part, at least.
        frames_per_second: of the frames.

    Returns:
        Spans in seconds, which follow on one another, and the seconds of speech in each.
    """
    edges = [0]
    for start, stop in _pauses(is_speech, round(SHORTEST_PAUSE_S * frames_per_second)):
        middle = (start + stop) // 2
        held, rest = (
            np.count_nonzero(p) for p in (is_speech[edges[-1] : middle], is_speech[middle:])
        )
        if min(held, rest) >= least_s * frames_per_second:
            edges.append(middle)
    edges.append(len(is_speech))
    return [
        (
            (start / frames_per_second, stop / frames_per_second),
            float(np.count_nonzero(is_speech[start:stop])) / frames_per_second,
        )
        for start, stop in pairwise(edges)
    ]


def _pauses(is_speech: NDArray[np.bool_], shortest: int) -> list[tuple[int, int]]:
    steps = np.diff(np.concatenate([[1], is_speech.astype(np.int8), [1]]))
    starts, stops = np.flatnonzero(steps == -1).tolist(), np.flatnonzero(steps == 1).tolist()
    pauses = zip(starts, stops, strict=True)
    return [(start, stop) for start, stop in pauses if stop - start >= shortest]
