"""A recording's frames become stretches of about one voice each, with sums to compare them by."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cepstra.gmm.speech import with_band_floor
from cepstra.gmm.streams import IVECTOR_STREAMS
from cepstra.timeline.activity import Activity, Mask, Span, find_activity, units
from cepstra.timeline.voices import IVECTOR_STREAM, Sums, VoiceComparison, joined

FloatArray = NDArray[Any]
Progress = Callable[[int, int], None]

BLOCK_FRAMES = 6000
FEWEST_SPEECH_FRAMES = 20


@dataclass(frozen=True)
class Heard:
    """What a recording of T frames holds.

    Attributes:
        activity: where somebody speaks.
        spans: M >= 1 stretches, in frames.
        chosen: the frames of each that it is compared by.
        sums: of the stretches.
        floored: (T, 20) cepstra with `gmm.speech.with_band_floor`.
    """

    activity: Activity
    spans: Sequence[Span]
    chosen: Sequence[NDArray[np.intp]]
    sums: Sums
    floored: FloatArray


def hear(
    comparison: VoiceComparison,
    mfcc: FloatArray,
    own: Mask | None = None,
    progress: Progress | None = None,
) -> Heard | None:
    """Cut a recording (T, 20) into stretches and sum them up; None where nobody speaks.

    Args:
        comparison: makes the sums.
        mfcc: cepstra, pauses and all.
        own: (T,) frames that may be speech; all when omitted.
        progress: is told how many of how many stretches are heard.
    """
    activity = find_activity(mfcc, own)
    spans = units(activity)
    if not spans:
        return None
    floored = _floored(mfcc)
    vectors = IVECTOR_STREAMS[IVECTOR_STREAM].vectors([floored])
    chosen = [_chosen(activity, span) for span in spans]
    parts = []
    for number, frames in enumerate(chosen):
        parts.append(comparison.sums(mfcc[frames], floored[frames], vectors[frames]))
        if progress:
            progress(number + 1, len(spans))
    return Heard(activity, spans, chosen, joined(parts), floored)


def _chosen(activity: Activity, span: Span) -> NDArray[np.intp]:
    """The frames of clear speech, or all where those are too few."""
    start, end = span
    found = np.flatnonzero(activity.speech[start:end]) + start
    return found if len(found) >= FEWEST_SPEECH_FRAMES else np.arange(start, end)


def _floored(mfcc: FloatArray) -> FloatArray:
    blocks = range(0, len(mfcc), BLOCK_FRAMES)
    parts = [with_band_floor(mfcc[at : at + BLOCK_FRAMES]).astype(np.float32) for at in blocks]
    return np.concatenate(parts)
