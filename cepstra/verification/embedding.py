"""The embedding of an attempt, and its cosine with what speakers enrolled."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from cepstra.store import models
from cepstra.verification.message import Message
from cepstra.verification.service import Service


def embed(
    service: Service, attempt: Sequence[Message], aliases: Sequence[str] = ()
) -> tuple[NDArray[np.float32], dict[str, float]]:
    """Return an attempt's (D,) unit vector, and its cosine with those of the speakers.

    It is the network's embedding alone, of all messages together: one of the scores that a ratio
    is made of, without normalisation. Speakers without a voiceprint are left out.

    Raises:
        UncalibratedError: the front end has no system with a network.
    """
    system = service.verifiers.calibrated(attempt[0].frontend, "frontend")
    probe = system.probe(system.prepare_attempt(attempt))
    cosines = {}
    with service.store.reading() as connection:
        for alias in aliases:
            found = models.find(connection, alias)
            model = models.load(connection, found.speaker.id) if found else None
            enrolled = system.voiceprint(model.arrays) if model else None
            if enrolled is not None and model is not None and model.system == system.name:
                cosines[alias] = float(probe @ enrolled)
    return probe, cosines
