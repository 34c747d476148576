"""Sessions of people: short-lived signed tokens (JWT, EdDSA) that can be taken back."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from cepstra.store import Store, accounts
from cepstra.store.accounts import Account
from cepstra.store.tenancy import parted
from cepstra.verification.callers import ACCOUNT_PREFIX, SESSION_SCOPES, Caller
from cepstra.verification.errors import SigningOffError
from cepstra.verification.signing import SigningKey, SigningKeys

# Type and audience keep a session's token and an assertion apart; the same keys sign both.
TYPE = "session+jwt"
AUDIENCE = "cepstra-session"
# A machine whose clock is a second ahead signs tokens that another would take for those of later.
NEEDED = {"require": ["aud", "exp", "iat", "jti", "sub", "ver"], "verify_iat": False}
RULES = {"audience": AUDIENCE, "options": NEEDED}


@dataclass(frozen=True)
class SessionToken:
    """A token as it is handed out."""

    token: str
    speaker: str
    expires_at: datetime


@dataclass(frozen=True)
class Sessions:
    """Issues and reads tokens.

    Attributes:
        keys: the current one signs, all of them check.
        lifetime_s: seconds until a token expires.
    """

    keys: SigningKeys
    lifetime_s: int

    def check_open(self) -> SigningKey:
        """Return the key that signs tokens.

        Raises:
            SigningOffError: there is none, because auth is off.
        """
        if self.keys.current is None:
            raise SigningOffError("auth", "auth is off here: there is nothing to sign in to")
        return self.keys.current

    def open(self, account: Account) -> SessionToken:
        """Issue a token for the account.

        Raises:
            SigningOffError: there is no key to sign with.
        """
        key = self.check_open()
        now = datetime.now(UTC).replace(microsecond=0)
        expires_at = now + timedelta(seconds=self.lifetime_s)
        claims = {
            "aud": AUDIENCE,
            "exp": expires_at,
            "iat": now,
            "jti": secrets.token_urlsafe(16),
            "sub": str(account.id),
            "ver": account.password_version,
        }
        return SessionToken(key.sign(claims, TYPE), parted(account.alias)[1], expires_at)

    def identify(self, store: Store, token: str) -> Caller | None:
        """Return who calls with that token; None if it is not ours, expired or taken back."""
        claims = self.keys.read(token, TYPE, **RULES)
        if claims is None:
            return None
        with store.reading() as connection:
            account = accounts.of_token(
                connection, int(claims["sub"]), int(claims["ver"]), claims["jti"]
            )
        if account is None:
            return None
        began, ends = (datetime.fromtimestamp(claims[name], UTC) for name in ("iat", "exp"))
        caller_id, (tenant, alias) = f"{ACCOUNT_PREFIX}{account.id}", parted(account.alias)
        return Caller(caller_id, SESSION_SCOPES, alias, claims["jti"], ends, began, tenant)

    def close(self, store: Store, caller: Caller) -> None:
        """Take the caller's token back.

        Raises:
            SigningOffError: the caller has none, because auth is off.
        """
        if caller.token_id is None or caller.expires_at is None:
            raise SigningOffError("auth", "auth is off here: nobody is signed in")
        with store.writing() as connection:
            now = datetime.now(UTC)
            accounts.revoke_token(connection, caller.token_id, caller.expires_at, now)
