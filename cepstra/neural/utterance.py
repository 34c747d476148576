"""A message as the networks take it, and the frames or the one vector they see of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cepstra.gmm.speech import speech_mask
from cepstra.gmm.streams import N_CEPSTRA, deltas

FloatArray = NDArray[Any]

LPC_ORDER = 12
FEWEST_FRAMES = 8
ZCR = slice(2 * N_CEPSTRA, 2 * N_CEPSTRA + 2)
LPC = slice(ZCR.stop, ZCR.stop + LPC_ORDER)
HAS_ZCR, HAS_LPC = LPC.stop, LPC.stop + 1
VECTOR_DIMS = HAS_LPC + 1
SENT = {HAS_ZCR: ZCR, HAS_LPC: LPC}


@dataclass(frozen=True)
class Utterance:
    """One message.

    Attributes:
        mfcc: (T, 20) cepstra of the front end `meyda-16k-1`, c0 first.
        zcr: (T,) zero crossings a frame, if sent.
        lpc: (12,) predictor coefficients of the whole message, if sent.
    """

    mfcc: FloatArray
    zcr: FloatArray | None = None
    lpc: FloatArray | None = None


def speech_frames(utterances: Sequence[Utterance]) -> FloatArray:
    """(S, 20) cepstra of the frames that hold speech, of all utterances."""
    parts = [u.mfcc[speech_mask(u.mfcc)] for u in utterances]
    return np.concatenate([np.zeros((0, N_CEPSTRA)), *parts])


def utterance_vector(utterances: Sequence[Utterance]) -> tuple[FloatArray, int]:
    """One vector of all utterances, weighted by their speech frames, and how many those are.

    Means of the cepstra; means of their deltas' magnitudes (signed deltas cancel over a word);
    mean and mean change of the zero crossings; the predictor coefficients; then whether zero
    crossings and predictor coefficients were sent, without which they are 0.

    Returns:
        (56,) and the number of speech frames; zeros without speech.
    """
    total, n_speech = np.zeros(VECTOR_DIMS), 0
    for utterance in utterances:
        speech = speech_mask(utterance.mfcc)
        n_frames = int(np.count_nonzero(speech))
        if n_frames:
            total += n_frames * _one_vector(utterance, speech)
            n_speech += n_frames
    vector = total / max(n_speech, 1)
    for sent, values in SENT.items():
        if vector[sent] > 0:  # perhaps by some of the utterances only
            vector[values] /= vector[sent]
            vector[sent] = 1.0
    return vector, n_speech


def vector_input(vector: FloatArray, centre: FloatArray, scale: FloatArray) -> FloatArray:
    """(..., 56) scaled utterance vectors; what was not sent is as good as average."""
    result = (vector - centre) / scale
    for sent, values in SENT.items():
        result[..., values] *= vector[..., sent, None]
    result[..., HAS_ZCR:] = vector[..., HAS_ZCR:]
    return result.astype(np.float32)


def _one_vector(utterance: Utterance, speech: NDArray[np.bool_]) -> FloatArray:
    result = np.zeros(VECTOR_DIMS)
    mfcc = np.asarray(utterance.mfcc, dtype=np.float32)
    result[:N_CEPSTRA] = mfcc[speech].mean(axis=0)
    result[N_CEPSTRA : 2 * N_CEPSTRA] = np.abs(deltas(mfcc)[speech]).mean(axis=0)
    if utterance.zcr is not None:
        change = np.abs(np.diff(utterance.zcr, prepend=utterance.zcr[:1]))
        result[ZCR] = utterance.zcr[speech].mean(), change[speech].mean()
        result[HAS_ZCR] = 1.0
    if utterance.lpc is not None:
        result[LPC] = utterance.lpc
        result[HAS_LPC] = 1.0
    return result
