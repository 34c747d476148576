"""The engine without workers: everything here, one part after another."""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterable, Iterator
from typing import Any

from cepstra.jobs.engine import fixed_order_sum


class SingleProcess:
    """Runs on one core of this process."""

    def place(self, parts: Iterable[Any]) -> HeldParts:
        """Keep the parts in memory."""
        return HeldParts(list(parts))

    def map(
        self, function: Callable[..., Any], parts: Iterable[Any], *common: Any
    ) -> Iterator[Any]:
        """Yield each result when it is asked for."""
        for part in parts:
            yield function(part, *common)


class HeldParts:
    """Parts in this process's memory."""

    def __init__(self, parts: list[Any]) -> None:
        self._parts = parts

    def __iter__(self) -> Iterator[Any]:
        return iter(self._parts)

    def apply(self, function: Callable[..., Any], *common: Any) -> HeldParts:
        """Return the results, kept in memory."""
        return HeldParts([function(part, *common) for part in self._parts])

    def numbered(self) -> HeldParts:
        """Return pairs of number and part."""
        return HeldParts(list(enumerate(self._parts)))

    def total(self, function: Callable[..., Any], *common: Any) -> Any:
        """Return the sum of the results."""
        parts = self._parts
        return fixed_order_sum(len(parts), lambda i: function(parts[i], *common), operator.add)

    def together(self, function: Callable[..., Any], *common: Any) -> HeldParts:
        """Return the single result."""
        return HeldParts([function(self._parts, *common)])
