"""`serve`: serve the page and the API on this machine."""

from __future__ import annotations

import os

import click

from cepstra.server import start_up


@click.command("serve")
@click.option("--host", help="Address to listen on.  [default: HOST, else 127.0.0.1]")
@click.option("--port", type=click.IntRange(1, 65535), help="Port.  [default: PORT, else 5000]")
def command(host: str | None, port: int | None) -> None:
    """Serve until Ctrl-C; on another address than this machine's own, auth is on."""
    if host:
        os.environ["HOST"] = host
    if port:
        os.environ["PORT"] = str(port)
    start_up.serve()
