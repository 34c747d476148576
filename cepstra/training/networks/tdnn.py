"""The shipped network: a TDNN on the frames, taught by a large network that hears the sound."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from safetensors.numpy import save_file

from cepstra.frontend import page_definition
from cepstra.neural.additive_embedder import AdditiveEmbedder
from cepstra.training.fusion import cohort_points, cohort_speakers
from cepstra.training.networks.batches import Voices
from cepstra.training.networks.distillation import centred, distil
from cepstra.training.networks.families import Advance, Request
from cepstra.training.networks.networks import N_CEPSTRA, N_POOLED, EmbeddingNetwork
from cepstra.training.networks.onnx_export import exported
from cepstra.training.networks.pseudo_speakers import (
    SPEEDS,
    PseudoTake,
    by_speaker,
    faster,
    joined_takes,
    make_takes,
)
from cepstra.training.networks.teacher import N_DIMS, Teacher
from cepstra.training.recordings import Recording, find_recordings, read_utterances
from cepstra.training.sessions import NETWORK_HELD_OUT_SHARE, is_held_out

FloatArray = NDArray[Any]

N_VERSIONS = 5
N_STEPS = 2000
TEACHER_HEARS_S = 6
EXAMPLE_FRAMES = 50


def train(request: Request) -> Mapping[str, float]:
    """Distil the teacher; write FAMILY-frames.onnx, FAMILY-point.onnx and FAMILY.safetensors.

    Raises:
        FileNotFoundError: a corpus or the teacher is missing.
    """
    torch.set_num_threads(request.n_threads)
    recordings = [
        r
        for r in find_recordings(request.corpora)
        if not is_held_out(r.speaker, request.seed, NETWORK_HELD_OUT_SHARE)
    ]
    groups = by_speaker(recordings)
    voices, targets = _voices(groups, request)
    n_steps = request.n_steps or N_STEPS
    advance = request.stage("fit", n_steps)
    network = distil(voices, targets, n_steps, request.seed, lambda *_: advance(1))
    _write(network, voices, request, groups)
    n_parameters = sum(p.numel() for p in network.parameters())
    return {"parameters": n_parameters, "voices": len(targets), "steps": n_steps}


def _voices(
    groups: Sequence[Sequence[Recording]], request: Request
) -> tuple[Voices, NDArray[np.float32]]:
    """The pseudo-speakers, and the teacher's vector of each."""
    advance = request.stage("devices", len(groups))
    takes = make_takes(groups, N_VERSIONS, request.seed, request.engine, advance)
    voices, keys = pooled(takes)
    advance = request.stage("teacher", len(groups))
    vectors = _taught(groups, request.build, advance)
    return voices, centred(np.stack([vectors[speaker, speed] for speaker, speed in keys]))


def pooled(takes: Sequence[PseudoTake]) -> tuple[Voices, list[tuple[int, int]]]:
    """All takes in one array, and speaker and speed of each voice that has several versions."""
    frames = np.concatenate([take.frames for take in takes])
    centre, scale = frames.mean(axis=0), frames.std(axis=0)
    spans: dict[tuple[int, int], dict[int, list[tuple[int, int]]]] = {}
    start = 0
    for take in takes:
        versions = spans.setdefault((take.speaker, take.speed), {})
        versions.setdefault(take.version, []).append((start, len(take.frames)))
        start += len(take.frames)
    usable = {key: own for key, own in sorted(spans.items()) if 0 in own and len(own) > 1}
    groups = [[np.array(own[version]) for version in sorted(own)] for own in usable.values()]
    scaled = ((frames - centre) / scale).astype(np.float16)
    return Voices(scaled, centre, scale, groups), list(usable)


def _taught(
    groups: Sequence[Sequence[Recording]], build: Path, advance: Advance
) -> NDArray[np.float32]:
    """(speakers, speeds, D) vectors of the teacher, kept in `build` for the next training."""
    kept = build / f"teacher-{len(groups)}.npy"
    if kept.is_file():
        advance(len(groups))
        vectors: NDArray[np.float32] = np.load(kept, allow_pickle=False)
        return vectors
    teacher = Teacher()
    vectors = np.zeros((len(groups), len(SPEEDS), N_DIMS), np.float32)
    n_samples = TEACHER_HEARS_S * page_definition().sample_rate_hz
    for i, group in enumerate(groups):
        sound = joined_takes(group)[:n_samples]
        for j, speed in enumerate(SPEEDS):
            vectors[i, j] = teacher.embed(faster(sound, speed))
        advance(1)
    kept.parent.mkdir(parents=True, exist_ok=True)
    np.save(kept, vectors)
    return vectors


def _write(
    network: EmbeddingNetwork,
    voices: Voices,
    request: Request,
    groups: Sequence[Sequence[Recording]],
) -> None:
    frames = exported(network.frames, torch.zeros(1, EXAMPLE_FRAMES, 2 * N_CEPSTRA))
    point = exported(network.point, torch.ones(1, 3, N_POOLED))
    models = [model.SerializeToString() for model in (frames, point)]
    arrays = {"centre": voices.centre, "scale": voices.scale}
    nobody = np.zeros((1, N_DIMS))
    embedder = AdditiveEmbedder(models[0], models[1], {**arrays, "cohort": nobody})
    chosen = set(cohort_speakers([group[0].speaker for group in groups], request.seed))
    recordings = [r for group in groups if group[0].speaker in chosen for r in group]
    advance = request.stage("cohort", len(recordings))
    utterances = read_utterances(recordings, request.seed, request.engine, advance)
    arrays["cohort"] = cohort_points(embedder, utterances).astype(np.float16)
    request.out.parent.mkdir(parents=True, exist_ok=True)
    for part, model in zip(("frames", "point"), models, strict=True):
        request.out.with_name(f"{request.out.stem}-{part}.onnx").write_bytes(model)
    metadata = {"frontend": page_definition().id, "seed": str(request.seed)}
    save_file(arrays, request.out.with_suffix(".safetensors"), metadata=metadata)
