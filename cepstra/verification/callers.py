"""Who calls, and what that lets them do."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal, get_args

Scope = Literal["public", "session", "enrol", "verify", "identify", "scores", "admin", "metrics"]

KEY_PREFIX, ACCOUNT_PREFIX = "key ", "account "  # of the ids of callers
KEY_SCOPES = ("enrol", "verify", "identify", "scores", "admin")
SESSION_SCOPES = frozenset({"session", "enrol", "verify"})


@dataclass(frozen=True)
class Caller:
    """Somebody who has shown who they are.

    Attributes:
        id: tells callers apart: "local", "key 3" or "account 7".
        scopes: what they may do, beside what is public.
        speaker: the only speaker they may reach, None for any.
        token_id: of a session's token, None without a session.
        expires_at: when that token ends.
        signed_in_at: when the password was given for it.
        tenant: whose speakers and keys they reach, by plain names; "" for whoever is of none.
    """

    id: str
    scopes: frozenset[str]
    speaker: str | None = None
    token_id: str | None = None
    expires_at: datetime | None = None
    signed_in_at: datetime | None = None
    tenant: str = ""

    def reaches(self, alias: str | None) -> bool:
        """Tell whether the caller may act for the speaker; None and "default" are their own."""
        return self.speaker is None or alias in (None, "default", self.speaker)


METRICS_READER = Caller("metrics", frozenset({"metrics"}))
LOCAL = Caller("local", frozenset(get_args(Scope)) - {"session"})
