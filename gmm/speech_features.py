"""What is made of the messages of an attempt or a take before any speaker is looked at."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cepstra.gmm.speech import speech_mask, with_band_floor
from cepstra.gmm.streams import N_CEPSTRA, NARROW, WIDE, cmn

FloatArray = NDArray[Any]


@dataclass(frozen=True)
class SpeechFeatures:
    """Frames of one or more messages in a row.

    Attributes:
        speech: (T,) which frames hold speech.
        unfloored: (S, 20) cepstra of the speech frames, as they came.
        spoken: (S, 20) the same with `gmm.speech.with_band_floor`.
        cmn: (T, D) vectors of the wide stream after cepstral mean normalisation.
        streams: the (S, D) vectors of the speech frames in each of `IVECTOR_STREAMS`.
    """

    speech: NDArray[np.bool_]
    unfloored: FloatArray
    spoken: FloatArray
    cmn: FloatArray
    streams: dict[str, FloatArray]

    def piece(self, first: int, n_frames: int) -> SpeechFeatures:
        """What `analyse` would make of some of the speech frames, were they a message alone.

        Args:
            first: index among the speech frames.
            n_frames: how many, at most.
        """
        chosen = slice(first, first + n_frames)
        return joined_speech([self], chosen)


def joined_speech(parts: Sequence[SpeechFeatures], chosen: slice = slice(None)) -> SpeechFeatures:
    """The (chosen) speech frames of each part, one after the other, as one attempt or take."""
    streams = {
        name: np.concatenate([part.streams[name][chosen] for part in parts])
        for name in parts[0].streams
    }
    spoken = np.concatenate([part.spoken[chosen] for part in parts])
    speech = np.ones(len(spoken), dtype=bool)
    return SpeechFeatures(
        speech=speech,
        unfloored=np.concatenate([part.unfloored[chosen] for part in parts]),
        spoken=spoken,
        cmn=cmn(streams["wide"], speech),
        streams=streams,
    )


def analyse(messages: Sequence[FloatArray]) -> SpeechFeatures:
    """Find the speech and make the vectors of every stream.

    Args:
        messages: cepstra (T_i, 20) of each message in the order spoken, T_i >= 1.

    Raises:
        ValueError: no messages, or one of the wrong shape.
    """
    if not messages:
        raise ValueError("messages: expected at least one")
    checked = [_checked(message) for message in messages]
    speech = np.concatenate([speech_mask(part) for part in checked])
    parts = [with_band_floor(part) for part in checked]
    wide = WIDE.vectors(parts)
    return SpeechFeatures(
        speech=speech,
        unfloored=np.concatenate(checked)[speech],
        spoken=np.concatenate(parts)[speech],
        cmn=cmn(wide, speech),
        streams={"wide": wide[speech], "narrow": NARROW.vectors(parts)[speech]},
    )


def _checked(mfcc: FloatArray) -> FloatArray:
    mfcc = np.asarray(mfcc)
    if mfcc.ndim != 2 or mfcc.shape[1] != N_CEPSTRA or not len(mfcc):
        raise ValueError(f"mfcc: expected shape (T, {N_CEPSTRA}) with T >= 1, got {mfcc.shape}")
    return mfcc
