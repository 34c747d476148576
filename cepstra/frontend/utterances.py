"""Cut a recording as the page does: the rules in the head of static/js/files/cut-recording.js."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from cepstra.frontend.definition import FrontEndDefinition, page_definition
from cepstra.frontend.endpointer import Endpointer, frame_levels
from cepstra.frontend.lpc import utterance_lpc
from cepstra.frontend.margins import own_frames, stream_with_margins
from cepstra.frontend.message import MAX_FRAMES
from cepstra.frontend.mfcc import Features, concatenate, extract

Samples = NDArray[np.float32]


@dataclass(frozen=True)
class Utterance:
    """A stretch of speech.

    Attributes:
        span: its frames in the recording; those of the quiet before it are below zero.
        samples: (n,) its sound, n = (frames - 1) * hop_samples + frame_samples.
    """

    span: slice
    samples: Samples

    def __len__(self) -> int:
        """Number of frames."""
        return int(self.span.stop - self.span.start)


@dataclass(frozen=True)
class Cut:
    """What one message carries: features of its utterances, one behind the other, and their lpc."""

    features: Features
    lpc: NDArray[np.float64]


def find_utterances(
    blocks: Iterable[Samples], definition: FrontEndDefinition | None = None
) -> Iterator[Utterance]:
    """Hand out the utterances of a stream as they end (rule 1), in bounded memory.

    The recording is heard with quiet before and after it (`with_margins`). One shorter than an
    utterance holds none.

    Args:
        blocks: (n,) samples each, at the definition's rate.
        definition: the front end; the page's own when omitted.

    Raises:
        ValueError: the front end does not say how speech is found.
    """
    definition = definition or page_definition()
    stream = _Stream(definition)
    for block in stream_with_margins(blocks, definition, stream.n_shortest):
        yield from stream.push(block)
    yield from stream.end()


def group_utterances(utterances: Sequence[Utterance]) -> list[list[Utterance]]:
    """Share utterances out over messages of at most 2000 frames (rule 2), in their order."""
    total = sum(map(len, utterances))
    longest = max(map(len, utterances), default=0)
    count = 1 if total <= MAX_FRAMES else math.ceil(total / (MAX_FRAMES - longest))
    groups: list[list[Utterance]] = [[] for _ in range(count)]
    before = 0
    for utterance in utterances:
        groups[before * count // total].append(utterance)
        before += len(utterance)
    return [group for group in groups if group]


def cut_utterances(utterances: Sequence[Utterance]) -> list[Cut]:
    """What is sent of utterances that were found, one `Cut` a message (rules 2 and 3)."""
    return [_cut(group) for group in group_utterances(utterances)]


def _cut(group: Sequence[Utterance]) -> Cut:
    sounds = [utterance.samples.astype(np.float64) for utterance in group]
    features = concatenate([extract(sound) for sound in sounds])
    return Cut(features, utterance_lpc(np.concatenate(sounds)))


class _Stream:
    """Keeps as much sound as the next utterance may begin with."""

    def __init__(self, definition: FrontEndDefinition) -> None:
        self._definition = definition
        settings = definition.endpointing
        if settings is None:
            raise ValueError(f"front end {definition.id!r}: does not say how speech is found")
        self._endpointer = Endpointer(settings, 1000 / definition.frames_per_second)
        self._waiting: Samples = np.zeros(0, dtype=np.float32)  # from the next frame on
        self._kept: Samples = np.zeros(0, dtype=np.float32)
        self._kept_from = 0  # frame that the kept sound begins with
        self._before = own_frames(definition).start
        self.n_shortest = round(settings.min_speech_ms / 1000 * definition.sample_rate_hz)

    def push(self, block: Samples) -> list[Utterance]:
        self._waiting = np.concatenate([self._waiting, block])
        self._kept = np.concatenate([self._kept, block])
        levels = frame_levels(self._waiting, self._definition)
        self._waiting = self._waiting[len(levels) * self._definition.hop_samples :]
        found = [self._utterance(span) for span in self._endpointer.push(levels)]
        self._forget(self._endpointer.earliest_frame)
        return found

    def end(self) -> list[Utterance]:
        return [self._utterance(span) for span in self._endpointer.end()]

    def _utterance(self, span: slice) -> Utterance:
        hop, length = self._definition.hop_samples, self._definition.frame_samples
        first, last = span.start - self._kept_from, span.stop - 1 - self._kept_from
        of_recording = slice(span.start - self._before, span.stop - self._before)
        return Utterance(of_recording, self._kept[first * hop : last * hop + length].copy())

    def _forget(self, first_frame: int) -> None:
        self._kept = self._kept[(first_frame - self._kept_from) * self._definition.hop_samples :]
        self._kept_from = first_frame
