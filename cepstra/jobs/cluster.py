"""The engine on Dask workers: of this machine, or of a cluster that is running already.

Workers need this checkout and its packages, and see the same files under the same paths. Dask
sends pickles between them, so its ports belong on a network that only the owner can reach; a
scheduler with TLS is given as tls://.
"""

from __future__ import annotations

import logging
import operator
import signal
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack, contextmanager
from multiprocessing import active_children
from multiprocessing.resource_tracker import ensure_running
from threading import Event, Thread
from typing import Any

from distributed import Client, Future, LocalCluster
from threadpoolctl import threadpool_limits

from cepstra.jobs.engine import fixed_order_sum

CONNECT_TIMEOUT_S = 5
START_TIMEOUT_S = 120  # of workers, on a machine that is busy
KILLED_EVERY_S = 0.02
TASKS_IN_FLIGHT = 4  # for each worker, so that none waits for the next


class SchedulerError(Exception):
    """The scheduler cannot be reached, or has no workers."""


@contextmanager
def local_cluster(processes: int) -> Iterator[Cluster]:
    """Workers on this machine, one thread each, for as long as the context lasts.

    Its end, by Ctrl-C too, ends them in the middle of what they do: nobody waits for it any more.

    Raises:
        SchedulerError: they do not start.
    """
    with ExitStack() as closing:
        # Dask would end its own silence before its last messages, of connections that were cut.
        for handler in logging.getLogger("distributed").handlers:
            handler.setLevel(logging.CRITICAL)
        cluster = _scheduler_deaf_to_ctrl_c()
        closing.callback(_close, cluster)
        client = closing.enter_context(Client(cluster))
        cluster.scale(processes)
        try:
            client.wait_for_workers(processes, timeout=START_TIMEOUT_S)
        except TimeoutError:
            text = f"expected {processes} processes to start within {START_TIMEOUT_S} s, got fewer"
            raise SchedulerError(text) from None
        yield Cluster(client)


def _scheduler_deaf_to_ctrl_c() -> LocalCluster:
    """Start a scheduler whose workers Ctrl-C does not reach: this process ends them, quietly.

    Threads and processes inherit blocked signals; one that comes meanwhile waits for this thread.
    """
    ensure_running()  # the tracker of multiprocessing would unblock them when it starts
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        return LocalCluster(
            n_workers=0,
            threads_per_worker=1,
            dashboard_address="127.0.0.1:0",
            silence_logs=logging.CRITICAL,
            security=True,  # others on this machine are kept out
        )
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _close(cluster: LocalCluster) -> None:
    """Kill the workers, also those that are only starting: Dask would wait for what they do."""
    is_closed = Event()

    def kill() -> None:
        while not is_closed.wait(KILLED_EVERY_S):
            for process in active_children():
                if process.name.startswith("Dask"):
                    process.kill()

    Thread(target=kill, daemon=True).start()
    try:
        cluster.close()
    finally:
        is_closed.set()


@contextmanager
def running_cluster(address: str) -> Iterator[Cluster]:
    """The workers of a scheduler such as tcp://10.0.0.1:8786.

    Raises:
        SchedulerError: nothing answers there, or no worker has joined.
    """
    try:
        client = Client(address, timeout=CONNECT_TIMEOUT_S)
    except (OSError, ValueError) as error:
        raise SchedulerError(f"{address}: no scheduler answers ({error})") from error
    with client:
        if not client.scheduler_info(n_workers=-1)["workers"]:
            raise SchedulerError(f"{address}: the scheduler has no workers")
        yield Cluster(client)


class Cluster:
    """Runs on the workers of a client."""

    def __init__(self, client: Client) -> None:
        self._client = client

    def place(self, parts: Iterable[Any]) -> PlacedParts:
        """Spread the parts over the workers' memory."""
        return PlacedParts(self._client, [_sent(self._client, part) for part in parts])

    def map(
        self, function: Callable[..., Any], parts: Iterable[Any], *common: Any
    ) -> Iterator[Any]:
        """Yield the results in order, with a few parts a worker under way at any time."""
        shared = _everywhere(self._client, common)
        ahead = TASKS_IN_FLIGHT * len(self._client.nthreads())
        waiting: deque[Future] = deque()
        for part in parts:
            waiting.append(_submitted(self._client, function, part, shared))
            if len(waiting) >= ahead:
                yield waiting.popleft().result()
        while waiting:
            yield waiting.popleft().result()


class PlacedParts:
    """Parts in the workers' memory."""

    def __init__(self, client: Client, futures: list[Future]) -> None:
        self._client = client
        self._futures = futures

    def __iter__(self) -> Iterator[Any]:
        return (future.result() for future in self._futures)

    def apply(self, function: Callable[..., Any], *common: Any) -> PlacedParts:
        """Return the results, kept by the workers."""
        shared = _everywhere(self._client, common)
        futures = [_submitted(self._client, function, part, shared) for part in self._futures]
        return PlacedParts(self._client, futures)

    def numbered(self) -> PlacedParts:
        """Return pairs of number and part."""
        pairs = enumerate(self._futures)
        futures = [self._client.submit(_pair, i, part, pure=False) for i, part in pairs]
        return PlacedParts(self._client, futures)

    def total(self, function: Callable[..., Any], *common: Any) -> Any:
        """Return the sum of the results, added up by the workers."""
        shared = _everywhere(self._client, common)

        def leaf(index: int) -> Future:
            return _submitted(self._client, function, self._futures[index], shared)

        def add(first: Future, second: Future) -> Future:
            return self._client.submit(operator.add, first, second, pure=False)

        return fixed_order_sum(len(self._futures), leaf, add).result()

    def together(self, function: Callable[..., Any], *common: Any) -> PlacedParts:
        """Return the single result, made by one worker from all parts."""
        shared = _everywhere(self._client, common)
        return PlacedParts(
            self._client, [_submitted(self._client, function, self._futures, shared)]
        )


def on_one_thread(function: Callable[..., Any], *arguments: Any) -> Any:
    """Call a function with BLAS held to one thread: workers share the cores already."""
    with threadpool_limits(1):
        return function(*arguments)


def _pair(number: int, part: Any) -> tuple[int, Any]:
    return number, part


def _submitted(
    client: Client, function: Callable[..., Any], part: Any, shared: list[Future]
) -> Future:
    return client.submit(on_one_thread, function, part, *shared, pure=False)


def _sent(client: Client, value: Any) -> Future:
    """One value in one worker's memory; a list of it, for scatter would take a list apart."""
    return client.scatter([value], hash=False)[0]


def _everywhere(client: Client, values: Iterable[Any]) -> list[Future]:
    return [client.scatter([value], broadcast=True, hash=False)[0] for value in values]
