"""Is a message one word? The digit check hears the strongest one; nothing else may be behind it."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from cepstra.digits.fingerprint import N_CEPSTRA
from cepstra.digits.span import word_span
from cepstra.digits.trajectories import GATES
from cepstra.gmm.speech import frame_snr_db, mask_from_snr

# Takes of background speakers reach 24 frames of it, of dev speakers 32.
MOST_SPEECH_OUTSIDE = 40
# No digit of background or dev speakers has more than 82 frames of speech; five words have 130.
MOST_SPEECH = 110


def crowded_words(messages: Sequence[NDArray[np.floating]]) -> list[str]:
    """Name the messages (T, D) that hold more speech than a word; only those of D = 20."""
    return [
        f"message {number}: speech beside the word"
        for number, mfcc in enumerate(messages, 1)
        if mfcc.shape[1] == N_CEPSTRA and is_crowded(mfcc)
    ]


def is_crowded(mfcc: NDArray[np.floating]) -> bool:
    """Tell whether a message (T, 20) holds more than 1.1 s of speech, or 0.4 s beside its word.

    Words that follow each other closely seem to be one: then only the first limit holds.
    """
    snr_db = frame_snr_db(mfcc)
    mask = mask_from_snr(snr_db)
    n_speech = int(mask.sum())
    if n_speech <= MOST_SPEECH_OUTSIDE:  # as of half of all digits
        return False
    spans = [word_span(snr_db, gate) for gate in GATES]
    word = slice(min(span.start for span in spans), max(span.stop for span in spans))
    outside = n_speech - int(mask[word].sum())
    return n_speech > MOST_SPEECH or outside > MOST_SPEECH_OUTSIDE
