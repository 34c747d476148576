"""The speech of a recording with its times: as the page finds it, or chunks of a fixed length."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from cepstra.frontend.audio_errors import NoSpeechError
from cepstra.frontend.definition import page_definition
from cepstra.frontend.message import MAX_FRAMES
from cepstra.frontend.mfcc import Features, concatenate, extract
from cepstra.frontend.utterances import find_utterances

SHORTEST_HALF = 85  # frames, of which up to 25 are margin; a shorter one hardly holds a word


@dataclass(frozen=True)
class Stretch:
    """A part of a recording: when it begins, and its features."""

    start_s: float
    features: Features

    @property
    def end_s(self) -> float:
        """When it ends, to the frame."""
        return self.start_s + len(self.features) / page_definition().frames_per_second


def fixed_chunks(path: Path, samples: NDArray[np.float32], chunk_s: float) -> Iterator[Stretch]:
    """Yield chunks of (n,) samples, pauses and all; a rest shorter than half one is left out.

    Raises:
        NoSpeechError: there is not one frame; it names the path.
    """
    definition = page_definition()
    length = round(chunk_s * definition.sample_rate_hz)
    if len(samples) < definition.frame_samples:
        raise NoSpeechError(f"{path}: shorter than one frame")
    rests = range(length, len(samples), length)
    starts = [0, *(at for at in rests if len(samples) - at >= length / 2)]
    overlap = definition.frame_samples - definition.hop_samples  # so that no frame is lost between
    for at in starts:
        features = extract(samples[at : at + length + overlap].astype(np.float64), definition)
        yield Stretch(at / definition.sample_rate_hz, features[:MAX_FRAMES])


def joined(stretches: Sequence[Stretch]) -> Features:
    """Return the features of all stretches, one behind the other, at most 2000 frames."""
    return concatenate([stretch.features for stretch in stretches])[:MAX_FRAMES]


def as_takes(stretches: Sequence[Stretch], most: int) -> list[Features]:
    """Return 2 to `most` takes that hold the stretches, in order, as far as they are long enough.

    A model needs two: each take is scored before the model knows it, which gives the threshold.
    Beyond `most`, neighbours share a take; what exceeds its 2000 frames is left out.
    """
    if len(stretches) == 1:
        return _halves(stretches[0].features)
    groups = np.array_split(np.arange(len(stretches)), min(most, len(stretches)))
    return [joined([stretches[i] for i in group]) for group in groups]


def _halves(features: Features) -> list[Features]:
    middle = len(features) // 2
    return [features] if middle < SHORTEST_HALF else [features[:middle], features[middle:]]


def spoken_stretches(blocks: Iterable[NDArray[np.float32]]) -> Iterator[Stretch]:
    """Yield the utterances of a stream of samples as the page cuts it."""
    definition = page_definition()
    for utterance in find_utterances(blocks, definition):
        start_s = max(0, utterance.span.start) / definition.frames_per_second
        yield Stretch(start_s, extract(utterance.samples.astype(np.float64), definition))
