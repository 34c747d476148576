"""The service under many clients, beside a resource that does nothing and the classic design."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import orjson
import psutil

from benchmarks.guarded_load import aliases, guarded_calls, guarded_service
from benchmarks.load import Call, Outcome, closed_loop, once, open_loop
from benchmarks.messages import messages
from benchmarks.server import Server, server
from cepstra.store.keyring import make_key

THREADS = 4
N_SPEAKERS = 10
N_DIGITS = 60  # of every speaker before anything is measured
SCORES_PER_TRAIN = 9
NULL, SCORE, TRAIN, MIXED = "null resource", "/score", "/train", "9 /score to 1 /train"
RATES = (0.5, 0.8)  # of arrivals, as shares of what the closed loop got through


@dataclass(frozen=True)
class Plan:
    """How long to measure, and how many clients to let loose.

    Attributes:
        seconds: of a slice; slices of all calls take turns, so that all see the same machine.
        rounds: slices of each.
        clients: numbers of clients of the closed loop; the first gives the rates of the open one.
    """

    seconds: float
    rounds: int
    clients: Sequence[int]


@dataclass
class Measured:
    """Outcomes by call and number of clients, or by call and rate (Hz), and a worker's memory.

    Attributes:
        worker_mb: of the largest worker.
        unshared_mb: what of that no other process has too.
    """

    closed: dict[tuple[str, int], Outcome] = field(default_factory=dict)
    opened: dict[tuple[str, float], Outcome] = field(default_factory=dict)
    worker_mb: float = 0.0
    unshared_mb: float = 0.0


def measure_service(store: str, workers: int, plan: Plan, advance: Callable[[], None]) -> Measured:
    """Measure the service on "sqlite" or "postgresql"."""
    application, settings = "benchmarks.null_app:create_app()", {"DATA_KEYS": make_key()}
    with server(application, workers, THREADS, settings, store) as serving:
        _enrol(serving)
        calls = {
            NULL: _calls("/null", 1),
            SCORE: _calls("/score", N_SPEAKERS),
            TRAIN: _calls("/train", N_SPEAKERS),
            MIXED: _mixed(),
        }
        measured = Measured()
        for _ in range(plan.rounds):
            _closed(serving, calls, plan, measured, advance)
        capacity_hz = measured.closed[MIXED, plan.clients[0]].per_second
        for share in RATES:
            rate_hz = share * capacity_hz
            duration_s = plan.seconds * plan.rounds
            outcome = asyncio.run(open_loop(serving.port, calls[MIXED], rate_hz, duration_s))
            measured.opened[MIXED, rate_hz] = outcome
            advance()
        _weigh(serving, measured)
    return measured


def measure_guarded(store: str, workers: int, plan: Plan, advance: Callable[[], None]) -> Measured:
    """Measure the service with auth on: challenged logins, and takes that are looked at."""
    measured = Measured()
    with guarded_service(store, workers, THREADS) as (serving, token):
        calls = guarded_calls(serving, token)
        for _ in range(plan.rounds):
            _closed(serving, calls, plan, measured, advance)
        _weigh(serving, measured)
    return measured


def measure_classic(plan: Plan, advance: Callable[[], None]) -> Measured:
    """Measure the classic design with one worker, at as many digits as the service's speakers."""
    measured = Measured()
    with server("benchmarks.classic_design:create_app()", threads=THREADS) as serving:
        for alias in aliases(N_SPEAKERS):
            _write_frames(serving.folder / f"{alias}.csv")
        client = serving.client()
        for call in range(N_SPEAKERS):
            client.put(f"/train?speaker=s{call}", messages()[0])
        calls = {SCORE: _calls("/score", N_SPEAKERS), TRAIN: _calls("/train", N_SPEAKERS)}
        for _ in range(plan.rounds):
            _closed(serving, calls, plan, measured, advance)
        _weigh(serving, measured)
    return measured


def steps(plan: Plan, n_services: int) -> int:
    """Return how often `advance` is called for so many services and the classic design."""
    slices = plan.rounds * len(plan.clients)
    return n_services * (6 * slices + len(RATES)) + 2 * slices


def _closed(
    serving: Server,
    calls: Mapping[str, Sequence[Call]],
    plan: Plan,
    measured: Measured,
    advance: Callable[[], None],
) -> None:
    for n_clients in plan.clients:
        for label, some in calls.items():
            slice_ = asyncio.run(closed_loop(serving.port, some, n_clients, plan.seconds))
            measured.closed.setdefault((label, n_clients), Outcome()).add(slice_)
            advance()


def _enrol(serving: Server) -> None:
    """Enrol every speaker; all at once, to be done sooner."""
    bodies = messages()
    calls = [
        Call.put(f"/train?speaker={alias}", bodies[index % len(bodies)])
        for index in range(N_DIGITS)
        for alias in aliases(N_SPEAKERS)
    ]
    for start in range(0, len(calls), N_SPEAKERS):
        asyncio.run(once(serving.port, calls[start : start + N_SPEAKERS]))


def _calls(path: str, n_speakers: int) -> list[Call]:
    bodies = messages()
    return [
        Call.put(f"{path}?speaker={alias}", bodies[index % len(bodies)])
        for index, alias in enumerate(aliases(n_speakers) * len(bodies))
    ]


def _mixed() -> list[Call]:
    rng = np.random.default_rng(0)
    scores, trains = _calls(SCORE, N_SPEAKERS), _calls(TRAIN, N_SPEAKERS)
    mixed = scores[: len(trains) * SCORES_PER_TRAIN] + trains[: len(scores) // SCORES_PER_TRAIN]
    order = rng.permutation(len(mixed))
    return [mixed[index] for index in order]


def _write_frames(path: Path) -> None:
    frames: list[Any] = [orjson.loads(body)["mfcc"] for body in messages()]
    digits = [np.array(frames[index % len(frames)])[:, 1:] for index in range(N_DIGITS - 1)]
    np.savetxt(path, np.vstack(digits), delimiter=",")


def _weigh(serving: Server, measured: Measured) -> None:
    workers = psutil.Process(serving.process_id).children()
    memory = max((worker.memory_full_info() for worker in workers), key=lambda used: used.rss)
    measured.worker_mb, measured.unshared_mb = memory.rss / 1e6, memory.uss / 1e6
