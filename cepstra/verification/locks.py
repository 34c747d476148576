"""Who has to wait after rejections or too many challenges, and to let them in again."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime

from cepstra.store import lockouts, speakers
from cepstra.store.lockouts import Locked
from cepstra.verification import audit
from cepstra.verification.service import Service

MOST = 1000


def locked(service: Service) -> Sequence[Locked]:
    """Return who has to wait now, in order of name, at most MOST.

    Asking for challenges is counted for an hour; it is a lock once there were as many as may be.
    """
    with service.store.reading() as connection:
        waiting = lockouts.locked(connection, datetime.now(UTC), MOST)
    most = service.security_policy.challenges_per_hour
    return [each for each in waiting if each.kind != "posed" or each.rejects >= most]


def lift(service: Service, alias: str) -> bool:
    """Forget the rejections of a name, of voice and password, and its challenges of this hour.

    The name need not be a speaker's: passwords are tried for names that nobody has.

    Returns:
        False where there was nothing to forget.
    """
    with service.store.writing(synced=True) as connection:
        is_lifted = lockouts.clear_all_of(connection, alias)
        if is_lifted:
            speaker = speakers.find(connection, alias)
            audit.note(connection, service.origin, "unlock", speaker.id if speaker else None)
    return is_lifted
