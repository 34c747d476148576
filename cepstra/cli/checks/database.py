"""The database: reachable, of this version's layout, and its key at hand. Nothing is written."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from cepstra.cli.checks.finding import Finding, note, ok, wrong

URL_MEND = "set DATABASE_URL to a database that is up, such as sqlite:///data/cepstra.db"
ROOM_MEND = "make room on that disk: until then nothing is enrolled, and attempts may fail"
LEAST_FREE_MIB = 16
KEY_MEND = "put the key back from your backup, or set DATA_KEYS; without it the data are lost"


def check_database() -> Iterable[Finding]:
    """It can be opened as it is."""
    import sqlalchemy as sa

    from cepstra.config import Config

    config = Config.from_environment()
    try:
        url = sa.make_url(config.database_url)
    except sa.exc.ArgumentError:
        return [wrong("database", "DATABASE_URL cannot be read", URL_MEND)]
    if url.get_backend_name() != "sqlite":
        return list(_examine(url, config))
    path = Path(url.database or ".")
    if not path.exists():
        return [_not_yet(path, url.render_as_string())]
    return [*_check_room(path), *_examine(url, config)]


def _examine(url: Any, config: Any) -> Iterable[Finding]:
    import sqlalchemy as sa

    shown = url.render_as_string()
    try:
        engine = _read_only(url)
    except (sa.exc.SQLAlchemyError, ImportError) as error:  # no such kind, or without its driver
        yield _unreadable(shown, error)
        return
    try:
        yield from _look(engine, shown, config)
    except sa.exc.SQLAlchemyError as error:
        yield _unreadable(shown, error)
    finally:
        engine.dispose()


def _unreadable(shown: str, error: Exception) -> Finding:
    cause = " ".join(str(getattr(error, "orig", None) or error).split())
    return wrong("database", f"{shown} cannot be read ({cause})", URL_MEND)


def _check_room(path: Path) -> Iterable[Finding]:
    folder = path.resolve().parent
    if not (os.access(path, os.W_OK) and os.access(folder, os.W_OK)):
        mend = f"let this user write {path} and files beside it, or set DATABASE_URL"
        yield wrong("database", f"{path} is read-only", mend)
    free_mib = shutil.disk_usage(folder).free / 2**20
    if free_mib < LEAST_FREE_MIB:
        text = f"the disk of {path} is full: {free_mib:.1f} MiB are free"
        yield wrong("database", text, ROOM_MEND)


def _not_yet(path: Path, shown: str) -> Finding:
    folder = next(parent for parent in path.resolve().parents if parent.exists())
    if not os.access(folder, os.W_OK):
        mend = f"let this user write into {folder}, or set DATABASE_URL"
        return wrong("database", f"{shown} cannot be made: {folder} is read-only", mend)
    return ok("database", f"{shown}: none yet, the service makes it at its first start")


def _read_only(url: Any) -> Any:
    import sqlalchemy as sa

    if url.get_backend_name() != "sqlite":
        return sa.create_engine(url)
    path = Path(url.database).resolve().as_posix()
    return sa.create_engine(f"sqlite:///file:{path}?mode=ro&uri=true")


def _look(engine: Any, shown: str, config: Any) -> Iterable[Finding]:
    from alembic.runtime.migration import MigrationContext
    from alembic.script import ScriptDirectory

    from cepstra.store.migrate import MIGRATIONS

    scripts = ScriptDirectory(str(MIGRATIONS))
    with engine.connect() as connection:
        layout = MigrationContext.configure(connection).get_current_revision()
        head = scripts.get_current_head()
        if layout == head:
            yield from _check_key(connection, shown, config)
        elif layout in {script.revision for script in scripts.walk_revisions()} | {None}:
            text = f"{shown} is old: its layout is {layout}, this version's is {head}"
            yield note("database", text, "back it up; the next start of the service updates it")
        else:
            text = f"{shown} has layout {layout}, which this version does not know"
            yield wrong("database", text, "a newer version made it: update this one (git pull)")


def _check_key(connection: Any, shown: str, config: Any) -> Iterable[Finding]:
    import sqlalchemy as sa

    from cepstra.store.key_register import PLAIN, registered
    from cepstra.store.keyring import KeyringError, parse_keys

    url = sa.make_url(config.database_url)
    key_file = Path(url.database or "").with_suffix(".key")
    used = registered(connection)
    if PLAIN in used:
        mend = "cepstra rotate-data-key --accept-plain, once"
        yield wrong("database", f"{shown} holds data that are not encrypted yet", mend)
        return
    try:
        text = config.data_keys.strip() or key_file.read_text(encoding="ascii")
        keyring = parse_keys(text, "DATA_KEYS" if config.data_keys.strip() else str(key_file))
    except FileNotFoundError:
        yield wrong("database", f"{key_file}, the key of {shown}, is missing", KEY_MEND)
        return
    except KeyringError as error:
        yield wrong("database", str(error), KEY_MEND)
        return
    missing = sorted(key for key in used if bytes.fromhex(key) not in keyring)
    if missing:
        what = f"{shown} is sealed with key {', '.join(missing)}, which is not at hand"
        yield wrong("database", what, KEY_MEND)
    else:
        yield ok("database", f"{shown}, layout and key fit")
