"""From settings to a server: it imports nothing of the application, which gunicorn then loads."""

from __future__ import annotations

import os
import sys

from cepstra.server import start_up

SETTINGS = "python:cepstra.server.gunicorn_conf"


def serve() -> None:
    """Become gunicorn on the configured address, or end the process with a line that says why."""
    with start_up.ending_in_one_line():
        config = start_up.read_settings()
        start_up.expect_free_address(config)
    print(f"Cepstra: http://{config.address}  (Ctrl-C ends it)", flush=True)
    os.execv(
        sys.executable,
        [sys.executable, "-m", "gunicorn", f"--config={SETTINGS}", "cepstra.api:app"],
    )
