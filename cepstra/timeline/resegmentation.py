"""Where one voice ends and the next begins: a mixture of each, and a chain that seldom changes.

Source: Meignier and Merlin, "LIUM SpkDiarization: An Open Source Toolkit for Diarization", 2010
(a hidden Markov model over mixtures of the clusters).
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from cepstra.gmm.ubm import DiagonalMixture

FloatArray = NDArray[Any]
IntArray = NDArray[np.intp]

CELL_FRAMES = 10  # labels change every 100 ms at most
RELEVANCE_FACTOR = 16.0
FRAME_WEIGHT = 0.1  # neighbouring frames say almost the same
CHANGE = 0.02  # probability of another voice in the next cell
LOWEST_LLR = -30.0  # of a cell, below the likeliest voice: keeps products of two positive
CHUNK_FRAMES = 6000  # bounds memory


def cell_llrs(
    background: DiagonalMixture, vectors: FloatArray, labels: IntArray, speech: NDArray[np.bool_]
) -> FloatArray:
    """(C, V) weighted log-likelihood ratios of V voices in cells of 100 ms.

    Args:
        background: what voices are adapted from.
        vectors: (T, D) of the recording.
        labels: (T,) voice 0 to V - 1 of each frame, or -1.
        speech: (T,) frames that count.
    """
    n_voices = int(labels.max()) + 1
    voices = [
        background.adapted(
            *_statistics(background, vectors, speech & (labels == voice)), RELEVANCE_FACTOR
        )
        for voice in range(n_voices)
    ]
    starts = range(0, len(vectors), CHUNK_FRAMES)
    return np.concatenate([_chunk(background, voices, vectors, speech, at) for at in starts])


def posteriors(llrs: FloatArray) -> FloatArray:
    """(C, V) probability of each voice in each cell (C, V), given all cells.

    Source: Rabiner, "A Tutorial on Hidden Markov Models", 1989 (forward and backward variables,
    scaled). From one cell to the next a voice changes with the probability `CHANGE`.
    """
    likelihoods = np.exp(np.maximum(llrs - llrs.max(axis=1, keepdims=True), LOWEST_LLR))
    forward = _passed(likelihoods)
    backward = _passed(likelihoods[::-1])[::-1]
    product = forward * backward / likelihoods  # which both have counted
    return product / product.sum(axis=1, keepdims=True)


def _passed(likelihoods: FloatArray) -> FloatArray:
    """(C, V) scaled probabilities of the voices, given the cells up to each one."""
    n_cells, n_voices = likelihoods.shape
    result = np.empty_like(likelihoods)
    belief = np.full(n_voices, 1 / n_voices)
    for cell in range(n_cells):
        belief = ((1 - CHANGE) * belief + CHANGE / n_voices) * likelihoods[cell]
        belief /= belief.sum()
        result[cell] = belief
    return result


def _statistics(
    background: DiagonalMixture, vectors: FloatArray, chosen: NDArray[np.bool_]
) -> tuple[FloatArray, FloatArray]:
    zeroth, first = np.zeros(len(background.weights)), np.zeros(background.means.shape)
    frames = np.flatnonzero(chosen)
    for at in range(0, len(frames), CHUNK_FRAMES):
        counts, sums = background.statistics(vectors[frames[at : at + CHUNK_FRAMES]])
        zeroth += counts
        first += sums
    return zeroth, first


def _chunk(
    background: DiagonalMixture,
    voices: list[DiagonalMixture],
    vectors: FloatArray,
    speech: NDArray[np.bool_],
    at: int,
) -> FloatArray:
    """(cells, V) of one chunk; every other speech frame is heard, and counts twice."""
    end = min(at + CHUNK_FRAMES, len(vectors))
    frames = np.flatnonzero(speech[at:end])[::2]
    result = np.zeros((-(-(end - at) // CELL_FRAMES), len(voices)))
    if not len(frames):
        return result
    heard = vectors[at + frames]
    common = background.log_likelihoods(heard)
    for voice, mixture in enumerate(voices):
        ratios = mixture.log_likelihoods(heard) - common
        result[:, voice] = np.bincount(frames // CELL_FRAMES, ratios, len(result))
    return result * (2 * FRAME_WEIGHT)
