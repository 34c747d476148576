"""A thread of its own for what needs an event loop: a browser's tests leave theirs in this one."""

import asyncio
from collections.abc import Callable, Coroutine
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar

T = TypeVar("T")


def apart(work: Callable[[], T]) -> T:
    """Return what the work returns, or raise what it raises."""
    with ThreadPoolExecutor(1) as pool:
        return pool.submit(work).result()


def awaited(coroutine: Coroutine[Any, Any, T]) -> T:
    """Run a coroutine to its end."""
    return apart(lambda: asyncio.run(coroutine))
