"""The tables, as SQLAlchemy sees them; cepstra/store/migrations builds them."""

from __future__ import annotations

import secrets
from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa

from cepstra.store.tenancy import LONGEST_TENANT

metadata = sa.MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)


class Moment(sa.TypeDecorator[datetime]):
    """A point in time, kept in UTC without its zone, handed out with it."""

    impl = sa.DateTime
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Any) -> datetime | None:
        """Drop the zone of a time in UTC."""
        return None if value is None else value.astimezone(UTC).replace(tzinfo=None)

    def process_result_value(self, value: datetime | None, dialect: Any) -> datetime | None:
        """Name the zone again."""
        return None if value is None else value.replace(tzinfo=UTC)


class SealedBytes(sa.LargeBinary):
    """What store.encryption makes, bound to the row that the table's foreign key names.

    store.rotation finds its columns by this type.
    """


def _now() -> datetime:
    return datetime.now(UTC)


def _subject() -> str:
    return secrets.token_hex(16)


# With its tenant before it; SQLite takes no account of lengths.
_ALIAS = sa.String(64).with_variant(sa.String(LONGEST_TENANT + 1 + 64), "postgresql")


def _tenant() -> sa.Column[str]:
    return sa.Column("tenant", sa.String(LONGEST_TENANT), nullable=False, server_default="")


def _speaker_key(primary_key: bool = False) -> sa.Column[int]:
    reference = sa.ForeignKey("speakers.id", ondelete="CASCADE")
    return sa.Column("speaker_id", sa.Integer, reference, nullable=False, primary_key=primary_key)


speakers = sa.Table(
    "speakers",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("alias", _ALIAS, nullable=False, unique=True),
    sa.Column("frontend", sa.String(32)),
    sa.Column("width", sa.Integer),
    sa.Column("revision", sa.Integer, nullable=False, server_default="0"),
    sa.Column("created_at", Moment, nullable=False, default=_now),
    sa.Column("subject", sa.String(32), nullable=False, default=_subject, server_default=""),
    sa.Column("likeness", sa.Text, index=True),  # null where a process of before made the speaker
    sqlite_autoincrement=True,
)

takes = sa.Table(
    "takes",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    _speaker_key(),
    sa.Column("role", sa.String(9), nullable=False),
    sa.Column("digit", sa.Integer),
    sa.Column("ordinal", sa.Integer, nullable=False),
    sa.Column("n_frames", sa.Integer, nullable=False),
    sa.Column("arrays", SealedBytes, nullable=False),
    sa.Column("created_at", Moment, nullable=False, default=_now),
    sa.Column("device", sa.String(64)),
    sa.Column("name", sa.String(64), nullable=False),
    sa.Column("prints", SealedBytes),
    sa.Index(None, "speaker_id", "role", "id"),
    sa.UniqueConstraint("speaker_id", "name"),
    sqlite_autoincrement=True,
)

models = sa.Table(
    "models",
    metadata,
    _speaker_key(primary_key=True),
    sa.Column("revision", sa.Integer, nullable=False),
    sa.Column("system", sa.String(64), nullable=False, server_default="classic"),
    sa.Column("summary", sa.JSON, nullable=False),
    sa.Column("arrays", SealedBytes, nullable=False),
)

voiceprints = sa.Table(
    "voiceprints",
    metadata,
    _speaker_key(primary_key=True),
    sa.Column("system", sa.String(64), nullable=False),
    sa.Column("change", sa.Integer, nullable=False, index=True),
    sa.Column("vector", SealedBytes, nullable=False),
)

voiceprint_counters = sa.Table(
    "voiceprint_counters",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("changes", sa.Integer, nullable=False),
    sa.Column("deletions", sa.Integer, nullable=False),
)

scorings = sa.Table(
    "scorings",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    _speaker_key(),
    sa.Column("digit", sa.Integer),  # the last
    sa.Column("digits", sa.Text),  # all, one character each; null in attempts older than the column
    sa.Column("result", sa.Integer, nullable=False),
    sa.Column("decided", sa.Text),  # null in attempts older than the column
    sa.Column("created_at", Moment, nullable=False, default=_now),
    sa.Index(None, "speaker_id", "id"),
    sqlite_autoincrement=True,
)

consents = sa.Table(
    "consents",
    metadata,
    _speaker_key(primary_key=True),
    sa.Column("version", sa.String(64), nullable=False),
    sa.Column("created_at", Moment, nullable=False),
)

thresholds = sa.Table(
    "thresholds",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("system", sa.String(64), nullable=False),
    sa.Column("threshold", sa.Float, nullable=False),
    sa.Column("created_at", Moment, nullable=False, default=_now),
    _tenant(),
    sa.Index(None, "system", "id"),
    sqlite_autoincrement=True,
)

data_keys = sa.Table(
    "data_keys",
    metadata,
    sa.Column("key_id", sa.String(8), primary_key=True),
    sa.Column("created_at", Moment, nullable=False, default=_now),
)

# Without a foreign key: entries outlive their speaker, and numbers of speakers are not used again.
audit_log = sa.Table(
    "audit_log",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("created_at", Moment, nullable=False, index=True),
    sa.Column("caller", sa.String(64), nullable=False),
    sa.Column("action", sa.String(32), nullable=False),
    sa.Column("speaker_id", sa.Integer),
    sa.Column("decision", sa.String(16), nullable=False),
    sa.Column("reason", sa.String(200)),
    sa.Column("address", sa.String(64)),
    _tenant(),
    sa.Index(None, "speaker_id", "id"),
    sa.Index(None, "tenant", "id"),
    sqlite_autoincrement=True,
)


# Those who may call: keys of backends, accounts of people, tokens taken back.
api_keys = sa.Table(
    "api_keys",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("name", sa.String(64), nullable=False),
    sa.Column("key_hash", sa.LargeBinary, nullable=False, unique=True),
    sa.Column("scopes", sa.String(64), nullable=False),
    sa.Column("created_at", Moment, nullable=False, default=_now),
    sa.Column("expires_at", Moment),
    sa.Column("revoked_at", Moment),
    _tenant(),
    sqlite_autoincrement=True,
)

accounts = sa.Table(
    "accounts",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column(
        "speaker_id",
        sa.Integer,
        sa.ForeignKey("speakers.id", ondelete="CASCADE"),
        nullable=False,
        unique=True,
    ),
    sa.Column("password_hash", sa.String(128), nullable=False),
    sa.Column("created_at", Moment, nullable=False, default=_now),
    sa.Column("password_version", sa.Integer, nullable=False, server_default="1"),
    sqlite_autoincrement=True,
)

# Names of speakers who were deleted, so that nobody else gets them; see store/retired_names.py.
retired_names = sa.Table(
    "retired_names",
    metadata,
    sa.Column("name_hash", sa.String(64), primary_key=True),
    sa.Column("owner", sa.String(16), nullable=False),
)

revoked_tokens = sa.Table(
    "revoked_tokens",
    metadata,
    sa.Column("jti", sa.String(32), primary_key=True),
    sa.Column("expires_at", Moment, nullable=False),
    sa.Index(None, "expires_at"),
)


# Challenges: open ones, what was answered so far, and what was said lately.
challenges = sa.Table(
    "challenges",
    metadata,
    sa.Column("id", sa.String(32), primary_key=True),
    sa.Column("alias", _ALIAS, nullable=False),
    sa.Column("holder", sa.String(32), nullable=False),
    sa.Column("digits", sa.String(10), nullable=False),
    sa.Column("expires_at", Moment, nullable=False),
    sa.Index(None, "expires_at"),
    sa.Index(None, "alias"),
)

answers = sa.Table(
    "answers",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column(
        "challenge_id",
        sa.String(32),
        sa.ForeignKey("challenges.id", ondelete="CASCADE"),
        nullable=False,
    ),
    sa.Column("digit", sa.Integer),
    sa.Column("frontend", sa.String(32)),
    sa.Column("arrays", SealedBytes, nullable=False),
    sa.Index(None, "challenge_id", "id"),
)

fingerprints = sa.Table(
    "fingerprints",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    _speaker_key(),
    sa.Column("detector", sa.String(64), nullable=False),
    sa.Column("fingerprint", SealedBytes, nullable=False),
    sa.Column("created_at", Moment, nullable=False, default=_now, index=True),
    sa.Column("digit", sa.Integer),
    sa.Column("is_accepted", sa.Boolean, nullable=False, server_default=sa.false()),
    sa.Index(None, "speaker_id", "detector", "id"),
    sqlite_autoincrement=True,
)


# How often somebody was rejected in a row, and until when they wait.
lockouts = sa.Table(
    "lockouts",
    metadata,
    sa.Column("kind", sa.String(8), primary_key=True),
    sa.Column("alias", _ALIAS, primary_key=True),
    sa.Column("rejects", sa.Integer, nullable=False),
    sa.Column("locked_until", Moment),
    sa.Column("updated_at", Moment, nullable=False),
    sa.Index(None, "updated_at"),
)

# Events on their way to the operator's backend.
outbox = sa.Table(
    "outbox",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("name", sa.String(32), nullable=False),
    sa.Column("body", sa.Text, nullable=False),
    sa.Column("tries", sa.Integer, nullable=False),
    sa.Column("due_at", Moment, nullable=False, index=True),
    sa.Column("created_at", Moment, nullable=False),
    sqlite_autoincrement=True,
)
