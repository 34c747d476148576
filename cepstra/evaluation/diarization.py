"""How far a timeline is from the truth: diarization error, voices counted, cut points, doubt.

Source: NIST, "The 2009 (RT-09) Rich Transcription Meeting Recognition Evaluation Plan", 2009.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import linear_sum_assignment

from cepstra.gmm.statistics import Additive

Mask = NDArray[np.bool_]

FRAMES_PER_SECOND = 100
COLLAR_S = 0.25
CUT_TOLERANCE_S = 0.5


class Spoken(NamedTuple):
    """A label speaks from when to when, in seconds."""

    label: str
    start_s: float
    end_s: float


@dataclass(frozen=True)
class Errors(Additive):
    """Seconds of error of one or more recordings.

    Attributes:
        missed_s: speech that nobody is said to speak.
        false_alarm_s: said to be spoken, and is not.
        confused_s: another voice is said.
        spoken_s: true speech; of two at a time, twice.
    """

    missed_s: float = 0.0
    false_alarm_s: float = 0.0
    confused_s: float = 0.0
    spoken_s: float = 0.0

    @property
    def rate(self) -> float:
        """Diarization error rate; 0 where nobody speaks."""
        wrong_s = self.missed_s + self.false_alarm_s + self.confused_s
        return wrong_s / self.spoken_s if self.spoken_s else 0.0


def errors(truth: Sequence[Spoken], told: Sequence[Spoken], collar_s: float = 0.0) -> Errors:
    """Errors under the best mapping of labels, overlaps included.

    Args:
        truth: who speaks when.
        told: who is said to.
        collar_s: around each true beginning and end nothing counts for so long.
    """
    n_frames = _n_frames(truth, told)
    counted = np.ones(n_frames, dtype=bool)
    for spoken in truth if collar_s else ():
        for edge_s in (spoken.start_s, spoken.end_s):
            counted[_frames(max(edge_s - collar_s, 0.0), edge_s + collar_s)] = False
    real, said = (_activity(each, n_frames)[:, counted] for each in (truth, told))
    right = float(_right(real, said).sum())
    n_real, n_said = real.sum(axis=0), said.sum(axis=0)
    frames = (
        np.maximum(n_real - n_said, 0).sum(),
        np.maximum(n_said - n_real, 0).sum(),
        np.minimum(n_real, n_said).sum() - right,
        n_real.sum(),
    )
    return Errors(*(float(count) / FRAMES_PER_SECOND for count in frames))


def changes_found(truth: Sequence[Spoken], told: Sequence[Spoken]) -> tuple[int, int]:
    """How many of the true changes of voice are told within 0.5 s, and how many there are.

    A change is a true turn that begins after another voice's; it is told where a segment of
    another label than the one before begins, and each such beginning serves one change.
    """
    wanted = _changes(truth)
    told_at = _changes(told)
    found = 0
    for at_s in wanted:
        near = [other for other in told_at if abs(other - at_s) <= CUT_TOLERANCE_S]
        if near:
            told_at.remove(min(near, key=lambda other: abs(other - at_s)))
            found += 1
    return found, len(wanted)


@dataclass(frozen=True)
class DoubtSeconds(Additive):
    """Seconds that were marked as not sure, and that should be.

    Attributes:
        marked_s: not sure.
        two_s: of two at once, and
        marked_two_s: those that are marked.
        another_s: another voice is said than the one that speaks, and
        marked_another_s: those that are marked.
    """

    marked_s: float = 0.0
    two_s: float = 0.0
    marked_two_s: float = 0.0
    another_s: float = 0.0
    marked_another_s: float = 0.0


def doubt(
    truth: Sequence[Spoken], told: Sequence[Spoken], marked: Sequence[Spoken]
) -> DoubtSeconds:
    """How well doubt is placed, under the best mapping of labels.

    Args:
        truth: who speaks when.
        told: who is said to, one at a time.
        marked: what of that is not sure.
    """
    n_frames = _n_frames(truth, told)
    real, said = _activity(truth, n_frames), _activity(told, n_frames)
    is_right = _right(real, said).any(axis=0)
    n_speaking = real.sum(axis=0)
    doubtful = _activity(marked, n_frames).any(axis=0)
    two, another = n_speaking > 1, (n_speaking == 1) & said.any(axis=0) & ~is_right
    masks = doubtful, two, doubtful & two, another, doubtful & another
    return DoubtSeconds(*(float(np.count_nonzero(mask)) / FRAMES_PER_SECOND for mask in masks))


def _n_frames(truth: Sequence[Spoken], told: Sequence[Spoken]) -> int:
    return round(max((s.end_s for s in (*truth, *told)), default=0.0) * FRAMES_PER_SECOND)


def _right(real: Mask, said: Mask) -> Mask:
    """Frames in which a speaker and the label that fits best speak, a row a pair."""
    common = real.astype(np.float32) @ said.T.astype(np.float32)
    speakers, labels = linear_sum_assignment(-common)
    return real[speakers] & said[labels]


def _changes(spoken: Sequence[Spoken]) -> list[float]:
    pairs = pairwise(sorted(spoken, key=lambda s: s.start_s))
    return [after.start_s for before, after in pairs if after.label != before.label]


def _frames(start_s: float, end_s: float) -> slice:
    return slice(round(start_s * FRAMES_PER_SECOND), round(end_s * FRAMES_PER_SECOND))


def _activity(spoken: Sequence[Spoken], n_frames: int) -> NDArray[Any]:
    """(labels, T) who speaks; one empty row where there is nobody."""
    labels = sorted({s.label for s in spoken})
    result = np.zeros((max(len(labels), 1), n_frames), dtype=bool)
    for label, start_s, end_s in spoken:
        result[labels.index(label), _frames(start_s, end_s)] = True
    return result
