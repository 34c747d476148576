"""An attempt that asks for one of the operator's networks: it decides in place of the shipped."""

from __future__ import annotations

from collections.abc import Sequence

from cepstra.store import takes
from cepstra.store.speakers import Speaker
from cepstra.store.takes import Take
from cepstra.verification.errors import FramesNeededError, UncalibratedError
from cepstra.verification.message import Message
from cepstra.verification.own_network import OwnNetwork
from cepstra.verification.service import Service
from cepstra.verification.shipped import FRONT_END


def asked_network(
    service: Service, name: str | None, attempt: Sequence[Message]
) -> OwnNetwork | None:
    """Return the network that an attempt asks for, if any, before anything is computed.

    Raises:
        UnknownSystemError: no network of that name is served.
        FramesNeededError: the attempt is an embedding, which only the network that made it knows.
    """
    if name is None:
        return None
    network = service.verifiers.own_network(name)
    if any(message.embedding for message in attempt):
        text = f"expected frames (mfcc) for the network {name}, got an embedding of another"
        raise FramesNeededError("embedding", text)
    return network


def enrolled_takes(service: Service, speaker: Speaker) -> Sequence[Take]:
    """Return the takes that a network of the operator's compares with.

    Raises:
        UncalibratedError: they come from another front end than networks know.
    """
    if speaker.frontend != FRONT_END:
        text = f"expected takes of {FRONT_END}, got {speaker.frontend or 'none'}"
        raise UncalibratedError("system", text)
    with service.store.reading() as connection:
        return takes.load(connection, speaker.id)
