"""One HTTP connection to a service: JSON in, JSON or an exception out."""

from __future__ import annotations

import gzip
import json
from collections.abc import Mapping
from functools import cache
from ssl import SSLContext
from typing import Any, Protocol

import httpx

from .errors import (
    CepstraError,
    UnexpectedReplyError,
    UnreachableError,
    error_class,
)
from .retry import Retry

WORTH_COMPRESSING_BYTES = 4096
SAFE_METHODS = ("GET", "DELETE")


@cache
def authorities() -> SSLContext:
    """Return whose certificates are believed: to read them takes longer than most calls."""
    return httpx.create_ssl_context()


class Wire(Protocol):
    """What is left to whoever waits or awaits: sending and pausing."""

    @property
    def http(self) -> httpx.Client | httpx.AsyncClient:
        """Return what makes the requests."""

    async def send(self, request: httpx.Request) -> httpx.Response:
        """Send a request; httpx's errors where nothing answers."""

    async def pause(self, pause_s: float) -> None:
        """Do nothing for a while."""


class Connection:
    """Sends calls, again where that does no harm, and reads the replies."""

    def __init__(self, wire: Wire, token: str | None, *, is_remote: bool, retry: Retry) -> None:
        self._wire = wire
        self._http = wire.http
        self._is_remote = is_remote
        self._retry = retry
        self._http.headers["Accept"] = "application/json"
        self.use_token(token)

    def use_token(self, token: str | None) -> None:
        """Show this token from now on; None for none."""
        self._http.headers.pop("Authorization", None)
        if token:
            self._http.headers["Authorization"] = f"Bearer {token}"

    async def call(
        self,
        method: str,
        path: str,
        body: Any = None,
        *,
        query: Mapping[str, str | int | float] | None = None,
        is_repeatable: bool | None = None,
        timeout_s: float | None = None,
    ) -> Any:
        """Make a call and return its reply.

        Args:
            method: such as GET.
            path: such as /status.
            body: anything that JSON can say.
            query: parameters of the address.
            is_repeatable: whether twice is as good as once; by default that of the method.
            timeout_s: how long this reply may take; by default as long as any.

        Raises:
            RefusedError: the service says what was wrong.
            UnreachableError: nothing answered.
            UnexpectedReplyError: what answered is no Cepstra service.
        """
        content, headers = self._packed(body)
        request = self._http.build_request(
            method,
            path,
            content=content,
            params=query,
            headers=headers,
            timeout=self._http.timeout if timeout_s is None else timeout_s,
        )
        return await self._patiently(
            request, method in SAFE_METHODS if is_repeatable is None else is_repeatable
        )

    async def pause(self, pause_s: float) -> None:
        """Wait, as between two attempts."""
        await self._wire.pause(pause_s)

    async def _patiently(self, request: httpx.Request, is_repeatable: bool) -> Any:
        failures = 0
        while True:
            try:
                return await self._once(request)
            except CepstraError as error:
                failures += 1
                harmless = is_repeatable or isinstance(error.__cause__, httpx.ConnectError)
                pause_s = self._retry.pause_s(error, failures, harmless)
                if pause_s is None:
                    raise
            await self._wire.pause(pause_s)

    def _packed(self, body: Any) -> tuple[bytes | None, dict[str, str]]:
        if body is None:
            return None, {}
        content = json.dumps(body, separators=(",", ":")).encode()
        headers = {"Content-Type": "application/json"}
        if self._is_remote and len(content) >= WORTH_COMPRESSING_BYTES:
            return gzip.compress(content, 5), {**headers, "Content-Encoding": "gzip"}
        return content, headers

    async def _once(self, request: httpx.Request) -> Any:
        try:
            response = await self._wire.send(request)
        except (httpx.TransportError, httpx.InvalidURL) as error:
            raise UnreachableError(f"{request.url}: {error or type(error).__name__}") from error
        return _reply(response)


def _reply(response: httpx.Response) -> Any:
    try:
        reply = response.json()
    except ValueError:
        reply = None
    if response.is_success and reply is not None:
        return reply
    if isinstance(reply, dict) and reply.get("code") == response.status_code:
        raise error_class(response.status_code)(
            response.status_code,
            reply.get("message", ""),
            reply.get("description", ""),
            reply.get("errors", {}),
            _seconds(response.headers.get("Retry-After")),
        )
    raise UnexpectedReplyError(
        f"{response.url}: expected Cepstra's JSON, got status {response.status_code} "
        f"and {response.headers.get('Content-Type', 'no type')}"
    )


def _seconds(text: str | None) -> float | None:
    """Return a Retry-After in seconds; None where it is missing or a date."""
    return float(text) if text and text.isdecimal() else None
