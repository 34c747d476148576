"""The service's system where speech comes as embeddings, on either side or on both."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from cepstra.evaluation.system import Judged, RecordedTake
from cepstra.evaluation.systems import (
    CalibratedSystem,
    default_system,
    messages,
    stored_takes,
)
from cepstra.gmm.embedding_scoring import SpokenEmbedding
from cepstra.store.network_embedding import NetworkEmbedding
from cepstra.verification.message import Message
from cepstra.verification.shipped import network_id
from cepstra.verification.verifier import Built

DECIMALS = 4  # as the page rounds


class EmbeddingMode(CalibratedSystem):
    """The default system with an embedding for each enrolled take, for each attempt, or for both.

    An attempt is one message, as the kit sends it; each take of an enrolment is one.
    """

    def __init__(self, enrols_embeddings: bool, attempts_embeddings: bool) -> None:
        """Choose the sides."""
        super().__init__(default_system().system)
        self._enrols, self._attempts = enrols_embeddings, attempts_embeddings

    def enrol(self, takes: Sequence[RecordedTake]) -> Built:
        """Add up the takes' statistics, or what each would have been sent as."""
        if not self._enrols:
            return self.system.build(stored_takes(takes))
        sent = (self.sent(messages([take])) for take in takes)
        model: Built | None = None
        for take, embedding in zip(stored_takes(takes), sent, strict=True):
            if embedding:
                added = self.system.accumulate(replace(take, embedding=embedding))
                model = self.system.extend(model, added, ())
        if model is None:
            raise ValueError("takes: expected some speech")
        return model

    def sent(self, said: Sequence[Message]) -> NetworkEmbedding | None:
        """What the page would send of messages said one after the other; None without speech."""
        heard = self.system.prepare_attempt(said)
        n_frames = round(self.system.speech_s(heard) * self.system.scorer.frame_rate_hz)
        if not n_frames:
            return None
        vector = np.round(self.system.probe(heard).astype(np.float64), DECIMALS)
        return NetworkEmbedding(vector / np.linalg.norm(vector), n_frames, network_id())

    def raw_scores(
        self, models: Sequence[Built], takes: Sequence[RecordedTake]
    ) -> NDArray[np.float64]:
        """The (M, 2) ratios and allowances."""
        said = messages(takes)
        sent = self.sent(said) if self._attempts else None
        embedding = SpokenEmbedding(sent.vector, float(sent.speech_frames)) if sent else None
        heard = embedding or self.system.prepare_attempt(said)
        return np.stack(self.system.llrs([model.arrays for model in models], heard), axis=1)

    def judged(self, raw: NDArray[np.float64]) -> Judged:
        """The (M,) ratios and thresholds."""
        llrs, allowances = raw.T
        return llrs, self.threshold + allowances
