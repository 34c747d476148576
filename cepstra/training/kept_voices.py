"""Kept speakers in further folders, found by their sound: corpora name one voice by many names."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from cepstra.evaluation.kept_speakers import KEPT_CORPORA, is_kept
from cepstra.frontend import page_definition
from cepstra.frontend.audio import read_audio
from cepstra.jobs.engine import Advance, Engine, batches
from cepstra.training.recordings import BATCH_FILES, Recording, find_recordings

Samples = NDArray[np.int16]

FULL_SCALE = 32768
AROUND = 32  # samples on either side of a recording's loudest one
KEY = 4  # of them, which together are one number of 64 bits


@dataclass(frozen=True)
class LoudMoments:
    """The samples around the loudest one of each of N recordings.

    Attributes:
        keys: (N,) the middle ones, as one number.
        samples: (N, 2 AROUND) all of them.
    """

    keys: NDArray[np.int64]
    samples: Samples

    def are_in(self, sound: Samples) -> bool:
        """Whether any of them is in a recording (T,), whatever comes before and after."""
        if len(sound) < 2 * AROUND:
            return False
        inner = sound[AROUND - KEY // 2 : len(sound) - AROUND + KEY // 2]
        keys = _keys(inner)
        for start in np.flatnonzero(np.isin(keys, self.keys)).tolist():
            around = sound[start : start + 2 * AROUND]
            if (self.samples[self.keys == keys[start]] == around).all(axis=1).any():
                return True
        return False


def without_kept(
    recordings: Sequence[Recording], corpora: Path, engine: Engine, progress: Advance
) -> list[Recording]:
    """Recordings of those speakers none of whose recordings a kept speaker's is found in.

    Args:
        recordings: of folders that may hold the kept speakers, under whatever name.
        corpora: folder with CORPUS/background/SPEAKER/NAME.flac; corpora that are missing are
            not looked for.
        engine: what the files are read on.
        progress: called with the number of recordings done since the last call.

    Raises:
        cepstra.frontend.AudioError: a file is broken.
    """
    there = [name for name in KEPT_CORPORA if (corpora / name).is_dir()]
    kept = [r for r in find_recordings(corpora, there) if is_kept(r.corpus, r.speaker)]
    if not kept or not recordings:
        return list(recordings)
    moments = _loud_moments(kept)
    found: set[tuple[str, str]] = set()
    for batch, are_in in zip(
        batches(recordings, BATCH_FILES),
        engine.map(_are_in, batches(recordings, BATCH_FILES), moments),
        strict=True,
    ):
        found |= {(r.corpus, r.speaker) for r, is_in in zip(batch, are_in, strict=True) if is_in}
        progress(len(batch))
    return [r for r in recordings if (r.corpus, r.speaker) not in found]


def _loud_moments(recordings: Sequence[Recording]) -> LoudMoments:
    stretches = []
    for sound in map(_sound, recordings):
        if len(sound) >= 2 * AROUND and sound.any():  # silence is in many others
            middle = int(np.abs(sound.astype(np.int32)).argmax())
            middle = min(max(middle, AROUND), len(sound) - AROUND)
            stretches.append(sound[middle - AROUND : middle + AROUND])
    samples = np.reshape(stretches, (-1, 2 * AROUND)).astype(np.int16)
    middles = samples[:, AROUND - KEY // 2 : AROUND + KEY // 2]
    return LoudMoments(_keys(middles.ravel())[::KEY], samples)


def _keys(sound: Samples) -> NDArray[np.int64]:
    """(T - KEY + 1,) every KEY samples in a row as one number."""
    windows = np.lib.stride_tricks.sliding_window_view(sound, KEY)
    return np.ascontiguousarray(windows).view(np.int64)[:, 0]


def _sound(recording: Recording) -> Samples:
    samples = read_audio(recording.path, page_definition().sample_rate_hz)
    whole = np.round(samples * FULL_SCALE)
    return np.clip(whole, -FULL_SCALE, FULL_SCALE - 1).astype(np.int16)


def _are_in(recordings: Sequence[Recording], moments: LoudMoments) -> list[bool]:
    return [moments.are_in(_sound(recording)) for recording in recordings]
