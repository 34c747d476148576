"""gunicorn's settings; its command line and GUNICORN_CMD_ARGS override them."""

import sys
from typing import Any

from config import Config, SettingError, is_loopback

_config = Config.from_environment()
bind = f"{_config.host}:{_config.port}"
workers = _config.web_concurrency
threads = 4
control_socket_disable = True


def on_starting(server: Any) -> None:
    """Refuse to start, before any worker does, where callers could come uninvited."""
    try:
        _config.check()
    except SettingError as error:
        sys.exit(f"Cepstra does not start. {error}")
    exposed = [str(address) for address in server.cfg.address if not _stays_here(address)]
    if exposed and not _config.auth_is_on:
        where = ", ".join(exposed)
        sys.exit(f"Cepstra does not start. Bound to {where} with AUTH off: say it with HOST.")
    if not _config.auth_is_on:
        print("Auth is off: whoever uses this machine may call.", file=sys.stderr, flush=True)


def _stays_here(address: tuple[str, int] | str | int) -> bool:
    return isinstance(address, tuple) and is_loopback(address[0])
