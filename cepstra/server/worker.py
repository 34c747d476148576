"""gunicorn's threaded worker, which gives its threads whole requests only.

gunicorn's own hands a connection to a thread at once; a few clients who send slowly, or nothing,
then hold all threads. Here the worker's loop, which waits for many sockets at a time, takes a
request in, and a client that is slow or does not hang up costs memory instead of a thread.
"""

from __future__ import annotations

import errno
import selectors
import socket
import time
from collections import Counter
from collections.abc import Callable
from functools import partial
from http import HTTPStatus
from typing import Any

import orjson
from gunicorn.http.unreader import Unreader
from gunicorn.workers.gthread import TConn, ThreadWorker

from cepstra.config import network_of
from cepstra.monitoring import metrics
from cepstra.server.request_buffer import RequestBuffer

RECEIVE_BYTES = 64 * 1024
REPLY_S = 10.0  # a reply that does not fit into the kernel's buffer may take that long
REPLY_BUFFER_BYTES = 256 * 1024
LINGER_S = 5.0
PASSING = (errno.EAGAIN, errno.EWOULDBLOCK, errno.ECONNABORTED)
CONTINUE = b"HTTP/1.1 100 Continue\r\n\r\n"


class ReadSoFar(Unreader):  # type: ignore[misc]
    """What has arrived of a request, and the end of it behind: a thread waits for no client."""

    def chunk(self, size_hint: int | None = None) -> bytes:
        """Return nothing: there is no more."""
        return b""


class ClientConnection(TConn):  # type: ignore[misc]
    """A client's connection and the request that arrives on it."""

    def __init__(self, max_body_bytes: int, *inherited: Any) -> None:
        super().__init__(*inherited)
        self.max_body_bytes = max_body_bytes
        self.buffer = RequestBuffer(max_body_bytes)
        self.is_ending = False
        self._counted_in: Counter[str] | None = None
        self.data_ready = True  # where a thread has it
        self.sock.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, REPLY_BUFFER_BYTES)

    def count_in(self, connections: Counter[str]) -> None:
        """Be one of its address's connections until the end."""
        connections[self.address] += 1
        self._counted_in = connections

    def close(self, graceful: bool = False) -> None:
        """End the connection."""
        if self._counted_in is not None:
            self._counted_in[self.address] -= 1
            self._counted_in += Counter()  # forgets addresses without connections
            self._counted_in = None
        super().close(graceful)

    @property
    def address(self) -> str:
        """The client's or its network, without its port; empty for a socket that is a file."""
        return network_of(self.client[0]) if isinstance(self.client, tuple) else ""

    def init(self) -> None:
        """Let the parser read what has arrived; called in a thread, for every request."""
        super().init()
        self.sock.settimeout(REPLY_S)
        if not isinstance(self.parser.unreader, ReadSoFar):
            self.parser.unreader = ReadSoFar()
        self.parser.unreader.unread(bytes(self.buffer.data))
        self.buffer = RequestBuffer(self.max_body_bytes)

    def expect_next(self) -> None:
        """Begin the next request with what was read behind the last one."""
        self.buffer = RequestBuffer(self.max_body_bytes, self.parser.unreader.take_buffered())


class BufferingWorker(ThreadWorker):  # type: ignore[misc]
    """Serves slow clients and fast ones side by side; not for TLS, which ends in a proxy.

    Attributes:
        request_s: seconds within which a request has to arrive.
        max_body_bytes: length beyond which a body is refused.
        most_of_address: connections that one address may have at a time; 0: any number.
    """

    request_s = 20.0
    max_body_bytes = 1024 * 1024
    most_of_address = 0

    def __init__(self, *inherited: Any, **named: Any) -> None:
        super().__init__(*inherited, **named)
        self.connections: Counter[str] = Counter()  # by address

    def accept(self, listener: Any) -> None:
        """Take a new connection in and wait for its request."""
        try:
            client, address = listener.accept()
        except OSError as error:
            if error.errno not in PASSING:
                raise
            return
        self.nr_conns += 1
        place = listener.getsockname()
        conn = ClientConnection(self.max_body_bytes, self.cfg, client, address, place)
        conn.count_in(self.connections)
        if 0 < self.most_of_address < self.connections[conn.address]:
            text = f"expected at most {self.most_of_address} connections of one address"
            _send(conn.sock, _error(HTTPStatus.TOO_MANY_REQUESTS, text))
            self._drop(conn)  # at once: those who linger would keep others out
            return
        self._expect(conn)

    def set_accept_enabled(self, enabled: bool) -> None:
        """While stopping: take in who has connected, then let nobody wait at a closed door."""
        super().set_accept_enabled(enabled)
        if enabled or self.alive:
            return
        for listener in self.sockets:
            before = None
            while before != self.nr_conns:
                before = self.nr_conns
                self.accept(listener)
            listener.close()

    def on_client_socket_readable(self, conn: ClientConnection, client: Any) -> None:
        """Wait for all of the next request on a connection that was kept."""
        self.poller.unregister(client)
        self.keepalived_conns.remove(conn)
        self._expect(conn)

    def _keepalive_after(self, conn: ClientConnection, keepalive: Any) -> bool:
        """Pass over a body that nobody read, of any length: all of it is here."""
        return bool(keepalive) and bool(conn.parser.finish_body())

    def enqueue_req(self, conn: ClientConnection) -> None:
        """Queue a whole request for the threads."""
        metrics.waiting.inc()
        super().enqueue_req(conn)

    def handle(self, conn: ClientConnection) -> Any:
        """Answer a request; runs in a thread."""
        metrics.waiting.dec()
        return super().handle(conn)

    def finish_request(self, conn: ClientConnection, future: Any) -> None:
        """Keep the connection or end it, without waiting for the client."""
        is_kept = not future.cancelled() and not future.exception() and future.result()
        if not is_kept:
            self._end(conn)
            return
        conn.expect_next()
        if conn.buffer.data:
            self._expect(conn)
            self._pass_on(conn)
        else:
            super().finish_request(conn, future)

    def murder_pending(self) -> None:
        """End what took too long."""
        now = time.monotonic()
        for conn in [conn for conn in self.pending_conns if conn.timeout <= now]:
            if conn.buffer.data and not conn.is_ending:
                self._refuse(conn, HTTPStatus.REQUEST_TIMEOUT, "the request came too slowly")
            else:
                self._leave(conn)
                self._drop(conn)

    def murder_keepalived(self, force: bool = False) -> None:
        """End what was idle too long and, where all places are taken, who has been idle longest."""
        super().murder_keepalived(force)
        while self.keepalived_conns and self.nr_conns >= self.worker_connections:
            conn = self.keepalived_conns.popleft()
            self.poller.unregister(conn.sock)
            self._drop(conn)

    def _cap_keepalive(self, deadline: float) -> None:
        """While stopping: do not wait long for requests that have not begun."""
        super()._cap_keepalive(deadline)
        for conn in self.pending_conns:
            if not conn.buffer.data:
                conn.timeout = min(conn.timeout, deadline)

    def _expect(self, conn: ClientConnection) -> None:
        self._wait(conn, self._receive, self.request_s)

    def _wait(self, conn: ClientConnection, act: Callable[..., None], seconds: float) -> None:
        conn.timeout = time.monotonic() + seconds
        conn.sock.setblocking(False)
        self.pending_conns.append(conn)
        self.poller.register(conn.sock, selectors.EVENT_READ, partial(act, conn))

    def _leave(self, conn: ClientConnection) -> None:
        self.poller.unregister(conn.sock)
        self.pending_conns.remove(conn)

    def _receive(self, conn: ClientConnection, client: socket.socket) -> None:
        data = _read(client)
        if data is None:
            return
        if not data:
            self._leave(conn)
            self._drop(conn)
            return
        conn.buffer.add(data)
        self._pass_on(conn)

    def _pass_on(self, conn: ClientConnection) -> None:
        is_whole = conn.buffer.is_whole  # to be asked before whether there is a fault
        if conn.buffer.has_endless_head:
            text = "the head of the request is too long"
            self._refuse(conn, HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE, text)
        elif conn.buffer.is_encrypted:
            self._refuse(conn, HTTPStatus.BAD_REQUEST, "expected http://, got https://")
        elif conn.buffer.has_endless_body:
            text = f"expected a body of at most {self.max_body_bytes} bytes, got more"
            self._refuse(conn, HTTPStatus.REQUEST_ENTITY_TOO_LARGE, text, "body")
        elif conn.buffer.fault:
            self._refuse(conn, HTTPStatus.BAD_REQUEST, conn.buffer.fault)
        else:
            if conn.buffer.take_expectation():
                _send(conn.sock, CONTINUE)
            if is_whole:
                self._leave(conn)
                self.enqueue_req(conn)

    def _refuse(
        self, conn: ClientConnection, status: HTTPStatus, text: str, field: str | None = None
    ) -> None:
        """Reply to a request that is still to come in, and take no more of it."""
        self._leave(conn)
        _send(conn.sock, _error(status, text, field))
        self._end(conn)

    def _end(self, conn: ClientConnection) -> None:
        """Say that no more will come, and give the client a while to hang up (RFC 9112, 9.6)."""
        conn.is_ending = True
        try:
            conn.sock.shutdown(socket.SHUT_WR)
        except OSError:
            self._drop(conn)
            return
        self._wait(conn, self._drain, LINGER_S)

    def _drain(self, conn: ClientConnection, client: socket.socket) -> None:
        if _read(client) == b"":
            self._leave(conn)
            self._drop(conn)

    def _drop(self, conn: ClientConnection) -> None:
        self.nr_conns -= 1
        conn.close()


def _read(client: socket.socket) -> bytes | None:
    """Return what has come: nothing at the end, None where there is nothing to read yet."""
    try:
        return client.recv(RECEIVE_BYTES)
    except BlockingIOError:
        return None
    except OSError:
        return b""


def _send(client: socket.socket, data: bytes) -> None:
    """Send a few bytes, or none if the client takes none."""
    try:
        client.send(data)
    except OSError:
        return


def _error(status: HTTPStatus, text: str, field: str | None = None) -> bytes:
    body: dict[str, object] = {
        "code": status.value,
        "message": status.phrase,
        "description": text,
        "errors": {field: [text]} if field else {},
    }
    content = orjson.dumps(body)
    head = f"HTTP/1.1 {status.value} {status.phrase}\r\nContent-Type: application/json\r\n"
    return f"{head}Content-Length: {len(content)}\r\nConnection: close\r\n\r\n".encode() + content
