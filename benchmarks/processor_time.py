"""Processor time of whole requests, without a network."""

from __future__ import annotations

import time
from collections.abc import Sequence

import numpy as np
from flask.testing import FlaskClient


def put_s(client: FlaskClient, path: str, body: bytes) -> float:
    """Send the JSON and return the seconds of processor time until the whole reply is there.

    Raises:
        RuntimeError: the reply is not 200.
    """
    started = time.process_time()
    reply = client.put(path, data=body, content_type="application/json")
    elapsed_s = time.process_time() - started
    if reply.status_code != 200:
        raise RuntimeError(f"PUT {path}: {reply.status_code} {reply.data[:300]!r}")
    return elapsed_s


def median_ms(seconds: Sequence[float]) -> float:
    """Return the median of seconds in milliseconds."""
    return 1000 * float(np.median(seconds))
