"""The provider's settings: environment variables, each once."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from joserfc.jwk import KeySet

from oidc.clients import Client, read_clients, read_json, read_keys

REQUIRED = (
    "OIDC_ISSUER",
    "OIDC_CLIENTS",
    "OIDC_KEYS",
    "OIDC_DATABASE",
    "CEPSTRA_URL",
    "CEPSTRA_KEY",
)
LOOPBACK = ("127.0.0.1", "localhost", "::1")


@dataclass(frozen=True)
class Settings:
    """What a provider needs to know.

    Attributes:
        issuer: the address that relying parties know it by, without a slash at the end.
        clients: the relying parties by id.
        keys: private RSA keys that sign ID tokens, current first.
        database: the file of what is kept from one request to the next.
        cepstra_url: the service.
        cepstra_key: an API key of it with the scope `verify`.
        assertion_issuer: the service's ASSERTION_ISSUER.
        assertion_audience: the service's ASSERTION_AUDIENCE.
    """

    issuer: str
    clients: Mapping[str, Client]
    keys: KeySet
    database: Path
    cepstra_url: str
    cepstra_key: str
    assertion_issuer: str
    assertion_audience: str

    @classmethod
    def from_environment(cls, environment: Mapping[str, str]) -> Settings:
        """Read and check them.

        Raises:
            ValueError: one is missing or cannot be used; says which, expected and got.
        """
        if missing := [name for name in REQUIRED if not environment.get(name)]:
            raise ValueError(f"Not set: {', '.join(missing)}")
        keys = read_keys("OIDC_KEYS", read_json(Path(environment["OIDC_KEYS"])))
        if not all(key.key_type == "RSA" and key.is_private for key in keys.keys):
            raise ValueError("OIDC_KEYS: expected private RSA keys, got others")
        return cls(
            issuer=_issuer(environment["OIDC_ISSUER"]),
            clients=read_clients(Path(environment["OIDC_CLIENTS"])),
            keys=keys,
            database=Path(environment["OIDC_DATABASE"]),
            cepstra_url=environment["CEPSTRA_URL"].rstrip("/"),
            cepstra_key=environment["CEPSTRA_KEY"],
            assertion_issuer=environment.get("ASSERTION_ISSUER", "cepstra"),
            assertion_audience=environment.get("ASSERTION_AUDIENCE", "relying-party"),
        )

    @property
    def acr(self) -> str:
        """Return the `acr` of every ID token: a voice, checked beside a first factor."""
        return f"{self.issuer}/acr/voice"


def _issuer(text: str) -> str:
    parts = urlsplit(text)
    is_safe = parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in LOOPBACK)
    if not is_safe or parts.path or parts.query or parts.fragment:
        expected = "https://HOST without a path (http on this machine alone)"
        raise ValueError(f"OIDC_ISSUER: expected {expected}, got {text!r}")
    return text
