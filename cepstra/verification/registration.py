"""Who may make an account: whoever was invited, or anybody where the operator says so."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from cepstra.store.tenancy import joined, parted
from cepstra.verification.callers import Caller
from cepstra.verification.errors import NotInvitedError, SigningOffError
from cepstra.verification.signing import SigningKeys

TYPE = "invitation+jwt"
AUDIENCE = "cepstra-registration"
NEEDED = {"require": ["exp", "sub"]}


@dataclass(frozen=True)
class Registration:
    """The rule, and the invitations: signed names (JWT, EdDSA).

    An account of the name ends its invitation, for a name is given once.

    Attributes:
        keys: the current one signs, all of them check.
        is_open: nobody needs an invitation, to an account of no tenant.
    """

    keys: SigningKeys
    is_open: bool = False

    def invite(self, name: str, days: int) -> str:
        """Return an invitation to make the account of that name, or TENANT/NAME, within some days.

        Raises:
            SigningOffError: there is no key to sign with.
        """
        key = self.keys.current
        if key is None:
            raise SigningOffError("SIGNING_KEYS", "expected keys to sign with, got none")
        ends = datetime.now(UTC) + timedelta(days=days)
        claims = {"aud": AUDIENCE, "sub": name, "exp": ends}
        return key.sign(claims, TYPE)

    def demand(self, caller: Caller | None, name: str, invitation: str | None) -> tuple[str, str]:
        """Let an administrator's key, an invited person, or anybody where that is the rule, pass.

        Returns:
            Tenant and plain name of the account. A key of a tenant makes accounts of that alone.

        Raises:
            NotInvitedError: there is no invitation of that name that still holds.
        """
        own, (tenant, plain) = caller.tenant if caller else "", parted(name)
        tenant = tenant or own
        is_admin = caller is not None and "admin" in caller.scopes and own in ("", tenant)
        if (self.is_open and not tenant) or is_admin:
            return tenant, plain
        rules = {"audience": AUDIENCE, "subject": joined(tenant, plain), "options": NEEDED}
        if invitation and self.keys.read(invitation, TYPE, **rules):
            return tenant, plain
        text = "expected an invitation of that name, or a key with the scope admin"
        raise NotInvitedError("invitation", text)
