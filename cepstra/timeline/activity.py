"""Where somebody speaks in a long recording, from the cepstra alone."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import maximum_filter1d, minimum_filter1d, uniform_filter1d

from cepstra.gmm.speech import frame_snr_db, mask_from_snr

FloatArray = NDArray[Any]
Mask = NDArray[np.bool_]
Span = tuple[int, int]

BLOCK_FRAMES = 6000  # a noise floor is that of a minute
RANGE_SHARE = 0.15  # of the way from quiet to loud frames; `gmm.speech` asks for more
BELOW_PEAK_DB, ABOVE_NOISE_DB = 40.0, 5.0  # steady noise reaches 4.3 dB
LONGEST_GAP = 35  # frames of a pause that is still the same stretch of speech
FEWEST_SPEECH_FRAMES = 10  # of a stretch; less is a click, or the edge of what somebody else says
STEADY_FRAMES, STEADY_DB = 100, 1.2  # deviation; noise and tones reach 0.7, speech at 5 dB 2.5
STEADY_EDGE_FRAMES = 10  # where it begins and ends

UNIT_PAUSE = 15  # frames of a pause that a unit is cut at
LONGEST_UNIT, SHORTEST_UNIT = 200, 60


@dataclass(frozen=True)
class Activity:
    """Marks of T frames.

    Attributes:
        active: (T,) somebody speaks, short pauses included; no stretch without clear speech, and
            no second of a steady level, which is a fan or a tone.
        speech: (T,) clear speech, which voices are compared by.
    """

    active: Mask
    speech: Mask


def find_activity(mfcc: FloatArray, own: Mask | None = None) -> Activity:
    """Mark the frames (T, 20) of a recording, each minute above its own noise floor.

    Args:
        mfcc: cepstra, pauses and all.
        own: (T,) frames that may be speech; all when omitted.
    """
    active, speech, steady = np.zeros((3, len(mfcc)), dtype=bool)
    n_blocks = max(1, round(len(mfcc) / BLOCK_FRAMES))
    edges = np.linspace(0, len(mfcc), n_blocks + 1).astype(int).tolist()
    for start, end in zip(edges[:-1], edges[1:], strict=True):
        if start == end:
            continue
        snr_db = frame_snr_db(mfcc[start:end])
        quiet_db, loud_db = np.percentile(snr_db, (5, 95))
        relative_db = quiet_db + RANGE_SHARE * (loud_db - quiet_db)
        active[start:end] = snr_db >= max(relative_db, loud_db - BELOW_PEAK_DB, ABOVE_NOISE_DB)
        speech[start:end] = mask_from_snr(snr_db)
        steady[start:end] = _steady(snr_db, active[start:end])
    may_be = ~steady if own is None else own & ~steady
    active &= may_be
    speech &= may_be
    for start, end in runs(active):
        is_edge = end - start < STEADY_EDGE_FRAMES and steady[max(start - 1, 0) : end + 1].any()
        active[start:end] = not is_edge
    for (_, end), (start, _) in zip(runs(active)[:-1], runs(active)[1:], strict=True):
        if start - end <= LONGEST_GAP:
            active[end:start] = True
    for start, end in runs(active):
        active[start:end] = np.count_nonzero(speech[start:end]) >= FEWEST_SPEECH_FRAMES
    return Activity(active, speech)


def _steady(levels_db: FloatArray, active: Mask) -> Mask:
    """Mark the frames (T,) of every active second in which the level hardly moves."""
    mean, of_squares = (uniform_filter1d(each, STEADY_FRAMES) for each in (levels_db, levels_db**2))
    is_steady = np.sqrt(np.maximum(of_squares - mean**2, 0)) < STEADY_DB
    return maximum_filter1d(is_steady & minimum_filter1d(active, STEADY_FRAMES), STEADY_FRAMES)


def runs(mask: Mask) -> list[Span]:
    """First and end of every run of marked frames (T,)."""
    edges = np.flatnonzero(np.diff(np.concatenate([[False], mask, [False]]).astype(np.int8)))
    return list(zip(edges[::2].tolist(), edges[1::2].tolist(), strict=True))


def units(activity: Activity) -> list[Span]:
    """Cut the active frames at pauses, into spans of about 0.6 to 2 s, most of one voice."""
    result: list[Span] = []
    for start, end in runs(activity.active):
        spoken = np.flatnonzero(activity.speech[start:end]) + start
        if not len(spoken):
            continue
        gaps = np.flatnonzero(np.diff(spoken) > UNIT_PAUSE)
        middles = ((spoken[gaps] + spoken[gaps + 1]) // 2).tolist()
        for first, last in _without_short([start, *middles, end]):
            count = -(-(last - first) // LONGEST_UNIT)
            cuts = np.linspace(first, last, count + 1).astype(int).tolist()
            result += zip(cuts[:-1], cuts[1:], strict=True)
    return result


def _without_short(cuts: list[int]) -> list[Span]:
    """Join spans between cuts with the one before, where either is short."""
    joined: list[Span] = []
    for start, end in zip(cuts[:-1], cuts[1:], strict=True):
        is_short = joined and min(end - start, joined[-1][1] - joined[-1][0]) < SHORTEST_UNIT
        if is_short:
            joined[-1] = joined[-1][0], end
        else:
            joined.append((start, end))
    return joined
