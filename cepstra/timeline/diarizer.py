"""A recording's frames become a timeline: which voice speaks from when to when."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cepstra.gmm.fusion_scorer import FusionScorer
from cepstra.gmm.streams import N_CEPSTRA
from cepstra.timeline.activity import Mask, runs
from cepstra.timeline.clustering import cluster
from cepstra.timeline.crosstalk import own_speech
from cepstra.timeline.doubt import NO_VOICE, doubts
from cepstra.timeline.regressions import Regressions
from cepstra.timeline.resegmentation import CELL_FRAMES
from cepstra.timeline.units import Progress, hear
from cepstra.timeline.voice_posteriors import VoicePosteriors, resegmented
from cepstra.timeline.voices import VoiceComparison

FloatArray = NDArray[Any]

FRAMES_PER_SECOND = 100
LONGEST_S = 4 * 3600  # the pairs of units take memory
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
        other: the voice that it may be too, or that speaks at the same time in the same channel;
            None where the first is sure.
        channel: of a call with a side in each of two channels 0 or 1; else None.
    """

    start_s: float
    end_s: float
    voice: int
    confidence: float
    other: int | None = None
    channel: int | None = None

    @property
    def side(self) -> str | None:
        """The channel by name: left or right."""
        return None if self.channel is None else ("left", "right")[self.channel]

    @property
    def frames(self) -> slice:
        """Its frames in the recording."""
        return slice(*(round(at_s * FRAMES_PER_SECOND) for at_s in (self.start_s, self.end_s)))


@dataclass(frozen=True)
class Timeline:
    """Who speaks when.

    Attributes:
        segments: in the order of their beginnings; those of one channel do not overlap.
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

    @property
    def both_sides_s(self) -> float:
        """Seconds in which both sides of a call speak."""
        n_speaking = np.zeros(round(self.duration_s * FRAMES_PER_SECOND), dtype=int)
        for segment in self.segments:
            n_speaking[segment.frames] += 1
        return np.count_nonzero(n_speaking > 1) / FRAMES_PER_SECOND

    def speech_s(self, voice: int) -> float:
        """Seconds that a voice speaks."""
        return sum(s.end_s - s.start_s for s in self.segments if s.voice == voice)


class Diarizer:
    """Makes timelines; immutable and safe to share."""

    def __init__(self, scorer: FusionScorer, regressions: Regressions) -> None:
        """Use the parameters of a scorer with both networks, and what decides.

        Raises:
            ValueError: it lacks a network.
        """
        self._comparison = VoiceComparison(scorer)
        self._regressions = regressions
        self._background = scorer.background.cmn

    def timeline(
        self,
        mfcc: FloatArray,
        other: FloatArray | None = None,
        *,
        progress: Progress | None = None,
    ) -> Timeline:
        """Tell voices apart; of a call those of each side, and nobody is on both.

        Args:
            mfcc: (T, 20) cepstra of the front end `meyda-16k-1`, pauses and all, T >= 1.
            other: those of the other channel of a call; None of any other recording.
            progress: is told how many of how many stretches are heard, of one side and the other.

        Raises:
            ValueError: the shape is wrong, or the recording is longer than four hours.
        """
        longest = LONGEST_S * FRAMES_PER_SECOND
        if mfcc.ndim != 2 or mfcc.shape[1] != N_CEPSTRA or not 1 <= len(mfcc) <= longest:
            expected = f"(T, {N_CEPSTRA}) with 1 <= T <= {longest}"
            raise ValueError(f"mfcc: expected shape {expected}, got {mfcc.shape}")
        if other is None:
            return self._timeline(mfcc, None, progress)
        if other.shape != mfcc.shape:
            raise ValueError(f"other: expected shape {mfcc.shape}, got {other.shape}")
        first = self._timeline(mfcc, own_speech(mfcc, other), progress)
        return _both((first, self._timeline(other, own_speech(other, mfcc), progress)))

    def _timeline(self, mfcc: FloatArray, own: Mask | None, progress: Progress | None) -> Timeline:
        heard = hear(self._comparison, mfcc, own, progress)
        duration_s = len(mfcc) / FRAMES_PER_SECOND
        if heard is None:
            return Timeline((), duration_s, ())
        groups = cluster(self._comparison, heard.sums, self._regressions)
        posteriors = resegmented(self._background, heard, groups)
        confidences = self._confidences(posteriors)
        stretches = runs(heard.activity.active)
        segments = [s for each in stretches for s in _cut(posteriors, confidences, *each)]
        numbers = _by_first_words(segments)
        ordered = tuple(renumbered(segment, numbers) for segment in segments)
        return Timeline(ordered, duration_s, _speech(mfcc, ordered))

    def _confidences(self, posteriors: VoicePosteriors) -> FloatArray:
        """(C,) probability that the voice of each cell speaks alone; 1 where there is no other."""
        if posteriors.inputs is None or len(_told(posteriors)) < 2:
            return np.ones(len(posteriors.voices))
        return 1 - doubts(posteriors.inputs, self._regressions.doubts).sum(axis=1)


def _told(posteriors: VoicePosteriors) -> NDArray[np.intp]:
    """The voices that are told at all, in the order of their numbers."""
    return np.unique(posteriors.voices[posteriors.voices != NO_VOICE])


def _cut(
    posteriors: VoicePosteriors, confidences: FloatArray, start: int, end: int
) -> list[Segment]:
    """Segments of one stretch without pauses; parts that are not sure are segments of their own."""
    origin = start // CELL_FRAMES
    cells = slice(origin, -(-end // CELL_FRAMES))
    voices, sure = posteriors.voices[cells], confidences[cells]
    doubtful = np.zeros(len(voices), dtype=bool)
    for first, last in runs(sure < SURE):
        doubtful[first:last] = last - first >= SHORTEST_DOUBT_CELLS
    changes = np.flatnonzero((np.diff(voices) != 0) | (np.diff(doubtful.astype(np.int8)) != 0)) + 1
    edges = [0, *changes.tolist(), len(voices)]
    told = _told(posteriors)
    result = []
    for first, last in zip(edges[:-1], edges[1:], strict=True):
        voice, confidence = int(voices[first]), float(sure[first:last].mean())
        others = told[told != voice]
        likely = posteriors.probabilities[origin + first : origin + last, others].mean(axis=0)
        begin = start if first == 0 else (origin + first) * CELL_FRAMES
        finish = end if last == len(voices) else (origin + last) * CELL_FRAMES
        other = int(others[likely.argmax()]) if confidence < SURE else None
        times_s = begin / FRAMES_PER_SECOND, finish / FRAMES_PER_SECOND
        result.append(Segment(*times_s, voice, confidence, other))
    return [segment for segment in result if segment.end_s > segment.start_s]


def _both(sides: Sequence[Timeline]) -> Timeline:
    """One timeline of those of both sides of a call, voices numbered anew."""
    offsets = 0, sides[0].n_voices
    segments = [
        replace(renumbered(s, range(offset, offset + side.n_voices)), channel=channel)
        for channel, (side, offset) in enumerate(zip(sides, offsets, strict=True))
        for s in side.segments
    ]
    segments.sort(key=lambda s: (s.start_s, s.channel))
    numbers = _by_first_words(segments)
    speech = [each for side in sides for each in side.speech]
    return Timeline(
        tuple(renumbered(s, numbers) for s in segments),
        sides[0].duration_s,
        tuple(speech[voice] for voice in numbers),
    )


def _by_first_words(segments: Sequence[Segment]) -> dict[int, int]:
    """Numbers of voices by their first words; who never speaks has none."""
    order: dict[int, int] = {}
    for segment in segments:
        order.setdefault(segment.voice, len(order))
    return order


def renumbered(segment: Segment, numbers: Sequence[int] | Mapping[int, int]) -> Segment:
    """The segment with the numbers in place of its voices; nobody is mistaken for itself."""
    voice = numbers[segment.voice]
    other = None if segment.other is None else numbers[segment.other]
    return replace(segment, voice=voice, other=None if other == voice else other)


def _speech(mfcc: FloatArray, segments: Sequence[Segment]) -> tuple[FloatArray, ...]:
    n_voices = 1 + max((segment.voice for segment in segments), default=-1)
    parts: list[list[FloatArray]] = [[] for _ in range(n_voices)]
    for segment in sorted(segments, key=lambda s: (s.other is not None, s.start_s)):
        if segment.other is None or not parts[segment.voice]:
            parts[segment.voice].append(mfcc[segment.frames])
    return tuple(np.concatenate(of_one) for of_one in parts)
