"""What the requests of a process share: the store and the verifiers."""

from __future__ import annotations

from dataclasses import dataclass

from store import Store
from verification.systems import Systems


@dataclass(frozen=True)
class Service:
    """Handed to every use case; holds no state of its own."""

    store: Store
    systems: Systems
