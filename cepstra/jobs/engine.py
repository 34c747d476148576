"""What a long job asks of whatever runs it.

A job cuts its data into parts by the data alone, never by the number of workers, and sums are
taken in one fixed order. So every engine gives the same result, to the bit where the processors
are alike.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any, Protocol, TypeVar

Part = TypeVar("Part")
Sum = TypeVar("Sum")
Advance = Callable[[int], None]  # is told how many steps more are done


def unwatched(n_done: int) -> None:
    """Serve a job that nobody watches."""


class Parts(Protocol):
    """Data that lie, part by part, where the work on them is done.

    Functions and their arguments have to be picklable: functions of a module, arrays, dataclasses.
    """

    def __iter__(self) -> Iterator[Any]:
        """Fetch every part, in order."""

    def apply(self, function: Callable[..., Any], *common: Any) -> Parts:
        """Return the parts function(part, *common), which stay where they are made."""

    def numbered(self) -> Parts:
        """Return the parts as pairs (number, part), from 0."""

    def total(self, function: Callable[..., Any], *common: Any) -> Any:
        """Return the sum of function(part, *common) over all parts, by the results' `+`."""

    def together(self, function: Callable[..., Any], *common: Any) -> Parts:
        """Return the single part function([part, ...], *common)."""


class Engine(Protocol):
    """Runs functions on parts of data."""

    def place(self, parts: Iterable[Any]) -> Parts:
        """Send parts, at least one, to where they will be worked on."""

    def map(
        self, function: Callable[..., Any], parts: Iterable[Any], *common: Any
    ) -> Iterator[Any]:
        """Yield function(part, *common) of each part, in order, as they are done.

        Parts are taken from the iterable as workers get free: they may be more than memory holds.
        """


def fixed_order_sum(
    n_parts: int, leaf: Callable[[int], Sum], add: Callable[[Sum, Sum], Sum]
) -> Sum:
    """Add leaf(0) to leaf(n_parts - 1) by halves, in an order that depends on nothing else.

    Raises:
        ValueError: there is nothing to add.
    """
    if n_parts < 1:
        raise ValueError("n_parts: expected at least 1, got 0")

    def between(first: int, end: int) -> Sum:
        if end - first == 1:
            return leaf(first)
        middle = (first + end) // 2
        return add(between(first, middle), between(middle, end))

    return between(0, n_parts)


def batches(items: Sequence[Part], size: int) -> list[Sequence[Part]]:
    """Cut a sequence into parts of `size` items, the last perhaps shorter."""
    return [items[start : start + size] for start in range(0, len(items), size)]
