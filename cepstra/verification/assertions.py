"""Assertions: the outcome of a challenged attempt, signed for the relying party's backend."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from hashlib import blake2b
from typing import NamedTuple

from cepstra.store.challenges import Challenge
from cepstra.store.tenancy import joined
from cepstra.verification.coarse_scores import coarse_llr
from cepstra.verification.decision import Decision
from cepstra.verification.signing import SigningKey, SigningKeys

TYPE = "assertion+jwt"


class Claimed(NamedTuple):
    """Whom an attempt claims to be: by name, and by what never changes; None of nobody enrolled."""

    alias: str
    subject: str | None
    tenant: str = ""


@dataclass(frozen=True)
class Assertions:
    """Signs outcomes (JWT, EdDSA) that anybody can check with the public keys.

    Attributes:
        keys: the current one signs.
        issuer: the claim `iss`: which service decided.
        audience: the claim `aud`: for whom; with `/TENANT` of a tenant's speakers, whose names may
            be those of others.
        lifetime_s: seconds within which it has to be used.
    """

    keys: SigningKeys
    issuer: str
    audience: str
    lifetime_s: int

    def sign(
        self, speaker: Claimed, challenge: Challenge, decision: Decision, llr: float | None
    ) -> str | None:
        """Return the signed outcome; None where there is no key to sign with."""
        key = self.keys.current
        if key is None:
            return None
        now = datetime.now(UTC).replace(microsecond=0)
        claims = {
            "iss": self.issuer,
            "aud": f"{self.audience}/{speaker.tenant}" if speaker.tenant else self.audience,
            "sub": speaker.subject or _nobodys_subject(key, joined(speaker.tenant, speaker.alias)),
            "speaker": speaker.alias,
            "decision": decision,
            "llr": None if llr is None else coarse_llr(llr),
            "challenge": challenge.id,
            "digits": len(challenge.digits),
            "iat": now,
            "exp": now + timedelta(seconds=self.lifetime_s),
            "jti": secrets.token_urlsafe(16),
        }
        return key.sign(claims, TYPE)


def _nobodys_subject(key: SigningKey, whole_name: str) -> str:
    """Return a subject that looks like any other: a rejection does not tell who is enrolled."""
    secret = key.private.private_bytes_raw()
    return blake2b(whole_name.encode(), digest_size=16, key=secret, person=b"nobody").hexdigest()
