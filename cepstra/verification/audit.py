"""The audit log: a row in the transaction of what it tells, and a JSON line once that is committed.

Entries name a speaker by its number, never by alias: numbers are not used again, so nothing leads
from an entry back to a speaker who was deleted. Neither rows nor lines hold features or scores.
"""

from __future__ import annotations

import logging
import logging.handlers
import os
import sys
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial

import orjson
from sqlalchemy import Connection
from sqlalchemy.exc import SQLAlchemyError

from cepstra.store import Store, audit_log, speakers
from cepstra.store.audit_log import Entry
from cepstra.store.engine import after_commit
from cepstra.store.tenancy import tenant_of
from cepstra.verification.callers import ACCOUNT_PREFIX, KEY_PREFIX

log = logging.getLogger("cepstra.audit")
errors = logging.getLogger(__name__)

DONE, REFUSED = "done", "refused"
MAX_CALLER, MAX_REASON, MAX_ADDRESS = 64, 200, 64

_listeners: list[Callable[[Entry], None]] = []


@dataclass(frozen=True)
class Origin:
    """Who asks, by the id of a token or key, never by name, from where, and in which tenant.

    `sees_scores` where the caller may know how close an attempt came.
    """

    caller: str
    address: str | None = None
    tenant: str = ""
    sees_scores: bool = False

    @property
    def is_backend(self) -> bool:
        """Tell whether the caller holds an API key."""
        return self.caller.startswith(KEY_PREFIX)

    @property
    def is_person(self) -> bool:
        """Tell whether the caller is signed in."""
        return self.caller.startswith(ACCOUNT_PREFIX)


def note(
    connection: Connection,
    origin: Origin,
    action: str,
    speaker_id: int | None,
    decision: str = DONE,
    reason: str = "",
) -> None:
    """Add an entry to the writing transaction; its line follows the commit.

    It is the tenant's whose connection or origin it comes from.
    """
    tenant = tenant_of(connection) or origin.tenant
    entry = Entry(
        created_at=datetime.now(UTC),
        caller=origin.caller[:MAX_CALLER],
        action=action,
        speaker_id=speaker_id,
        decision=decision,
        reason=reason[:MAX_REASON] or None,
        address=origin.address[:MAX_ADDRESS] if origin.address else None,
    )
    audit_log.append(connection, entry, tenant)
    after_commit(connection, partial(_tell, entry, tenant))


def listen(listener: Callable[[Entry], None]) -> None:
    """Let a function have every entry, too, once it is committed."""
    if listener not in _listeners:
        _listeners.append(listener)


def note_refusal(store: Store, origin: Origin, action: str, alias: str | None, reason: str) -> None:
    """Add an entry for a call that changed nothing, about the speaker of that alias, if any.

    A store that fails is not worth losing the caller's own error for: it goes to the log.
    """
    try:
        with store.writing() as connection:
            speaker = None if alias is None else speakers.find(connection, alias)
            note(connection, origin, action, speaker.id if speaker else None, REFUSED, reason)
    except SQLAlchemyError as error:
        errors.error("a refusal was not noted: %s", type(error).__name__)


def send_lines_to(target: str) -> None:
    """Let the lines go to "stdout", to the file of that path, or nowhere ("none")."""
    for handler in list(log.handlers):
        log.removeHandler(handler)
        handler.close()
    log.setLevel(logging.INFO)
    log.propagate = False
    log.addHandler(_handler(target))


def _handler(target: str) -> logging.Handler:
    if target == "none":
        return logging.NullHandler()
    if target == "stdout":
        return logging.StreamHandler(sys.stdout)
    with suppress(OSError):  # a missing folder is told by the handler
        os.close(os.open(target, os.O_WRONLY | os.O_CREAT, 0o600))  # a new file is its owner's
    return logging.handlers.WatchedFileHandler(target, encoding="utf-8")


def _tell(entry: Entry, tenant: str) -> None:
    if log.isEnabledFor(logging.INFO):
        told = {**vars(entry), "tenant": tenant} if tenant else vars(entry)
        log.info("%s", orjson.dumps(told).decode())
    for listener in _listeners:
        listener(entry)
