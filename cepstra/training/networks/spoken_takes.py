"""Takes of the background speakers as the three small networks see them: frames and one vector.

Training speakers are heard at three speeds, each a voice of its own, and on several devices;
speakers kept for the calibration as they are and in the calibration's conditions.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cepstra.frontend import extract, page_definition, rounded
from cepstra.frontend.audio import read_audio
from cepstra.frontend.lpc import utterance_lpc
from cepstra.jobs.engine import Engine
from cepstra.neural.utterance import FEWEST_FRAMES, Utterance, speech_frames, utterance_vector
from cepstra.training.augmentation import CLEAN, CONDITIONS, random_channel, simulate
from cepstra.training.networks.pseudo_speakers import faster, joined_takes
from cepstra.training.recordings import Recording
from cepstra.training.sessions import is_held_out

FloatArray = NDArray[Any]
Samples = NDArray[np.float64]

SPLIT_SEED = 1  # the calibration speakers of every model of this repository
SPEEDS = (0.9, 1.0, 1.11)
OWN_SPEED = 1
LONGEST_PIECE_S = 2.0
BABBLE_VOICES = 5
BABBLE_S = 12


@dataclass(frozen=True)
class Takes:
    """N takes, the speech of one recording or a piece of it, as one device heard it.

    Attributes:
        frames: (F, 20) cepstra of all speech frames.
        spans: (N, 2) where a take's frames start and how many they are.
        vectors: (N, 56) utterance vectors.
        speakers: (N,) names.
        corpora: (N,) names.
        speeds: (N,) indices into `SPEEDS`.
        versions: (N,) 0 is the recording itself; then devices, for held-out speakers
            `background.augmentation.CONDITIONS` in order.
    """

    frames: NDArray[np.float16]
    spans: NDArray[np.int64]
    vectors: NDArray[np.float32]
    speakers: NDArray[np.str_]
    corpora: NDArray[np.str_]
    speeds: NDArray[np.int8]
    versions: NDArray[np.int8]

    @property
    def held_out(self) -> NDArray[np.bool_]:
        """(N,) which takes are of the calibration's speakers."""
        names, index = np.unique(self.speakers, return_inverse=True)
        kept = np.array([is_held_out(str(name), SPLIT_SEED) for name in names])
        return np.asarray(kept[index])


@dataclass(frozen=True)
class _Heard:
    recording: Recording
    speed: int
    version: int
    frames: NDArray[np.float16]
    vector: NDArray[np.float32]


def make_takes(
    recordings: Sequence[Recording],
    n_versions: int,
    seed: int,
    engine: Engine,
    progress: Callable[[int], None] | None = None,
) -> Takes:
    """Hear every recording in all its versions.

    Args:
        recordings: of the background speakers.
        n_versions: versions of a training speaker's take, the recording itself included.
        seed: of devices and noises.
        engine: what the work runs on; its workers read the files.
        progress: called with 1 after each recording.

    Raises:
        cepstra.frontend.AudioError: a file is broken.
    """
    babble = _babble(recordings, seed)
    result: list[_Heard] = []
    for takes in engine.map(_hear, recordings, n_versions, seed, babble):
        result += takes
        if progress:
            progress(1)
    return _joined(result)


def saved(takes: Takes, path: Path) -> None:
    """Write all arrays to one file."""
    path.parent.mkdir(parents=True, exist_ok=True)
    unfinished = path.with_suffix(".part.npz")
    np.savez(unfinished, **vars(takes))
    unfinished.rename(path)


def loaded(path: Path) -> Takes:
    """Read what `saved` wrote."""
    with np.load(path, allow_pickle=False) as arrays:
        return Takes(**arrays)


def _hear(recording: Recording, n_versions: int, seed: int, babble: Samples) -> list[_Heard]:
    samples = read_audio(recording.path, page_definition().sample_rate_hz)
    result: list[_Heard] = []
    for number, piece in enumerate(_pieces(samples)):
        name = f"{recording.path.stem}/{number}"
        if is_held_out(recording.speaker, SPLIT_SEED):
            versions = _conditions(recording, piece, name, seed)
        else:
            versions = _devices(recording, piece, name, (n_versions, seed, babble))
        for speed, version, heard in versions:
            utterance = _utterance(heard)
            frames = speech_frames([utterance])
            if len(frames) >= FEWEST_FRAMES:
                vector = utterance_vector([utterance])[0].astype(np.float32)
                result.append(_Heard(recording, speed, version, frames.astype(np.float16), vector))
    return result


def _conditions(
    recording: Recording, piece: Samples, name: str, seed: int
) -> Iterator[tuple[int, int, Samples]]:
    for version, condition in enumerate((CLEAN, *CONDITIONS)):
        yield OWN_SPEED, version, simulate(piece, condition, recording.speaker, name, seed)


def _devices(
    recording: Recording, piece: Samples, name: str, drawn: tuple[int, int, Samples]
) -> Iterator[tuple[int, int, Samples]]:
    n_versions, seed, babble = drawn
    for speed, factor in enumerate(SPEEDS):
        quick = faster(piece, factor)
        for version in range(n_versions):
            voice = (str(seed), recording.corpus, recording.speaker, str(speed), str(version))
            device, take = _generator(*voice), _generator(*voice, name)
            yield speed, version, random_channel(quick, device, take, babble) if version else quick


def _utterance(samples: Samples) -> Utterance:
    features = rounded(extract(samples))
    return Utterance(features.mfcc, features.zcr, utterance_lpc(samples))


def _pieces(samples: Samples) -> list[Samples]:
    """Equal pieces of a long recording, about as long as a few digits."""
    longest = int(LONGEST_PIECE_S * page_definition().sample_rate_hz)
    return list(np.array_split(samples, -(-len(samples) // longest)))


def _babble(recordings: Sequence[Recording], seed: int) -> Samples:
    """Some training speakers at once."""
    rng = _generator(str(seed), "babble")
    candidates = [r for r in recordings if not is_held_out(r.speaker, SPLIT_SEED)]
    n_samples = BABBLE_S * page_definition().sample_rate_hz
    total = np.zeros(n_samples)
    for index in rng.permutation(len(candidates))[:BABBLE_VOICES]:
        voice = joined_takes([candidates[index]])
        total += np.resize(voice / (voice.std() + 1e-9), n_samples)
    return total / BABBLE_VOICES


def _joined(heard: Sequence[_Heard]) -> Takes:
    lengths = np.array([len(take.frames) for take in heard], dtype=np.int64)
    starts = np.cumsum(lengths) - lengths
    return Takes(
        np.concatenate([take.frames for take in heard]),
        np.stack([starts, lengths], axis=1),
        np.stack([take.vector for take in heard]),
        np.array([take.recording.speaker for take in heard]),
        np.array([take.recording.corpus for take in heard]),
        np.array([take.speed for take in heard], dtype=np.int8),
        np.array([take.version for take in heard], dtype=np.int8),
    )


def _generator(*parts: str) -> np.random.Generator:
    digest = hashlib.sha256("/".join(parts).encode()).digest()
    return np.random.default_rng(int.from_bytes(digest[:8], "little"))
