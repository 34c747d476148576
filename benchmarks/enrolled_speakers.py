"""Processor time of /score and /train by the number of enrolled speakers."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from flask.testing import FlaskClient

from benchmarks.made_up_speakers import fill
from benchmarks.messages import messages
from benchmarks.processor_time import put_s
from cepstra.api import create_app
from cepstra.config import Config
from cepstra.verification.speaker_cache import MOST_SPEAKERS

TARGET = "target"
N_DIGITS = 12


@dataclass
class CostBySpeakers:
    """Seconds of processor time of whole requests among so many speakers, without a network.

    Attributes:
        score: of a speaker whose model is in memory.
        read: the same of one whose model has to be read, decrypted and prepared; none where all
            speakers fit into memory.
        train: of one take.
    """

    n_speakers: int
    score: list[float] = field(default_factory=list)
    read: list[float] = field(default_factory=list)
    train: list[float] = field(default_factory=list)


def measure(sizes: Sequence[int], calls: int, advance: Callable[[], None]) -> list[CostBySpeakers]:
    """Call services with different numbers of speakers in turns, so that all see one machine.

    Args:
        sizes: numbers of speakers.
        calls: of each kind and service.
        advance: called after filling a store and after each of the turns.
    """
    with tempfile.TemporaryDirectory() as folder:
        clients = []
        for size in sizes:
            clients.append(_service(f"sqlite:///{folder}/{size}.db", size))
            advance()
        costs = [CostBySpeakers(size) for size in sizes]
        bodies = messages()
        for call in range(calls):
            body = bodies[call % len(bodies)]
            for client, cost in zip(clients, costs, strict=True):
                cost.score.append(put_s(client, f"/score?speaker={TARGET}", body))
                cost.train.append(put_s(client, f"/train?speaker={TARGET}", body))
                put_s(client, f"/score?speaker={TARGET}", body)  # reads what was trained
                if cost.n_speakers > 2 * MOST_SPEAKERS:
                    alias = f"s{1 + call * 7919 % (cost.n_speakers - 1)}"
                    cost.read.append(put_s(client, f"/score?speaker={alias}", body))
            advance()
    return costs


def steps(sizes: Sequence[int], calls: int) -> int:
    """Return how often `measure` calls `advance`."""
    return len(sizes) + calls


def _service(database_url: str, n_speakers: int) -> FlaskClient:
    fill(database_url, n_speakers - 1)
    client = create_app(Config(database_url=database_url, audit_log="none")).test_client()
    for digit in range(N_DIGITS):
        put_s(client, f"/train?speaker={TARGET}", messages()[digit % len(messages())])
    return client
