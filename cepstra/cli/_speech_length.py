"""Seconds of speech as the service counts them: frames that hold speech, pauses left out."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from cepstra.frontend import Features, page_definition, rounded
from cepstra.frontend.message import MAX_FRAMES
from cepstra.gmm.speech import speech_mask


def speech_s(*messages: Features) -> float:
    """Return the seconds of speech in features, each sent as one message or segment.

    The page counts alike (static/js/files/speech-frames.js).
    """
    return sum(_speech_frames(rounded(each).mfcc) for each in messages) / (
        page_definition().frames_per_second
    )


def _speech_frames(mfcc: NDArray[Any]) -> int:
    """Count those of (T, 20); more than a message holds is cut as the service does."""
    parts = np.array_split(mfcc, max(1, -(-len(mfcc) // MAX_FRAMES)))
    return sum(int(np.count_nonzero(speech_mask(part))) for part in parts)
