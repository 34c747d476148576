"""Where one voice ends and the next begins: a mixture of each, and the likeliest course.

Source: Meignier and Merlin, "LIUM SpkDiarization: An Open Source Toolkit for Diarization", 2010
(Viterbi over mixtures of the clusters).
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import uniform_filter1d
from scipy.special import softmax

from cepstra.gmm.ubm import DiagonalMixture

FloatArray = NDArray[Any]
IntArray = NDArray[np.intp]

CELL_FRAMES = 10  # labels change every 100 ms at most
RELEVANCE_FACTOR = 16.0
FRAME_WEIGHT = 0.1  # neighbouring frames say almost the same
CHANGE_COST = 4.0
CONFIDENCE_CELLS = 15
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


def likeliest_course(llrs: FloatArray) -> IntArray:
    """(C,) voice of each cell (C, V) where a change of voice costs `CHANGE_COST` (Viterbi)."""
    n_cells, n_voices = llrs.shape
    stay = np.arange(n_voices)
    before = np.zeros((n_cells, n_voices), dtype=np.intp)
    total = llrs[0].copy()
    for cell in range(1, n_cells):
        best = int(total.argmax())
        changed = total[best] - CHANGE_COST
        before[cell] = np.where(total >= changed, stay, best)
        total = np.maximum(total, changed) + llrs[cell]
    course = np.empty(n_cells, dtype=np.intp)
    course[-1] = total.argmax()
    for cell in range(n_cells - 1, 0, -1):
        course[cell - 1] = before[cell, course[cell]]
    return course


def posteriors(llrs: FloatArray) -> FloatArray:
    """(C, V) probabilities of the voices around each cell (C, V), in a window of 1.5 s."""
    summed = uniform_filter1d(llrs, CONFIDENCE_CELLS, axis=0, mode="nearest") * CONFIDENCE_CELLS
    result: FloatArray = softmax(summed, axis=1)
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
