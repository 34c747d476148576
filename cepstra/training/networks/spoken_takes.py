"""Takes of the background speakers as the three small networks see them: frames and one vector.

Training speakers are heard at three speeds, each a voice of its own, and on several devices;
speakers kept for the calibration as they are and in the calibration's conditions.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from cepstra.evaluation.planned_trials import spread
from cepstra.frontend import extract, page_definition, rounded
from cepstra.frontend.audio import AudioError, read_audio
from cepstra.frontend.lpc import utterance_lpc
from cepstra.jobs.engine import Advance, Engine, unwatched
from cepstra.neural.utterance import FEWEST_FRAMES, Utterance, speech_frames, utterance_vector
from cepstra.training.augmentation import CLEAN, CONDITIONS, generator_of, random_channel, simulate
from cepstra.training.networks.pseudo_speakers import babble_of, faster
from cepstra.training.recordings import Recording
from cepstra.training.sessions import is_held_out
from cepstra.whole_files import expected_whole

Samples = NDArray[np.float64]

SPLIT_SEED = 1  # the calibration speakers of every model of this repository
SPEEDS = (0.9, 1.0, 1.11)
OWN_SPEED = 1
LONGEST_PIECE_S = 2.0


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
        held_out: (N,) which takes are of the calibration's speakers.
        places: (N, 2) index of the recording, and of the piece of it.
    """

    frames: NDArray[np.float16]
    spans: NDArray[np.int64]
    vectors: NDArray[np.float32]
    speakers: NDArray[np.str_]
    corpora: NDArray[np.str_]
    speeds: NDArray[np.int8]
    versions: NDArray[np.int8]
    held_out: NDArray[np.bool_]
    places: NDArray[np.int64]


@dataclass(frozen=True)
class OwnFolder:
    """What differs where the recordings are somebody's own: their network sees frames alone.

    A service gets no zero crossings and no predictor coefficients to give to it.

    Attributes:
        kept: speakers of the calibration.
        broken: is told of every file that cannot be read, and why; without this, one ends all.
    """

    kept: Collection[str]
    broken: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class _Job:
    recording: Recording
    is_kept: bool
    has_frames_only: bool


@dataclass(frozen=True)
class _Heard:
    recording: Recording
    piece: int
    speed: int
    version: int
    frames: NDArray[np.float16]
    vector: NDArray[np.float32]


def make_takes(
    recordings: Sequence[Recording],
    n_versions: int,
    seed: int,
    engine: Engine,
    progress: Advance = unwatched,
    own: OwnFolder | None = None,
) -> Takes:
    """Hear every recording in all its versions.

    Args:
        recordings: of the background speakers.
        n_versions: versions of a training speaker's take, the recording itself included.
        seed: of devices and noises.
        engine: what the work runs on; its workers read the files.
        progress: called with 1 after each recording.
        own: where the recordings are no background corpora.

    Raises:
        cepstra.frontend.AudioError: a file is broken, and they are of background corpora.
    """
    calibrating = {r.speaker for r in recordings if is_held_out(r.speaker, SPLIT_SEED)}
    kept = calibrating if own is None else own.kept
    babble = babble_of([[r] for r in recordings if r.speaker not in kept], seed)
    jobs = [_Job(each, each.speaker in kept, own is not None) for each in recordings]
    result: list[tuple[int, bool, _Heard]] = []
    for index, heard in enumerate(engine.map(_hear, jobs, n_versions, seed, babble)):
        progress(1)
        if isinstance(heard, AudioError):
            if own is None:
                raise heard
            own.broken.append(str(heard))
            continue
        result += [(index, jobs[index].is_kept, take) for take in heard]
    return _joined(result)


def saved(takes: Takes, path: Path) -> None:
    """Write all arrays to one file."""
    path.parent.mkdir(parents=True, exist_ok=True)
    unfinished = path.with_suffix(".part.npz")
    np.savez(unfinished, **vars(takes))
    unfinished.rename(path)


def loaded(path: Path) -> Takes:
    """Read what `saved` wrote.

    Raises:
        DamagedFileError: it is not as it was written.
    """
    with expected_whole(path), np.load(path, allow_pickle=False) as arrays:
        return Takes(**arrays)


def _hear(job: _Job, n_versions: int, seed: int, babble: Samples) -> list[_Heard] | AudioError:
    recording = job.recording
    try:
        samples = read_audio(recording.path, page_definition().sample_rate_hz)
    except AudioError as error:
        return error
    result: list[_Heard] = []
    for number, piece in enumerate(_pieces(samples, recording.most_pieces)):
        name = f"{recording.path.stem}/{number}"
        if job.is_kept:
            versions = _conditions(recording, piece, name, seed)
        else:
            versions = _devices(recording, piece, name, (n_versions, seed, babble))
        for speed, version, heard in versions:
            utterance = _utterance(heard, job.has_frames_only)
            frames = speech_frames([utterance])
            if len(frames) >= FEWEST_FRAMES:
                vector = utterance_vector([utterance])[0].astype(np.float32)
                half = frames.astype(np.float16)
                result.append(_Heard(recording, number, speed, version, half, vector))
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
            voice = (seed, recording.corpus, recording.speaker, speed, version)
            device, take = generator_of(*voice), generator_of(*voice, name)
            yield speed, version, random_channel(quick, device, take, babble) if version else quick


def _utterance(samples: Samples, has_frames_only: bool) -> Utterance:
    features = rounded(extract(samples))
    if has_frames_only:
        return Utterance(features.mfcc)
    return Utterance(features.mfcc, features.zcr, utterance_lpc(samples))


def _pieces(samples: Samples, most: int | None) -> list[Samples]:
    """Equal pieces of a long recording, about as long as a few digits; at most so many."""
    longest = int(LONGEST_PIECE_S * page_definition().sample_rate_hz)
    pieces = np.array_split(samples, -(-len(samples) // longest))
    return spread(pieces, most or len(pieces))


def _joined(heard: Sequence[tuple[int, bool, _Heard]]) -> Takes:
    takes = [take for _, _, take in heard]
    lengths = np.array([len(take.frames) for take in takes], dtype=np.int64)
    starts = np.cumsum(lengths) - lengths
    return Takes(
        np.concatenate([take.frames for take in takes]),
        np.stack([starts, lengths], axis=1),
        np.stack([take.vector for take in takes]),
        np.array([take.recording.speaker for take in takes]),
        np.array([take.recording.corpus for take in takes]),
        np.array([take.speed for take in takes], dtype=np.int8),
        np.array([take.version for take in takes], dtype=np.int8),
        np.array([is_kept for _, is_kept, _ in heard]),
        np.array([(index, take.piece) for index, _, take in heard], dtype=np.int64),
    )
