"""Events for the operator's backend: that something happened to a speaker, never features.

A speaker is named by its subject, which leads to nobody once it is deleted.
"""

from __future__ import annotations

import secrets
from datetime import UTC, datetime
from typing import Literal

import orjson
from sqlalchemy import Connection

from cepstra.store import outbox
from cepstra.store.speakers import Speaker

Type = Literal["enrolled", "accepted", "rejected", "locked", "deleted"]
OF_DECISIONS: dict[str, Type] = {"accept": "accepted", "reject": "rejected"}


def announce(
    connection: Connection, type: Type, speaker: Speaker, **data: str | bool | datetime | None
) -> None:
    """Keep an event in the writing transaction, where this store's events go anywhere."""
    if not outbox.is_open(connection):
        return
    now = datetime.now(UTC)
    of_tenant = {"tenant": speaker.tenant} if speaker.tenant else {}
    told = {"subject": speaker.subject, **of_tenant, **data}
    event = {"type": type, "timestamp": now, "data": told}
    outbox.append(connection, f"evt_{secrets.token_hex(12)}", orjson.dumps(event).decode(), now)
