"""gunicorn's settings; its command line and GUNICORN_CMD_ARGS override them."""

import importlib
import sys
from logging.config import dictConfig
from typing import Any

from gunicorn.glogging import Logger

from cepstra.config import SettingError, is_loopback
from cepstra.monitoring import log_lines, shared_folder
from cepstra.server import collector, start_up

with start_up.ending_in_one_line():
    _config = start_up.read_settings()
shared_folder.make()  # before anything imports prometheus_client
from cepstra.monitoring import metrics  # noqa: E402
from cepstra.server import webhook_sender  # noqa: E402
from cepstra.server.worker import BufferingWorker  # noqa: E402

bind = _config.address
workers = _config.web_concurrency
threads = 4
worker_connections = 500
keepalive = 75  # longer than proxies keep theirs (60 s): who sends last must be the one who ends it
graceful_timeout = 25  # Heroku and systemd give a stopping service 30 s
control_socket_disable = True
secure_scheme_headers: dict[str, str] = {}  # what a proxy tells is TRUSTED_PROXIES' to say
forwarder_headers = ""  # else SCRIPT_NAME of anybody on this machine


class logger_class(Logger):  # type: ignore[misc]  # noqa: N801 - gunicorn's name for it
    """gunicorn's own messages among ours; its access log would name speakers, and is left out."""

    def setup(self, cfg: Any) -> None:
        """Send all lines to standard error in the form that the settings ask for."""
        super().setup(cfg)
        dictConfig(log_lines.configuration(_config.log_level, _config.log_format))

    def warning(self, msg: Any, *args: Any, **named: Any) -> None:
        """Name the kind alone of a request that no parser reads: gunicorn quotes what it held."""
        about, _, _ = str(msg).partition(": ")
        kind = sys.exc_info()[0]
        if kind and about.startswith("Invalid request from ip="):
            msg, args = f"{about}: {kind.__name__}", ()
        super().warning(msg, *args, **named)

    def exception(self, msg: Any, *args: Any, **named: Any) -> None:
        """Leave out addresses, which name speakers."""
        is_quoting = str(msg).startswith("Error handling request %s")
        told = ("Error handling request",) if is_quoting else (msg, *args)
        super().exception(*told, **named)

    def access(self, *_args: Any) -> None:
        """Leave it to resources/request_log.py."""


class worker_class(BufferingWorker):  # noqa: N801 - gunicorn's name for it
    """The worker with the settings' limits."""

    request_s = _config.request_timeout_s
    max_body_bytes = _config.max_body_bytes
    most_of_address = 0 if _config.trusted_proxies else _config.connections_per_address


def on_starting(server: Any) -> None:
    """Refuse to start, before any worker does, where callers could come uninvited."""
    with start_up.ending_in_one_line():
        _refuse_exposure(server.cfg.address)
        start_up.prepare_database(_config)
    if not _config.auth_is_on:
        server.log.warning("Auth is off: whoever uses this machine may call.")


def when_ready(server: Any) -> None:
    """Load the application before any worker is forked, in memory that all of them share."""
    importlib.import_module(server.app.app_uri.partition(":")[0])
    collector.settle()


def post_fork(_server: Any, worker: Any) -> None:
    """Let the worker tell how many connections wait."""
    metrics.watch_listeners(worker.sockets)


def post_worker_init(worker: Any) -> None:
    """Have the collector leave alone what stays for good; a worker also ends the sooner."""
    if _config.webhook_url:
        webhook_sender.start(worker.wsgi.extensions["service"].store, _config)
    collector.settle()


def child_exit(_server: Any, worker: Any) -> None:
    """Forget what a worker that ended was doing."""
    shared_folder.forget_worker(worker.pid)


def _refuse_exposure(addresses: list[Any]) -> None:
    exposed = [str(a) for a in addresses if not (isinstance(a, tuple) and is_loopback(a[0]))]
    if exposed and not (_config.auth_is_on and _config.data_keys):
        where = ", ".join(exposed)
        raise SettingError(f"Bound to {where} with settings for this machine: say it with HOST.")
