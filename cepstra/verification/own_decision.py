"""An attempt that asks for one of the operator's networks: it decides in place of the shipped."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from cepstra.store import takes
from cepstra.store.speakers import Speaker
from cepstra.verification.errors import FramesNeededError, UncalibratedError
from cepstra.verification.message import Message
from cepstra.verification.service import Service
from cepstra.verification.shipped import FRONT_END
from cepstra.verification.verify import Result


def decided_by(
    service: Service, name: str, speaker: Speaker, attempt: Sequence[Message], result: Result
) -> Result:
    """Return the result with the named network's ratio, threshold and decision.

    Frame scores stay those of the shipped system.

    Raises:
        UnknownSystemError: no network of that name is served.
        FramesNeededError: the attempt is an embedding, which only the network that made it knows.
        UncalibratedError: the speaker's takes come from another front end than networks know.
    """
    network = service.verifiers.own_network(name)
    if any(message.embedding for message in attempt):
        text = f"expected frames (mfcc) for the network {name}, got an embedding of another"
        raise FramesNeededError("embedding", text)
    if speaker.frontend != FRONT_END:
        text = f"expected takes of {FRONT_END}, got {speaker.frontend or 'none'}"
        raise UncalibratedError("system", text)
    with service.store.reading() as connection:
        enrolled = takes.load(connection, speaker.id)
    assessment = network.assess(enrolled, attempt, result.assessment.quality)
    return replace(result, assessment=assessment, system=name)
