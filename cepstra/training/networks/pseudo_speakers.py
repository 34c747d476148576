"""Voices to learn from: background speakers at several speeds, each heard on several devices."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby

import numpy as np
from numpy.typing import NDArray
from scipy.signal import resample_poly

from cepstra.frontend import extract, page_definition, rounded
from cepstra.frontend.audio import AudioError, read_audio
from cepstra.gmm.speech import speech_mask
from cepstra.jobs.engine import Advance, Engine, unwatched
from cepstra.training.augmentation import generator_of, random_channel
from cepstra.training.recordings import Recording

Samples = NDArray[np.float64]

SPEEDS = (0.84, 0.92, 1.0, 1.09, 1.19)
SPEED_UNITS = 100
BABBLE_VOICES = 5
BABBLE_S = 12
FEWEST_FRAMES = 8


@dataclass(frozen=True)
class PseudoTake:
    """The speech frames of one recording of one pseudo-speaker as one device heard it.

    Attributes:
        speaker: index of the background speaker.
        recording: index within the speaker's own.
        speed: index into `SPEEDS`.
        version: 0 is the recording itself; the others are devices, the same for all takes.
        frames: (T, 20) cepstra.
        places: (T,) which frames of the recording they are.
    """

    speaker: int
    recording: int
    speed: int
    version: int
    frames: NDArray[np.float32]
    places: NDArray[np.int32]


def faster(samples: Samples, speed: float) -> Samples:
    """A recording played at another speed, so that pitch and formants move with it."""
    return resample_poly(samples, SPEED_UNITS, round(SPEED_UNITS * speed))


def joined_takes(group: Sequence[Recording]) -> Samples:
    """All recordings of one speaker, one after another, (n,) at 16 kHz."""
    rate_hz = page_definition().sample_rate_hz
    return np.concatenate([read_audio(recording.path, rate_hz) for recording in group])


def by_speaker(recordings: Sequence[Recording]) -> list[list[Recording]]:
    """Recordings of each speaker; a speaker's recordings must follow one another."""
    return [list(group) for _, group in groupby(recordings, key=lambda r: (r.corpus, r.speaker))]


def make_takes(
    groups: Sequence[Sequence[Recording]],
    n_versions: int,
    seed: int,
    engine: Engine,
    progress: Advance = unwatched,
) -> list[PseudoTake]:
    """Cepstra of all takes at all speeds on all devices.

    Args:
        groups: recordings by speaker.
        n_versions: versions of each take, the clean one included.
        seed: of devices and noises.
        engine: what the work runs on; its workers read the files.
        progress: called with 1 after each speaker.
    """
    babble = babble_of(groups, seed)
    result: list[PseudoTake] = []
    for takes in engine.map(_speaker_takes, enumerate(groups), n_versions, seed, babble):
        result += takes
        progress(1)
    return result


def played(recording: Recording, speed: float, seed: int) -> Samples:
    """(n,) a recording at another speed, with silence around it as a page would send it."""
    samples = faster(read_audio(recording.path, page_definition().sample_rate_hz), speed)
    return _padded(samples, generator_of(*_names(recording, seed), recording.path.stem, "pad"))


def voices_of(takes: Sequence[PseudoTake]) -> dict[tuple[int, int], list[NDArray[np.int64]]]:
    """Speaker and speed of each voice with several versions -> for each, (n, 2) spans of its takes.

    A span is start and length among the frames of all takes, one after another.
    """
    spans: dict[tuple[int, int], dict[int, list[tuple[int, int]]]] = {}
    start = 0
    for take in takes:
        versions = spans.setdefault((take.speaker, take.speed), {})
        versions.setdefault(take.version, []).append((start, len(take.frames)))
        start += len(take.frames)
    usable = {key: own for key, own in sorted(spans.items()) if 0 in own and len(own) > 1}
    return {key: [np.array(own[v]) for v in sorted(own)] for key, own in usable.items()}


def _speaker_takes(
    numbered: tuple[int, Sequence[Recording]], n_versions: int, seed: int, babble: Samples
) -> list[PseudoTake]:
    number, group = numbered
    takes: list[PseudoTake] = []
    for index, recording in enumerate(group):
        names = _names(recording, seed)
        for speed_index, speed in enumerate(SPEEDS):
            quick = played(recording, speed, seed)
            for version in range(n_versions):
                device = generator_of(*names, speed_index, version)
                take = generator_of(*names, speed_index, version, recording.path.stem)
                heard = random_channel(quick, device, take, babble) if version else quick
                mfcc = rounded(extract(heard)).mfcc
                places = np.flatnonzero(speech_mask(mfcc)).astype(np.int32)
                if len(places) >= FEWEST_FRAMES:
                    frames = mfcc[places].astype(np.float32)
                    takes.append(PseudoTake(number, index, speed_index, version, frames, places))
    return takes


def _names(recording: Recording, seed: int) -> tuple[object, ...]:
    return seed, recording.corpus, recording.speaker


def _padded(samples: Samples, rng: np.random.Generator) -> Samples:
    """Silence around a trimmed take, as quiet as its own quietest moment."""
    window = 320
    power = np.convolve(samples**2, np.full(window, 1 / window), mode="valid")[::window]
    level = np.sqrt(max(float(power.min()), 1e-12))
    before, after = rng.integers(800, 5600, 2)
    parts = level * rng.standard_normal(before), samples, level * rng.standard_normal(after)
    return np.concatenate(parts)


def babble_of(groups: Sequence[Sequence[Recording]], seed: int) -> Samples:
    """Several training voices at once, each of a group of recordings."""
    rng = generator_of(seed, "babble")
    n_samples = BABBLE_S * page_definition().sample_rate_hz
    total = np.zeros(n_samples)
    for index in rng.permutation(len(groups))[:BABBLE_VOICES]:
        try:
            voice = joined_takes(groups[index])
        except AudioError:
            continue  # the hearing tells of it
        total += np.resize(voice / (voice.std() + 1e-9), n_samples)
    return total / BABBLE_VOICES
