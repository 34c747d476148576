"""The same stretches of speech for two networks: cepstra of some device, bands of the recording.

The pupil hears what a device would have sent, the teacher the recording itself, frame by frame the
same moments. What the teacher makes of them is what the pupil should make of them.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cepstra.evaluation.sound_system import log_mel
from cepstra.jobs.engine import Advance, Engine
from cepstra.neural.frames import mean_removed
from cepstra.training.networks.batches import drawn_frames
from cepstra.training.networks.pseudo_speakers import SPEEDS, make_takes, played, voices_of
from cepstra.training.recordings import Recording

FloatArray = NDArray[Any]
Groups = Sequence[Sequence[Recording]]
Batch = tuple[NDArray[np.float32], NDArray[np.float32], NDArray[np.int64]]

BATCH_FRAMES = 4800
TYPICAL_FRAMES, SPREAD = 85, 0.5  # of an attempt, log-normal
SHORTEST, LONGEST = 30, 220
ONE_CORPUS_SHARE = 0.5  # of batches: how alike its voices are is learnt from them
# Our windows have 512 samples, Kaldi's 400: their middles lie half the difference apart.
LATE_SAMPLES = 56


@dataclass(frozen=True)
class MatchedSpeech:
    """All takes in one array.

    Attributes:
        cepstra: (F, 20) of speech frames.
        bands: (G, 80) log mel energies of every frame of the recordings, as the teacher wants them.
        rows: (F,) which of them was the same moment.
        voices: (speaker, speed) of each voice.
        spans: for every voice, for every version, (n, 2) start and length of its takes.
        corpora: (V,) number of the corpus of each voice.
        weights: (V,) how often a voice comes, in sum 1.
    """

    cepstra: NDArray[np.float16]
    bands: NDArray[np.float16]
    rows: NDArray[np.int64]
    voices: list[tuple[int, int]]
    spans: list[list[NDArray[np.int64]]]
    corpora: NDArray[np.int64]
    weights: FloatArray


def matched_speech(
    groups: Groups, n_versions: int, seed: int, engine: Engine, advance: Advance
) -> MatchedSpeech:
    """Speech of speakers at all speeds; arguments as `make_takes`.

    `advance` is called with 1 twice a speaker: for the cepstra, then for the bands. A corpus comes
    by the square root of its number of voices, so that small ones are heard.
    """
    takes = make_takes(groups, n_versions, seed, engine, advance)
    parts: list[NDArray[np.float16]] = []
    first_rows: dict[tuple[int, int, int], int] = {}
    n_rows = 0
    for speaker, of_speaker in enumerate(engine.map(partial(_bands, seed=seed), groups)):
        for (recording, speed), bands in of_speaker.items():
            first_rows[speaker, recording, speed] = n_rows
            parts.append(bands)
            n_rows += len(bands)
        advance(1)
    spans = voices_of(takes)
    names = [groups[speaker][0].corpus for speaker, _ in spans]
    _, corpora, sizes = np.unique(names, return_inverse=True, return_counts=True)
    weights = sizes[corpora] ** -0.5
    return MatchedSpeech(
        cepstra=np.concatenate([take.frames for take in takes]).astype(np.float16),
        bands=np.concatenate(parts),
        rows=np.concatenate(
            [first_rows[t.speaker, t.recording, t.speed] + t.places.astype(np.int64) for t in takes]
        ),
        voices=list(spans),
        spans=list(spans.values()),
        corpora=corpora,
        weights=weights / weights.sum(),
    )


def matched_batches(speech: MatchedSpeech, seed: int) -> Iterator[Batch]:
    """Endless batches of attempts of one length, mostly under a second; half of one corpus each.

    Yields:
        (N, T, 20) and (N, T, 80), cepstra and bands with their mean removed, and (N,) indices of
        the voices.
    """
    rng = np.random.default_rng(seed)
    while True:
        length = rng.lognormal(math.log(TYPICAL_FRAMES), SPREAD)
        n_frames = int(np.clip(length, SHORTEST, LONGEST))
        n_samples = BATCH_FRAMES // n_frames
        chosen = rng.choice(len(speech.voices), n_samples, p=_weights(speech, rng))
        frames = [_attempt(speech.spans[voice], n_frames, rng) for voice in chosen]
        cepstra = [mean_removed(speech.cepstra[f].astype(np.float32)) for f in frames]
        bands = speech.bands[speech.rows[np.stack(frames)]].astype(np.float32)
        yield np.stack(cepstra), bands - bands.mean(axis=1, keepdims=True), chosen


def _weights(speech: MatchedSpeech, rng: np.random.Generator) -> FloatArray:
    """(V,) how often each voice comes in the next batch."""
    if rng.random() >= ONE_CORPUS_SHARE:
        return speech.weights
    corpus = speech.corpora[rng.choice(len(speech.voices), p=speech.weights)]
    weights = np.where(speech.corpora == corpus, speech.weights, 0.0)
    return weights / weights.sum()


def _attempt(
    versions: Sequence[NDArray[np.int64]], n_frames: int, rng: np.random.Generator
) -> NDArray[np.int64]:
    """(n_frames,) indices of frames of one voice as one device heard it, its takes in any order."""
    version = versions[int(rng.integers(len(versions)))]
    return np.concatenate(drawn_frames(version, n_frames, rng))


def _bands(group: Sequence[Recording], seed: int) -> dict[tuple[int, int], NDArray[np.float16]]:
    """Recording and speed, both by index, -> (T, 80) what the teacher hears of it."""
    return {
        (index, number): log_mel(played(recording, speed, seed)[LATE_SAMPLES:]).astype(np.float16)
        for index, recording in enumerate(group)
        for number, speed in enumerate(SPEEDS)
    }
