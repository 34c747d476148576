"""A recording's frames become a timeline: which voice speaks from when to when."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cepstra.gmm.streams import N_CEPSTRA
from cepstra.gmm.verifier import Verifier
from cepstra.timeline.activity import runs
from cepstra.timeline.clustering import cluster
from cepstra.timeline.course import Course, follow
from cepstra.timeline.doubt import NO_VOICE, doubts
from cepstra.timeline.regressions import Regressions
from cepstra.timeline.resegmentation import CELL_FRAMES
from cepstra.timeline.units import Progress, hear
from cepstra.timeline.voices import VoiceComparison

FloatArray = NDArray[Any]

FRAMES_PER_SECOND = 100
LONGEST_FRAMES = 4 * 3600 * FRAMES_PER_SECOND  # the pairs of units take memory
SURE = 0.6  # a smaller probability is said to be not sure
SHORTEST_DOUBT_CELLS = 3


@dataclass(frozen=True)
class Segment:
    """One voice speaks.

    Attributes:
        start_s: when it begins, and
        end_s: ends, in seconds of the recording.
        voice: number of the voice, from 0 in the order of their first words.
        confidence: probability that this voice speaks, and no other at the same time.
        other: the voice that it may be too, or that speaks at the same time; None where the
            first is sure.
    """

    start_s: float
    end_s: float
    voice: int
    confidence: float
    other: int | None = None


@dataclass(frozen=True)
class Timeline:
    """Who speaks when.

    Attributes:
        segments: in the order of their beginnings; they do not overlap.
        duration_s: of the recording.
        speech: for each voice, the (S, 20) cepstra of its segments that are sure, or of its
            first one where none is.
    """

    segments: tuple[Segment, ...]
    duration_s: float
    speech: tuple[FloatArray, ...]

    @property
    def n_voices(self) -> int:
        """How many voices were told apart."""
        return len(self.speech)

    def speech_s(self, voice: int) -> float:
        """Seconds that a voice speaks."""
        return sum(s.end_s - s.start_s for s in self.segments if s.voice == voice)


class Diarizer:
    """Makes timelines; immutable and safe to share."""

    def __init__(self, verifier: Verifier, regressions: Regressions) -> None:
        """Use the parameters of a verifier with both networks, and what decides.

        Raises:
            ValueError: it lacks a network.
        """
        self._comparison = VoiceComparison(verifier)
        self._regressions = regressions
        self._background = verifier.background.cmn

    def timeline(self, mfcc: FloatArray, progress: Progress | None = None) -> Timeline:
        """Tell voices apart.

        Args:
            mfcc: (T, 20) cepstra of the front end `meyda-16k-1`, pauses and all, T >= 1.
            progress: is told how many of how many stretches are heard.

        Raises:
            ValueError: the shape is wrong, or the recording is longer than four hours.
        """
        if mfcc.ndim != 2 or mfcc.shape[1] != N_CEPSTRA or not 1 <= len(mfcc) <= LONGEST_FRAMES:
            expected = f"(T, {N_CEPSTRA}) with 1 <= T <= {LONGEST_FRAMES}"
            raise ValueError(f"mfcc: expected shape {expected}, got {mfcc.shape}")
        heard = hear(self._comparison, mfcc, progress)
        duration_s = len(mfcc) / FRAMES_PER_SECOND
        if heard is None:
            return Timeline((), duration_s, ())
        groups = cluster(self._comparison, heard.sums, self._regressions)
        course = follow(self._background, heard, groups)
        confidences = self._confidences(course)
        stretches = runs(heard.activity.active)
        segments = _in_order([s for each in stretches for s in _cut(course, confidences, *each)])
        return Timeline(segments, duration_s, _speech(mfcc, segments))

    def _confidences(self, course: Course) -> FloatArray:
        """(C,) probability that the voice of each cell speaks alone; 1 where there is no other."""
        if course.inputs is None or len(_told(course)) < 2:
            return np.ones(len(course.voices))
        return 1 - doubts(course.inputs, self._regressions.doubts).sum(axis=1)


def _told(course: Course) -> NDArray[np.intp]:
    """The voices that are told at all, in the order of their numbers."""
    return np.unique(course.voices[course.voices != NO_VOICE])


def _cut(course: Course, confidences: FloatArray, start: int, end: int) -> list[Segment]:
    """Segments of one stretch without pauses; parts that are not sure are segments of their own."""
    origin = start // CELL_FRAMES
    cells = slice(origin, -(-end // CELL_FRAMES))
    voices, sure = course.voices[cells], confidences[cells]
    doubtful = np.zeros(len(voices), dtype=bool)
    for first, last in runs(sure < SURE):
        doubtful[first:last] = last - first >= SHORTEST_DOUBT_CELLS
    changes = np.flatnonzero((np.diff(voices) != 0) | (np.diff(doubtful.astype(np.int8)) != 0)) + 1
    edges = [0, *changes.tolist(), len(voices)]
    told = _told(course)
    result = []
    for first, last in zip(edges[:-1], edges[1:], strict=True):
        voice, confidence = int(voices[first]), float(sure[first:last].mean())
        others = told[told != voice]
        likely = course.probabilities[origin + first : origin + last, others].mean(axis=0)
        begin = start if first == 0 else (origin + first) * CELL_FRAMES
        finish = end if last == len(voices) else (origin + last) * CELL_FRAMES
        other = int(others[likely.argmax()]) if confidence < SURE else None
        times_s = begin / FRAMES_PER_SECOND, finish / FRAMES_PER_SECOND
        result.append(Segment(*times_s, voice, confidence, other))
    return [segment for segment in result if segment.end_s > segment.start_s]


def _in_order(segments: Sequence[Segment]) -> tuple[Segment, ...]:
    """Number voices by their first words; who never speaks has no number."""
    order: dict[int, int] = {}
    for segment in segments:
        order.setdefault(segment.voice, len(order))
    return tuple(
        replace(s, voice=order[s.voice], other=None if s.other is None else order[s.other])
        for s in segments
    )


def _speech(mfcc: FloatArray, segments: Sequence[Segment]) -> tuple[FloatArray, ...]:
    n_voices = 1 + max((segment.voice for segment in segments), default=-1)
    parts: list[list[FloatArray]] = [[] for _ in range(n_voices)]
    for segment in sorted(segments, key=lambda s: (s.other is not None, s.start_s)):
        if segment.other is None or not parts[segment.voice]:
            times_s = segment.start_s, segment.end_s
            span = slice(*(round(time_s * FRAMES_PER_SECOND) for time_s in times_s))
            parts[segment.voice].append(mfcc[span])
    return tuple(np.concatenate(of_one) for of_one in parts)
