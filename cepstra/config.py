"""Every setting of the service, once: environment name, type, default, check, meaning."""

from __future__ import annotations

import ipaddress
import os
from collections.abc import Mapping
from dataclasses import Field, dataclass, field, fields
from typing import Any

from cepstra import setting_checks as checks

FEWEST_DIGITS, MOST_DIGITS = 3, 6  # of a challenge, also of one that a caller asks for


class SettingError(ValueError):
    """A setting in the environment cannot be used; says which, what was expected and got."""


def _setting(default: Any, check: checks.Check, meaning: str) -> Any:
    return field(default=default, metadata={"check": check, "meaning": meaning})


def _secret(check: checks.Check, meaning: str, is_made: bool = True) -> Any:
    """Declare a setting that never appears in a repr; `make-secrets` makes it or somebody else."""
    metadata = {"check": check, "meaning": meaning, "is_made": is_made}
    return field(default="", repr=False, metadata=metadata)


@dataclass(frozen=True)
class Config:
    """The settings; each field is read from the environment variable of its name in capitals."""

    host: str = _setting("127.0.0.1", checks.some_text, "address to listen on")
    port: int = _setting(5000, checks.between(0, 65535), "port to listen on")
    web_concurrency: int = _setting(2, checks.ONE_OR_MORE, "gunicorn workers")
    database_url: str = _setting(
        "sqlite:///data/cepstra.db",
        checks.database_url,
        "where enrolments are kept; or postgresql://...",
    )
    database_pool_size: int = _setting(
        5, checks.ONE_OR_MORE, "most connections of a worker to PostgreSQL"
    )
    voiceprint_index: str = _setting(
        "memory", checks.one_of("memory", "pgvector"), "where identification searches; or pgvector"
    )
    retention_days: int = _setting(
        0, checks.SOME_DAYS, "days without use after which a speaker is deleted; 0: never"
    )
    audit_retention_days: int = _setting(
        365, checks.SOME_DAYS, "days audit entries are kept; 0: for good"
    )
    require_consent: bool = _setting(
        False, checks.any_value, "refuse speech of speakers who have not consented"
    )
    audit_log: str = _setting(
        "stdout", checks.line_target, "where audit lines go: stdout, none or a file"
    )
    target_false_accept_rate: float = _setting(
        0.01,
        checks.share,
        "share of impostors that may be accepted, unless `calibrate` adopted a threshold",
    )
    min_speech_s: float = _setting(
        0.6, checks.between(0, 60), "seconds of speech below which nothing is decided"
    )
    model_folders: str = _setting(
        "",
        checks.any_value,
        "folders of `cepstra train`, separated by commas, for /score?system=NAME",
    )
    max_body_bytes: int = _setting(
        1024 * 1024, checks.ONE_OR_MORE, "largest request body, unpacked"
    )
    auth: str = _setting(
        "auto",
        checks.one_of("auto", "on", "off"),
        "on, off, or auto: off while HOST is loopback, else on",
    )
    dyno: str = _setting("", checks.any_value, "set by Heroku; auto then means on")
    trusted_proxies: int = _setting(
        0, checks.NONE_OR_MORE, "proxies in front whose X-Forwarded-* headers count"
    )
    registration: str = _setting(
        "invited",
        checks.one_of("invited", "open"),
        "who may make an account: invited (or an admin key), or open for everybody",
    )
    challenge_digits: int = _setting(
        5, checks.between(FEWEST_DIGITS, MOST_DIGITS), "random digits of a challenge, 3 to 6"
    )
    challenge_min_digits: int = _setting(
        5,
        checks.between(FEWEST_DIGITS, MOST_DIGITS),
        "fewest digits that a caller may ask for where assertions are signed, 3 to 6",
    )
    challenges_per_hour: int = _setting(
        30, checks.ONE_OR_MORE, "challenges posed for a speaker within an hour, with auth on"
    )
    prompt_words: str = _setting(
        "",
        checks.ten_words,
        "ten words that the page asks for in place of the digits 0 to 9, such as moon,river,...; "
        "whoever changes them enrols everybody anew",
    )
    digit_takes: int = _setting(
        4, checks.ONE_OR_MORE, "newest takes of each digit that an answer is compared with"
    )
    replay_takes: int = _setting(
        120, checks.ONE_OR_MORE, "newest takes that are compared to find repetitions"
    )
    replay_days: int = _setting(
        180, checks.DAYS, "for how long the newest answers are kept and compared too"
    )
    rate_limit_address: str = _setting(
        "600 per minute", checks.rate, "calls of one address, with auth on"
    )
    rate_limit_token: str = _setting("300 per minute", checks.rate, "calls with one token")
    rate_limit_speaker: str = _setting("120 per minute", checks.rate, "calls for one speaker")
    rate_limit_search: str = _setting(
        "600 per hour",
        checks.rate,
        "/identify, /recognise, /timeline and /compare of one caller",
    )
    rate_limit_work: str = _setting(
        "30000 per minute", checks.rate, "milliseconds of processor time of one caller's calls"
    )
    rate_limit_sign_in: str = _setting(
        "20 per minute", checks.rate, "sign-ins and new accounts of an address"
    )
    rate_limit_storage: str = _setting(
        "memory://",
        checks.count_storage,
        "where calls are counted: each worker for itself; or redis://HOST",
    )
    lockout_after: int = _setting(
        5, checks.ONE_OR_MORE, "rejected attempts in a row that lock a speaker"
    )
    lockout_s: int = _setting(30, checks.SECONDS, "seconds of the first lock; it doubles each time")
    cors_origins: str = _setting(
        "", checks.origins, "origins of other pages that may call, such as https://a.example"
    )
    assertion_issuer: str = _setting("cepstra", checks.some_text, "who says so, in assertions")
    assertion_audience: str = _setting("relying-party", checks.some_text, "to whom, in assertions")
    assertion_s: int = _setting(
        60, checks.SECONDS, "seconds within which an assertion has to be used"
    )
    session_s: int = _setting(
        900, checks.SECONDS, "seconds until a signed-in person has to sign in again"
    )
    password_fresh_s: int = _setting(
        300,
        checks.SECONDS,
        "seconds after signing in within which a person may enrol, export and delete",
    )
    request_timeout_s: float = _setting(
        20.0, checks.between(1, 300), "seconds within which a request has to arrive"
    )
    connections_per_address: int = _setting(
        200,
        checks.NONE_OR_MORE,
        "open connections of one address to a worker, where no proxy stands in front; 0: any",
    )
    log_format: str = _setting(
        "auto",
        checks.one_of("auto", "json", "text"),
        "json, text, or auto: text on a terminal, else json",
    )
    log_level: str = _setting(
        "info",
        checks.one_of("debug", "info", "warning", "error"),
        "least that is logged: debug, info, warning or error",
    )
    webhook_url: str = _setting(
        "",
        checks.webhook_url,
        "where events about speakers are sent, such as https://shop.example/events",
    )
    webhook_secret: str = _secret(
        checks.webhook_secret, "what signs them: whsec_ and 32 bytes in base64", is_made=False
    )
    data_keys: str = _secret(
        checks.any_value,
        "keys that voices are encrypted with, current first; SQLite on loopback makes a key file",
    )
    signing_keys: str = _secret(
        checks.any_value, "Ed25519 keys that sign tokens, current first; needed while auth is on"
    )
    metrics_token: str = _secret(
        checks.token, "token that opens /metrics while auth is on; without, nobody does"
    )

    @classmethod
    def from_environment(cls, environment: Mapping[str, str] = os.environ) -> Config:
        """Read the settings.

        Raises:
            SettingError: a value has the wrong type.
        """
        given: dict[str, Any] = {
            spec.name: _parse(spec, environment[spec.name.upper()])
            for spec in fields(cls)
            if spec.name.upper() in environment
        }
        return cls(**given)

    @property
    def auth_is_on(self) -> bool:
        """Tell whether callers have to say who they are."""
        return self.auth == "on" or (self.auth == "auto" and not self.stays_here)

    @property
    def stays_here(self) -> bool:
        """Tell whether only this machine can reach the service."""
        return is_loopback(self.host) and not self.dyno

    @property
    def words_to_say(self) -> list[str]:
        """What people say in place of the digits 0 to 9; empty: the digits."""
        return checks.split_words(self.prompt_words)

    @property
    def address(self) -> str:
        """HOST:PORT as URLs and gunicorn write it, an IPv6 address in brackets."""
        host = self.host.strip("[]")
        return f"[{host}]:{self.port}" if ":" in host else f"{host}:{self.port}"

    def check(self) -> None:
        """Refuse settings under which the service must not start.

        Raises:
            SettingError: one cannot be used, AUTH is off where others could call, or a secret is
                missing.
        """
        self._check_each()
        if self.auth == "off" and not self.stays_here:
            where = "a dyno" if self.dyno else f"HOST {self.host}"
            text = f"AUTH: off is for 127.0.0.1 only, got {where}: others could call"
            raise SettingError(text)
        self._check_together()
        if missing := self._missing_secrets():
            text = f"Not set: {', '.join(missing)}. Print fresh ones with"
            raise SettingError(f"{text} `cepstra make-secrets`, keep them, and set them.")

    def _missing_secrets(self) -> list[str]:
        has_key_file = self.stays_here and self.database_url.startswith("sqlite")
        needed = {"signing_keys": self.auth_is_on, "data_keys": not has_key_file}
        names = [spec.name for spec in secrets()]
        return [name.upper() for name in names if needed.get(name) and not getattr(self, name)]

    def _check_each(self) -> None:
        for spec in fields(self):
            value = getattr(self, spec.name)
            if expected := spec.metadata["check"](value):
                got = repr(checks.without_password(value)) if spec.repr else "something else"
                raise SettingError(f"{spec.name.upper()}: expected {expected}, got {got}")

    def _check_together(self) -> None:
        if self.webhook_url and not self.webhook_secret:
            raise SettingError("WEBHOOK_SECRET: expected one with WEBHOOK_URL, got none")
        if self.voiceprint_index == "pgvector" and not self.database_url.startswith("postgres"):
            raise SettingError("VOICEPRINT_INDEX: pgvector needs PostgreSQL in DATABASE_URL")
        if self.challenge_min_digits > self.challenge_digits:
            most, got = self.challenge_digits, self.challenge_min_digits
            raise SettingError(f"CHALLENGE_MIN_DIGITS: expected at most {most}, got {got}")


def secrets() -> list[Field[Any]]:
    """Return the secrets that `make-secrets` makes."""
    return [spec for spec in fields(Config) if spec.metadata.get("is_made")]


def is_loopback(host: str) -> bool:
    """Tell whether only this machine can reach an address to listen on."""
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return host.lower() == "localhost"


def network_of(address: str) -> str:
    """Return by what the calls of an address are counted: itself, or the /64 of an IPv6 address.

    A line has a /64 of these or more (RFC 6177): each call could come from another one. Some
    proxies tell a port too.
    """
    host = address[1:].partition("]")[0] if address.startswith("[") else address
    host = host.partition(":")[0] if host.count(":") == 1 else host
    try:
        known = ipaddress.ip_address(host.partition("%")[0])
    except ValueError:
        return address
    if isinstance(known, ipaddress.IPv4Address):
        return str(known)
    return str(known.ipv4_mapped or ipaddress.IPv6Network((int(known) >> 64 << 64, 64)))


def _parse(spec: Field[Any], text: str) -> str | int | float:
    if isinstance(spec.default, bool):
        return _parse_bool(spec.name.upper(), text)
    kind: type[str] | type[int] | type[float] = type(spec.default)  # type: ignore[assignment]
    try:
        value: str | int | float = kind(text)
        return value
    except ValueError:
        expected = "a whole number" if kind is int else "a number"
        name = spec.name.upper()
        raise SettingError(f"{name}: expected {expected}, got {text!r}") from None


def _parse_bool(name: str, text: str) -> bool:
    if text.lower() not in ("true", "false"):
        raise SettingError(f"{name}: expected true or false, got {text!r}")
    return text.lower() == "true"
