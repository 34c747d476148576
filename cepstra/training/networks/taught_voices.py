"""Voices that a network is taught, and the files of a network that was."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from io import BytesIO
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from safetensors.numpy import save

from cepstra.frontend import page_definition
from cepstra.jobs.engine import Advance
from cepstra.neural.additive_embedder import AdditiveEmbedder
from cepstra.training.fusion import cohort_points, cohort_speakers
from cepstra.training.kept_voices import without_kept
from cepstra.training.networks.batches import Voices
from cepstra.training.networks.families import Request
from cepstra.training.networks.pseudo_speakers import (
    SPEEDS,
    by_speaker,
    faster,
    joined_takes,
    make_takes,
    voices_of,
)
from cepstra.training.networks.teacher import N_DIMS, teacher_network, teacher_vector
from cepstra.training.recordings import Recording, find_recordings, read_utterances
from cepstra.training.sessions import NETWORK_HELD_OUT_SHARE, is_held_out
from cepstra.whole_files import expected_whole, write_whole

FloatArray = NDArray[Any]
Groups = Sequence[Sequence[Recording]]

N_VERSIONS = 5
TEACHER_HEARS_S = 6
SOUND_FILES = (".flac", ".wav")


def training_groups(request: Request) -> Groups:
    """Recordings by speaker: background speakers that do not calibrate, and further ones.

    Of the further ones those are left out of whom a recording is one that
    `evaluation.kept_speakers` keeps from all training, whatever their folder is called.

    Raises:
        FileNotFoundError: a corpus or folder has no recordings.
    """
    recordings = [
        r
        for r in find_recordings(request.corpora)
        if not is_held_out(r.speaker, request.seed, NETWORK_HELD_OUT_SHARE)
    ]
    further = [r for folder in request.more for r in _recordings_in(folder)]
    if further:
        advance = request.stage("kept voices", len(further))
        recordings += without_kept(further, request.corpora, request.engine, advance)
    return by_speaker(recordings)


def taught_voices(groups: Groups, request: Request) -> tuple[Voices, NDArray[np.float32]]:
    """The pseudo-speakers with cepstra of mean 0 and deviation 1, and their `teacher_vectors`."""
    advance = request.stage("devices", len(groups))
    takes = make_takes(groups, N_VERSIONS, request.seed, request.engine, advance)
    frames = np.concatenate([take.frames for take in takes])
    centre, scale = frames.mean(axis=0), frames.std(axis=0)
    spans = voices_of(takes)
    values = ((frames - centre) / scale).astype(np.float16)
    voices = Voices(values, centre, scale, list(spans.values()))
    return voices, teacher_vectors(groups, list(spans), request)


def teacher_vectors(
    groups: Groups, voices: Sequence[tuple[int, int]], request: Request
) -> NDArray[np.float32]:
    """(V, 192) the teacher's vector of each voice, a speaker at a speed."""
    advance = request.stage("teacher", len(groups))
    vectors = _taught(groups, request.build, advance)
    return np.stack([vectors[speaker, speed] for speaker, speed in voices])


def write_network(
    models: tuple[bytes, bytes],
    scaling: tuple[FloatArray, FloatArray],
    request: Request,
    groups: Groups,
) -> None:
    """Write NAME-frames.onnx and NAME-point.onnx, and NAME.safetensors with scaling and cohort.

    Args:
        models: the two networks of an `AdditiveEmbedder`.
        scaling: centre (20,) and scale (20,) of the cepstra.
        request: where to.
        groups: the speakers that it was taught, from whom the cohort is drawn.
    """
    arrays = dict(zip(("centre", "scale"), scaling, strict=True))
    nobody = np.zeros((1, N_DIMS))
    embedder = AdditiveEmbedder(*models, {**arrays, "cohort": nobody})
    chosen = set(cohort_speakers([group[0].speaker for group in groups], request.seed))
    recordings = [r for group in groups if group[0].speaker in chosen for r in group]
    advance = request.stage("cohort", len(recordings))
    utterances = read_utterances(recordings, request.seed, request.engine, advance)
    arrays["cohort"] = cohort_points(embedder, utterances).astype(np.float16)
    for part, model in zip(("frames", "point"), models, strict=True):
        write_whole(request.out.with_name(f"{request.out.stem}-{part}.onnx"), model)
    metadata = {"frontend": page_definition().id, "seed": str(request.seed)}
    contiguous = {name: np.ascontiguousarray(values) for name, values in arrays.items()}
    write_whole(request.out.with_suffix(".safetensors"), save(contiguous, metadata))


def _recordings_in(folder: Path) -> list[Recording]:
    """All sound files SPEAKER/NAME of a folder, which gives the corpus its name."""
    paths = sorted(p for p in folder.glob("*/*") if p.suffix.lower() in SOUND_FILES)
    if not paths:
        raise FileNotFoundError(f"{folder}: no recordings SPEAKER/NAME.flac or .wav")
    return [Recording(folder.name, path) for path in paths]


def _taught(groups: Groups, build: Path, advance: Advance) -> NDArray[np.float32]:
    """(speakers, speeds, D) vectors of the teacher, kept in `build` for the next training."""
    told = "\n".join(f"{r.corpus}/{r.speaker}/{r.path}" for group in groups for r in group)
    kept = build / f"teacher-{hashlib.sha256(told.encode()).hexdigest()[:12]}.npy"
    if kept.is_file():
        advance(len(groups))
        with expected_whole(kept):
            return np.load(kept, allow_pickle=False)
    network = teacher_network()
    vectors = np.zeros((len(groups), len(SPEEDS), N_DIMS), np.float32)
    n_samples = TEACHER_HEARS_S * page_definition().sample_rate_hz
    for i, group in enumerate(groups):
        sound = joined_takes(group)[:n_samples]
        for j, speed in enumerate(SPEEDS):
            vectors[i, j] = teacher_vector(network, faster(sound, speed))
        advance(1)
    file = BytesIO()
    np.save(file, vectors)
    write_whole(kept, file.getvalue())
    return vectors
