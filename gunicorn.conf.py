"""gunicorn's settings; its command line and GUNICORN_CMD_ARGS override them."""

import sys
from typing import Any

from sqlalchemy.exc import OperationalError

from config import Config, SettingError, is_loopback
from store import open_store, vector_index
from store.keyring import KeyringError
from store.vector_index import VectorIndexError

_config = Config.from_environment()
bind = f"{_config.host}:{_config.port}"
workers = _config.web_concurrency
threads = 4
control_socket_disable = True


def on_starting(server: Any) -> None:
    """Refuse to start, before any worker does, where callers could come uninvited."""
    try:
        _config.check()
        _refuse_exposure(server.cfg.address)
        store = open_store(_config.database_url, _config.data_keys, _config.stays_here)
        if _config.voiceprint_index == "pgvector":
            vector_index.require(store)
        store.close()
    except (SettingError, KeyringError, VectorIndexError) as error:
        sys.exit(f"Cepstra does not start. {error}")
    except OperationalError as error:
        sys.exit(f"Cepstra does not start. DATABASE_URL: it cannot be reached: {error.orig}")
    if not _config.auth_is_on:
        print("Auth is off: whoever uses this machine may call.", file=sys.stderr, flush=True)


def _refuse_exposure(addresses: list[Any]) -> None:
    exposed = [str(address) for address in addresses if not _stays_here(address)]
    if exposed and not (_config.auth_is_on and _config.data_keys):
        where = ", ".join(exposed)
        raise SettingError(f"Bound to {where} with settings for this machine: say it with HOST.")


def _stays_here(address: tuple[str, int] | str | int) -> bool:
    return isinstance(address, tuple) and is_loopback(address[0])
