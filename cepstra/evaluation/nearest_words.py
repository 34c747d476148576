"""Other people's words, found by embedding: what can be said by whoever has nothing else."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from cepstra.evaluation.reconstruction import rebuild
from cepstra.frontend import extract, page_definition, rounded, speech_span
from cepstra.frontend.audio import read_audio
from cepstra.gmm.speech_features import analyse
from cepstra.verification.shipped import load_network

Array = NDArray[np.float64]

DEFINITION = page_definition()


class NearestWords:
    """Words by the embedding that the page would send of each."""

    def __init__(self, paths: Sequence[Path], advance: Callable[[], None]) -> None:
        """Listen to recordings of one word each.

        Raises:
            ValueError: none of them holds speech.
            cepstra.frontend.audio.AudioError: a recording is broken.
        """
        self._network = load_network()
        self._frames, embeddings = [], []
        for path in paths:
            features = rounded(extract(read_audio(path, DEFINITION.sample_rate_hz)))
            span = speech_span(features.energy)
            mfcc = features.mfcc[span.start : span.stop]
            if (embedding := self._embedding(mfcc)) is not None:
                self._frames.append(mfcc)
                embeddings.append(embedding)
            advance()
        if not embeddings:
            raise ValueError("expected words, got none that holds speech")
        self._embeddings = np.stack(embeddings)

    def rebuild(self, samples: Array) -> Array:
        """Make sound of the word nearest to that of samples, by embedding and length alone."""
        mfcc = rounded(extract(samples)).mfcc
        embedding = self._embedding(mfcc)
        if embedding is None:
            return np.zeros_like(samples)
        nearest = self._frames[int((self._embeddings @ embedding).argmax())]
        places = np.linspace(0, len(nearest) - 1, len(mfcc)).round().astype(int)
        return rebuild(nearest[places].astype(float), DEFINITION)

    def _embedding(self, mfcc: NDArray[np.floating]) -> NDArray[np.floating] | None:
        """(D,) unit vector; None where nothing is speech."""
        speech = analyse([mfcc]).spoken
        return self._network.embedding(self._network.sums(speech)) if len(speech) else None
