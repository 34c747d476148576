"""A client that waits for each reply."""

from __future__ import annotations

import time
from collections.abc import AsyncGenerator, Callable, Coroutine, Iterator
from functools import update_wrapper
from types import TracebackType
from typing import Any, Concatenate, ParamSpec, TypeVar

import httpx

from . import operator_replies, replies
from .calls import Calls
from .connection import Connection, authorities
from .retry import Retry

P = ParamSpec("P")
T = TypeVar("T")


def now(
    method: Callable[Concatenate[Calls, P], Coroutine[Any, Any, T]],
) -> Callable[Concatenate[Client, P], T]:
    """Make a method that waits of one that awaits."""

    def call(client: Client, /, *args: P.args, **kwargs: P.kwargs) -> T:
        return _result(method(client._calls, *args, **kwargs))

    update_wrapper(call, method)
    return call


class Client:
    """Calls a service; use it in a `with` block, or close it.

    A message is what the page sends: `{"mfcc": [[20 floats], ...], ...}`. The client computes
    nothing: `features.to_message` makes messages of sound.

    Every call raises a `CepstraError`: `RefusedError` and what derives from it where the service
    says what was wrong, `UnreachableError` where nothing answers. `Calls` tells what each is for,
    and which are made again.
    """

    def __init__(
        self,
        url: str,
        token: str | None = None,
        *,
        transport: httpx.BaseTransport | None = None,
        timeout_s: float = 30.0,
        retry: Retry | None = None,
    ) -> None:
        """Prepare calls; nothing is sent yet.

        Args:
            url: the service, such as http://127.0.0.1:5000.
            token: an API key, or the token of a session.
            transport: how calls travel, in place of the network: `httpx.WSGITransport(app)`
                calls an application in this process.
            timeout_s: how long a reply may take.
            retry: how often calls are made again.
        """
        if isinstance(transport, httpx.WSGITransport):
            transport.app = _with_encoded_path(transport.app)
        is_remote = transport is None
        verify = authorities() if is_remote else True
        self._wire = _WaitingWire(
            httpx.Client(base_url=url, transport=transport, timeout=timeout_s, verify=verify)
        )
        self._calls = Calls(
            Connection(self._wire, token, is_remote=is_remote, retry=retry or Retry())
        )

    train = now(Calls.train)
    test = now(Calls.test)
    score = now(Calls.score)
    challenge = now(Calls.challenge)
    answer = now(Calls.answer)
    identify = now(Calls.identify)
    recognise = now(Calls.recognise)
    timeline = now(Calls.timeline)
    compare = now(Calls.compare)
    status = now(Calls.status)
    speaker = now(Calls.speaker)
    create_speaker = now(Calls.create_speaker)
    rename = now(Calls.rename)
    delete = now(Calls.delete)
    forget_device = now(Calls.forget_device)
    forget_take = now(Calls.forget_take)
    consent = now(Calls.consent)
    export = now(Calls.export)
    import_export = now(Calls.import_export)
    intrusion = now(Calls.intrusion)
    benchmark = now(Calls.benchmark)
    calibration = now(Calls.calibration)
    adopt_threshold = now(Calls.adopt_threshold)
    undo_threshold = now(Calls.undo_threshold)
    threshold = now(Calls.threshold)
    attempts = now(Calls.attempts)
    audit = now(Calls.audit)
    locks = now(Calls.locks)
    lift_lock = now(Calls.lift_lock)
    keys = now(Calls.keys)
    create_key = now(Calls.create_key)
    revoke_key = now(Calls.revoke_key)
    session = now(Calls.session)
    create_account = now(Calls.create_account)
    sign_in = now(Calls.sign_in)
    sign_out = now(Calls.sign_out)
    public_keys = now(Calls.public_keys)
    is_healthy = now(Calls.is_healthy)

    def speakers(self) -> Iterator[replies.Speaker]:
        """Go through all speakers in order of alias."""
        return _all(self._calls.speakers())

    def enrolments(self) -> Iterator[operator_replies.Enrolment]:
        """Go through everybody's enrolment in order of alias."""
        return _all(self._calls.enrolments())

    def close(self) -> None:
        """Close the connection."""
        self._wire.http.close()

    def __enter__(self) -> Client:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()


class _WaitingWire:
    """Sends and sleeps right away, so that nothing that awaits it is ever suspended."""

    def __init__(self, http: httpx.Client) -> None:
        self.http = http

    async def send(self, request: httpx.Request) -> httpx.Response:
        return self.http.send(request)

    async def pause(self, pause_s: float) -> None:
        time.sleep(pause_s)


def _result(coroutine: Coroutine[Any, Any, T]) -> T:
    """Return what a coroutine returns that is never suspended: its first step is its last."""
    try:
        coroutine.send(None)
    except StopIteration as done:
        result: T = done.value
        return result
    raise RuntimeError("a call of the waiting client was suspended")


def _all(found: AsyncGenerator[T, None]) -> Iterator[T]:
    while True:
        try:
            yield _result(found.__anext__())
        except StopAsyncIteration:
            return


def _with_encoded_path(app: Any) -> Any:
    """Return an application that gets paths as PEP 3333 wants them; the transport sends text."""

    def call(environ: dict[str, Any], start_response: Any) -> Any:
        path = environ["PATH_INFO"].encode().decode("latin-1")
        return app({**environ, "PATH_INFO": path}, start_response)

    return call
