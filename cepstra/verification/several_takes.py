"""Many takes kept at once: all of them or none."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from cepstra.store import models, takes
from cepstra.store.takes import Role
from cepstra.verification import enrolment, unenrolment
from cepstra.verification.errors import VerificationError
from cepstra.verification.message import Message
from cepstra.verification.service import Service

Report = enrolment.TrainingReport | enrolment.ReferenceReport
KEEP: Mapping[Role, Callable[[Service, str, Message], Report]] = {
    "train": enrolment.train,
    "reference": enrolment.set_reference,
}


def take_names(service: Service, alias: str) -> list[str]:
    """Return the names of the speaker's takes, oldest first; none of an unknown speaker."""
    with service.store.reading() as connection:
        found = models.find(connection, alias)
        return takes.names(connection, found.speaker.id) if found else []


def enrol_all(service: Service, alias: str, offered: Sequence[tuple[Role, Message]]) -> list[str]:
    """Keep the takes and return the names of those that were not kept before.

    Raises as `enrolment.train` and `enrolment.set_reference`; then none of them is kept.
    """
    before, added = set(take_names(service, alias)), []
    try:
        for role, message in offered:
            name = KEEP[role](service, alias, message).take
            if name not in before:
                added.append(name)
    except VerificationError:
        if added:
            unenrolment.forget_takes(service, alias, added)
        raise
    return added
