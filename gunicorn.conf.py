"""gunicorn's settings; its command line and GUNICORN_CMD_ARGS override them."""

import sys
from typing import Any

from sqlalchemy.exc import OperationalError

from config import Config, SettingError, is_loopback
from store import open_store
from store.keyring import KeyringError

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
        open_store(_config.database_url, _config.data_keys, _config.stays_here).close()
    except (SettingError, KeyringError) as error:
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
