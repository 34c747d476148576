"""What has to hold before anything is served; else one line that says what to do, and the end."""

from __future__ import annotations

import errno
import os
import socket
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NoReturn

from sqlalchemy.exc import DBAPIError

from cepstra.config import Config, SettingError
from cepstra.exit_status import Exit
from cepstra.store import open_store, vector_index
from cepstra.store.availability import cause
from cepstra.store.engine import parse_url
from cepstra.store.keyring import parse_keys
from cepstra.verification.own_network import load_own_networks
from cepstra.verification.signing import SigningKeys

SETTINGS = "python:cepstra.server.gunicorn_conf"


def serve() -> None:
    """Become gunicorn on the configured address, or end the process with a line that says why.

    Nothing of the application is imported here: gunicorn loads it then.
    """
    with ending_in_one_line():
        config = read_settings()
        expect_free_address(config)
    print(f"Cepstra: http://{config.address}  (Ctrl-C ends it)", flush=True)
    os.execv(
        sys.executable,
        [sys.executable, "-m", "gunicorn", f"--config={SETTINGS}", "cepstra.api:app"],
    )


@contextmanager
def ending_in_one_line() -> Iterator[None]:
    """End the process, without a traceback, where it cannot go on as it is set up."""
    try:
        yield
    except ValueError as error:  # of a setting, a key or an address; each says which
        _end(str(error), Exit.USAGE)
    except DBAPIError as error:
        _end(f"DATABASE_URL: it cannot be opened: {cause(error)}", Exit.NO_SERVICE)
    except OSError as error:
        _end(f"{error.filename}: {error.strerror}", Exit.USAGE)


def read_settings() -> Config:
    """Return the settings of the environment, every one of them checked.

    Raises:
        SettingError: one cannot be used.
        KeyringError: a key for data cannot be read.
        ModelFolderError: a folder of a network cannot be used.
    """
    config = Config.from_environment()
    config.check()
    read_signing_keys(config)
    if config.data_keys:
        parse_keys(config.data_keys, "DATA_KEYS")
    if config.model_folders:
        rate, least_s = config.target_false_accept_rate, config.min_speech_s
        load_own_networks(config.model_folders, rate, least_s)
    return config


def expect_free_address(config: Config) -> None:
    """See that nobody listens there yet, before gunicorn tries for five seconds.

    Raises:
        SettingError: another program does, or the address is not this machine's to listen on.
    """
    host = config.host.strip("[]")
    try:
        family, *_, address = socket.getaddrinfo(host, config.port, type=socket.SOCK_STREAM)[0]
        with socket.socket(family) as listener:
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            listener.bind(address)
    except OSError as error:
        if error.errno == errno.EADDRINUSE:
            text = f"PORT: another program listens on {config.address}; end it, or set another"
            raise SettingError(f"{text}, such as PORT={config.port + 1}") from None
        text = f"HOST, PORT: {config.address} cannot be listened on"
        raise SettingError(f"{text}: {error.strerror}") from None


def prepare_database(config: Config) -> None:
    """Bring the database up to date and see that its data can be read.

    Raises:
        KeyringError: the key that data are encrypted with is missing.
        SettingError: SQLite's file, or the folder around it, is read-only.
        UnknownLayoutError: a newer version made it.
        VectorIndexError: the settings ask for an index that the database cannot keep.
        sqlalchemy.exc.OperationalError: the database does not answer.
    """
    _expect_writable(config.database_url)
    store = open_store(config.database_url, config.data_keys, config.stays_here)
    if config.voiceprint_index == "pgvector":
        vector_index.require(store)
    store.close()


def _expect_writable(database_url: str) -> None:
    url = parse_url(database_url)
    if url.get_backend_name() != "sqlite" or not Path(url.database or "").is_file():
        return
    path = Path(url.database or "").resolve()
    if locked := [place for place in (path, path.parent) if not os.access(place, os.W_OK)]:
        raise SettingError(f"DATABASE_URL: this user may not write to {locked[0]}")


def read_signing_keys(config: Config) -> SigningKeys:
    """Return the keys that sign tokens, perhaps none while auth is off.

    Raises:
        SettingError: they cannot be read.
    """
    try:
        return SigningKeys.from_text(config.signing_keys)
    except ValueError as error:
        raise SettingError(f"SIGNING_KEYS: {error}") from None


def _end(text: str, status: int) -> NoReturn:
    print(f"Cepstra does not start. {' '.join(text.split())}", file=sys.stderr, flush=True)
    sys.exit(status)
