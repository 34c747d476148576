"""Batches of training voices: joined frames, or utterance vectors."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.fft import dct

from cepstra.gmm.streams import N_CEPSTRA
from cepstra.neural.frames import network_input
from cepstra.neural.utterance import LPC, SENT, vector_input
from cepstra.training.networks.batches import MEL_BANDS
from cepstra.training.networks.spoken_takes import Takes

FloatArray = NDArray[Any]
IntArray = NDArray[np.int64]

BATCH_FRAMES = 12_000
SHORTEST, LONGEST = 40, 120
MASK_SHARE = 0.3
LONGEST_MASK = 12
BATCH_VECTORS = 256
MOST_JOINED = 4
DROPPED_SHARE = 0.3
COLOUR_SHARE = 0.5
COLOUR_DB = 4.0


def voice_names(takes: Takes) -> NDArray[np.str_]:
    """(N,) the voice of each take: a speaker at one speed."""
    return np.char.add(np.char.add(takes.speakers, "@"), takes.speeds.astype(str))


def scaling(values: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Mean and standard deviation (D,) of values (N, D); a constant is divided by 1."""
    scale = values.std(axis=0, dtype=np.float64)
    return values.mean(axis=0, dtype=np.float64), np.where(scale > 1e-9, scale, 1.0)


def grouped(takes: Takes, chosen: IntArray) -> tuple[list[str], list[list[IntArray]]]:
    """Names of the voices and, for every voice and version, the indices of its takes.

    Voices that lack a version are left out.

    Args:
        takes: all takes.
        chosen: indices of those to be used.
    """
    n_versions = int(takes.versions[chosen].max()) + 1
    found: dict[str, list[list[int]]] = {}
    for index, name in zip(chosen, voice_names(takes)[chosen], strict=True):
        versions = found.setdefault(str(name), [[] for _ in range(n_versions)])
        versions[takes.versions[index]].append(int(index))
    whole = {name: versions for name, versions in found.items() if all(versions)}
    return list(whole), [[np.array(v) for v in versions] for versions in whole.values()]


def frame_batches(
    takes: Takes, groups: list[list[IntArray]], scales: tuple[FloatArray, FloatArray], seed: int
) -> Iterator[tuple[FloatArray, IntArray]]:
    """Endless batches of short stretches of speech of one voice on one device.

    They hold one or two takes. Longer ones would tell a voice by which words it said: with all
    of a voice's takes in every sample, networks learnt those and heard strangers half as well.

    Yields:
        (N, T, 40) inputs of the network and (N,) indices of the voices.
    """
    rng = np.random.default_rng(seed)
    order: list[int] = []
    while True:
        n_frames = int(rng.integers(SHORTEST, LONGEST + 1))
        n_samples = BATCH_FRAMES // n_frames
        while len(order) < n_samples:
            order += rng.permutation(len(groups)).tolist()
        voices, order = order[:n_samples], order[n_samples:]
        colours = _colours(n_samples, rng)
        samples = [
            _masked(network_input(_stretch(takes, groups[v], n_frames, rng) + c, *scales), rng)
            for v, c in zip(voices, colours, strict=True)
        ]
        yield np.stack(samples), np.array(voices)


def vector_batches(
    takes: Takes, groups: list[list[IntArray]], scales: tuple[FloatArray, FloatArray], seed: int
) -> Iterator[tuple[FloatArray, IntArray]]:
    """Endless batches of vectors of one to four takes of one voice on one device.

    What a front end may leave out is left out in a share of them; a further smooth response is
    added in half of them.

    Yields:
        (N, 56) inputs of the network and (N,) indices of the voices.
    """
    rng = np.random.default_rng(seed)
    while True:
        voices = rng.integers(0, len(groups), BATCH_VECTORS)
        vectors = np.stack([_joined(takes, groups[voice], rng) for voice in voices])
        vectors[:, :N_CEPSTRA] += _colours(len(voices), rng)
        for sent, values in SENT.items():
            dropped = rng.random(len(voices)) < (DROPPED_SHARE if values == LPC else 0.1)
            vectors[dropped, sent] = 0.0
            vectors[dropped, values] = 0.0
        yield vector_input(vectors, *scales), voices


def _stretch(
    takes: Takes, versions: list[IntArray], n_frames: int, rng: np.random.Generator
) -> FloatArray:
    """(n_frames, 20) cepstra of takes in random order, cut at random or repeated."""
    parts: list[FloatArray] = []
    missing = n_frames
    candidates = versions[rng.integers(0, len(versions))]
    while missing > 0:
        for start, length in takes.spans[rng.permutation(candidates)]:
            used = min(int(length), missing)
            first = int(start) + int(rng.integers(0, length - used + 1))
            parts.append(takes.frames[first : first + used])
            missing -= used
            if missing == 0:
                break
    return np.concatenate(parts).astype(np.float32)


def _masked(frames: FloatArray, rng: np.random.Generator) -> FloatArray:
    """The frames, in some samples with a gap."""
    if rng.random() < MASK_SHARE:
        width = int(rng.integers(3, LONGEST_MASK))
        first = int(rng.integers(0, len(frames) - width))
        frames[first : first + width] = 0.0
    return frames


def _joined(takes: Takes, versions: list[IntArray], rng: np.random.Generator) -> FloatArray:
    candidates = versions[rng.integers(0, len(versions))]
    n_joined = int(rng.integers(1, MOST_JOINED + 1))
    some = rng.permutation(candidates)[:n_joined]
    return np.average(takes.vectors[some], axis=0, weights=takes.spans[some, 1])


def _colours(n_samples: int, rng: np.random.Generator) -> FloatArray:
    """(N, 20) cepstra of smooth responses and other levels."""
    corners = rng.uniform(-COLOUR_DB, COLOUR_DB, (n_samples, 6)) + rng.uniform(
        -COLOUR_DB, COLOUR_DB, (n_samples, 1)
    )
    corners[rng.random(n_samples) >= COLOUR_SHARE] = 0.0
    at = np.linspace(0, 5, MEL_BANDS)
    bands = np.stack([np.interp(at, np.arange(6), row) for row in corners])
    return dct(np.log(10) / 10 * bands, type=2, axis=1)[:, :N_CEPSTRA]
