"""gunicorn's settings; its command line and GUNICORN_CMD_ARGS override them."""

import sys
from typing import Any

import start_up
from config import SettingError, is_loopback

with start_up.ending_in_one_line():
    _config = start_up.read_settings()
bind = f"{_config.host}:{_config.port}"
workers = _config.web_concurrency
threads = 4
control_socket_disable = True


def on_starting(server: Any) -> None:
    """Refuse to start, before any worker does, where callers could come uninvited."""
    with start_up.ending_in_one_line():
        _refuse_exposure(server.cfg.address)
        start_up.prepare_database(_config)
    if not _config.auth_is_on:
        print("Auth is off: whoever uses this machine may call.", file=sys.stderr, flush=True)


def _refuse_exposure(addresses: list[Any]) -> None:
    exposed = [str(address) for address in addresses if not _stays_here(address)]
    if exposed and not (_config.auth_is_on and _config.data_keys):
        where = ", ".join(exposed)
        raise SettingError(f"Bound to {where} with settings for this machine: say it with HOST.")


def _stays_here(address: tuple[str, int] | str | int) -> bool:
    return isinstance(address, tuple) and is_loopback(address[0])
