"""A client that is awaited."""

from __future__ import annotations

import asyncio

import httpx

from .calls import Calls
from .connection import Connection, authorities
from .retry import Retry


class AsyncClient(Calls):
    """Calls a service from asyncio; use it in an `async with` block, or close it.

    It has the calls, errors and second attempts of `Client`. `speakers` and `enrolments` are
    gone through with `async for`.
    """

    def __init__(
        self,
        url: str,
        token: str | None = None,
        *,
        transport: httpx.AsyncBaseTransport | None = None,
        timeout_s: float = 30.0,
        retry: Retry | None = None,
    ) -> None:
        """Prepare calls as `Client` does; nothing is sent yet."""
        is_remote = transport is None
        verify = authorities() if is_remote else True
        self._wire = _AwaitedWire(
            httpx.AsyncClient(base_url=url, transport=transport, timeout=timeout_s, verify=verify)
        )
        super().__init__(Connection(self._wire, token, is_remote=is_remote, retry=retry or Retry()))

    async def close(self) -> None:
        """Close the connection."""
        await self._wire.http.aclose()

    async def __aenter__(self) -> AsyncClient:
        return self

    async def __aexit__(self, *_error: object) -> None:
        await self.close()


class _AwaitedWire:
    def __init__(self, http: httpx.AsyncClient) -> None:
        self.http = http

    async def send(self, request: httpx.Request) -> httpx.Response:
        return await self.http.send(request)

    async def pause(self, pause_s: float) -> None:
        await asyncio.sleep(pause_s)
