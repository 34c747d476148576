"""Many clients at once: closed loop, each waits for its reply, and open loop, nobody waits.

An own driver because two cores have to do for server and clients: a call takes it 0.07 ms, where
httpx takes 2 ms, more than the null resource, so that the figures are the server's.
"""

from __future__ import annotations

import asyncio
import itertools
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field

import numpy as np

HOST = "127.0.0.1"


@dataclass(frozen=True)
class Call:
    """A request, or two of which the second answers the reply to the first.

    Attributes:
        content: head and body as they are sent, or what makes them for each time anew.
        answer: what makes the second request of the first one's reply.
    """

    content: bytes | Callable[[], bytes]
    answer: Callable[[bytes], bytes] | None = None

    @classmethod
    def put(cls, path: str, body: bytes) -> Call:
        """Build the request once for all times it is sent."""
        return cls(request("PUT", path, body))


def request(method: str, path: str, body: bytes = b"", token: str = "") -> bytes:
    """Return head and body of a request."""
    head = [
        f"{method} {path} HTTP/1.1",
        f"Host: {HOST}",
        "Content-Type: application/json",
        f"Content-Length: {len(body)}",
        *([f"Authorization: Bearer {token}"] if token else []),
    ]
    return "\r\n".join(head).encode() + b"\r\n\r\n" + body


@dataclass
class Outcome:
    """What came of a run.

    Attributes:
        seconds: of every answered call, from when it was due until its reply was read.
        n_failed: calls without replies of status 200 or 201.
        elapsed_s: of the run.
    """

    seconds: list[float] = field(default_factory=list)
    n_failed: int = 0
    elapsed_s: float = 0.0

    def add(self, other: Outcome) -> None:
        """Count another run too."""
        self.seconds += other.seconds
        self.n_failed += other.n_failed
        self.elapsed_s += other.elapsed_s

    @property
    def per_second(self) -> float:
        """Answered calls a second."""
        return len(self.seconds) / self.elapsed_s

    def percentiles_ms(self) -> tuple[float, float, float]:
        """Median, 95th and 99th percentile."""
        p50, p95, p99 = 1000 * np.percentile(self.seconds or [np.nan], [50, 95, 99])
        return float(p50), float(p95), float(p99)


class _Connection:
    """A kept connection that is opened anew where the server closed it."""

    def __init__(self, port: int) -> None:
        self._port = port
        self._streams: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None

    async def send(self, call: Call) -> bool:
        """Send a call, read all replies, and tell whether each was 200 or 201."""
        content = call.content if isinstance(call.content, bytes) else call.content()
        reply = await self._sent(content)
        if reply is None or call.answer is None:
            return reply is not None
        return await self._sent(call.answer(reply)) is not None

    async def _sent(self, content: bytes) -> bytes | None:
        for _ in range(2):  # a kept connection may have been closed meanwhile
            is_new = self._streams is None
            try:
                return await self._exchange(content)
            except (OSError, EOFError):
                self.close()
                if is_new:
                    break
        return None

    def close(self) -> None:
        """Hang up."""
        if self._streams:
            self._streams[1].close()
        self._streams = None

    async def _exchange(self, content: bytes) -> bytes | None:
        """Return the body of a reply of status 200 or 201, else nothing."""
        if self._streams is None:
            self._streams = await asyncio.open_connection(HOST, self._port)
        reader, writer = self._streams
        writer.write(content)
        head = (await reader.readuntil(b"\r\n\r\n")).lower()
        _, _, rest = head.partition(b"content-length:")
        body = await reader.readexactly(int(rest.partition(b"\r\n")[0]))
        if b"connection: close" in head:
            self.close()
        return body if head.split(b" ", 2)[1] in (b"200", b"201") else None


async def once(port: int, calls: Sequence[Call]) -> None:
    """Send calls all at the same time.

    Raises:
        RuntimeError: one of them got no reply of status 200.
    """

    async def send(call: Call) -> bool:
        connection = _Connection(port)
        answered = await connection.send(call)
        connection.close()
        return answered

    answered = await asyncio.gather(*map(send, calls))
    if not all(answered):
        raise RuntimeError(f"{answered.count(False)} of {len(calls)} calls failed")


async def closed_loop(
    port: int, calls: Sequence[Call], n_clients: int, duration_s: float
) -> Outcome:
    """Let clients send calls in turn, each as soon as it has the reply to its last one."""
    outcome, upcoming = Outcome(), itertools.cycle(calls)
    started = time.perf_counter()

    async def client() -> None:
        connection = _Connection(port)
        while (due := time.perf_counter()) < started + duration_s:
            await _measured(connection, next(upcoming), due, outcome)
        connection.close()

    await asyncio.gather(*(client() for _ in range(n_clients)))
    outcome.elapsed_s = time.perf_counter() - started
    return outcome


async def open_loop(port: int, calls: Sequence[Call], rate_hz: float, duration_s: float) -> Outcome:
    """Let calls arrive at random (a Poisson process), whatever became of those before.

    Time counts from when a call was due, so that a server that stalls is charged with the wait
    of all who came meanwhile.
    """
    outcome, upcoming = Outcome(), itertools.cycle(calls)
    gaps_s = np.random.default_rng(0).exponential(1 / rate_hz, int(rate_hz * duration_s))
    idle: list[_Connection] = []
    started = time.perf_counter()

    async def arrive(due: float) -> None:
        connection = idle.pop() if idle else _Connection(port)
        await _measured(connection, next(upcoming), due, outcome)
        idle.append(connection)

    async with asyncio.TaskGroup() as group:
        for due in started + np.cumsum(gaps_s):
            await asyncio.sleep(max(0.0, due - time.perf_counter()))
            group.create_task(arrive(float(due)))
    outcome.elapsed_s = time.perf_counter() - started
    for connection in idle:
        connection.close()
    return outcome


async def _measured(connection: _Connection, call: Call, due: float, outcome: Outcome) -> None:
    ok = False
    with suppress(OSError, EOFError):
        ok = await connection.send(call)
    if ok:
        outcome.seconds.append(time.perf_counter() - due)
    else:
        outcome.n_failed += 1
