"""What the calls for operators return."""

from __future__ import annotations

from typing import Literal, TypedDict


class Enrolment(TypedDict):
    """How a speaker is enrolled."""

    alias: str
    created_at: str
    frontend: str | None
    n_takes: int
    consistency: int | None
    n_unlike: int
    locked_until: str | None


class AttemptCount(TypedDict):
    """The attempts of an hour or a day."""

    begins_at: str
    accepted: int
    rejected: int
    inconclusive: int
    locked: int


class FoundEntry(TypedDict):
    """Something that was done or refused, to whom the audit log knows by number."""

    id: int
    datetime: str
    caller: str
    action: str
    speaker_id: int | None
    speaker: str | None
    decision: str
    reason: str | None
    address: str | None


class Lock(TypedDict):
    """Somebody who has to wait."""

    name: str
    kind: Literal["voice", "password", "posed"]
    rejects: int
    locked_until: str


class ApiKey(TypedDict):
    """What is known about an API key."""

    number: int
    name: str
    scopes: list[str]
    created_at: str
    expires_at: str | None
    revoked_at: str | None


class MadeKey(TypedDict):
    """A new API key, told once."""

    key: str
    number: int
