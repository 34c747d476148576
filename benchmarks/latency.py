"""Latency of /score and /train beside the null resource, all in one run."""

from __future__ import annotations

import time
import warnings
from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np
import orjson
from numpy.typing import NDArray
from sklearn.exceptions import ConvergenceWarning
from sklearn.mixture import GaussianMixture
from threadpoolctl import threadpool_limits

from benchmarks.messages import messages
from benchmarks.server import Client, server

FEW_DIGITS, MANY_DIGITS = 10, 60
NULL = "null resource"
REFITTED = {"5 full Gaussians": (5, "full"), "256 diagonal Gaussians": (256, "diag")}


@dataclass
class Measurement:
    """Seconds per call under each label, in the order of measuring."""

    seconds: dict[str, list[float]] = field(default_factory=dict)

    def add(self, label: str, elapsed_s: float) -> None:
        """Note one call."""
        self.seconds.setdefault(label, []).append(elapsed_s)

    def rows(self) -> list[tuple[str, float, float, float]]:
        """Return label, median ms, 95th percentile ms, and median as a multiple of null's."""
        null_ms = 1000 * float(np.median(self.seconds[NULL]))
        rows = []
        for label, seconds in self.seconds.items():
            median_ms, p95_ms = 1000 * np.percentile(seconds, [50, 95])
            rows.append((label, float(median_ms), float(p95_ms), float(median_ms) / null_ms))
        return rows


def measure(calls: int, rounds: int, advance: Callable[[], None]) -> Measurement:
    """Run the whole benchmark.

    Args:
        calls: how often each of /score and the null resource is called.
        rounds: how many speakers are enrolled from nothing to measure /train.
        advance: called after each of `steps(calls, rounds)` steps.
    """
    result = Measurement()
    bodies = messages()
    with server("benchmarks.null_app:create_app()") as serving:
        client = serving.client()
        for index in range(rounds):
            _measure_training(client, f"trainee{index}", bodies, result, advance)
        _enrol(client, "few", FEW_DIGITS, bodies)
        _enrol(client, "many", MANY_DIGITS, bodies)
        _measure_scoring(client, calls, bodies, result, advance)
    enrolled = [orjson.loads(bodies[index % 10])["mfcc"] for index in range(MANY_DIGITS)]
    for label, seconds in _refit_seconds(np.vstack(enrolled)).items():
        result.add(f"refitting {label} to {MANY_DIGITS} digits", seconds)
    return result


def steps(calls: int, rounds: int) -> int:
    """Return how often `measure` calls `advance`."""
    return calls + rounds


def _measure_training(
    client: Client,
    alias: str,
    bodies: list[bytes],
    result: Measurement,
    advance: Callable[[], None],
) -> None:
    for n_enrolled in range(MANY_DIGITS + 3):
        elapsed_s = client.put(f"/train?speaker={alias}", bodies[n_enrolled % 10])
        for enrolled in (FEW_DIGITS, MANY_DIGITS):
            if enrolled <= n_enrolled < enrolled + 3:
                result.add(f"/train at {enrolled} digits", elapsed_s)
    advance()


def _measure_scoring(
    client: Client,
    calls: int,
    bodies: list[bytes],
    result: Measurement,
    advance: Callable[[], None],
) -> None:
    paths = {
        NULL: "/null",
        f"/score at {FEW_DIGITS} digits": "/score?speaker=few",
        f"/score at {MANY_DIGITS} digits": "/score?speaker=many",
    }
    for index in range(calls):
        for label, path in paths.items():
            result.add(label, client.put(path, bodies[index % 10]))
        advance()


def _enrol(client: Client, alias: str, n_digits: int, bodies: list[bytes]) -> None:
    for index in range(n_digits):
        client.put(f"/train?speaker={alias}", bodies[index % 10])


def _refit_seconds(frames: NDArray[np.float64]) -> dict[str, float]:
    """Return the seconds that fitting a mixture of each of `REFITTED` to frames (T, D) takes."""
    seconds = {}
    for label, (n_components, covariance) in REFITTED.items():
        mixture = GaussianMixture(
            n_components, covariance_type=covariance, reg_covar=1e-3, random_state=0
        )
        with threadpool_limits(1), warnings.catch_warnings():
            warnings.simplefilter("ignore", ConvergenceWarning)
            started = time.perf_counter()
            mixture.fit(frames)
            seconds[label] = time.perf_counter() - started
    return seconds
