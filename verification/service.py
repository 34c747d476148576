"""What the requests of a process share: the store, the verifiers and the defences."""

from __future__ import annotations

from dataclasses import dataclass, field

from store import Store
from verification.defences import Defences
from verification.gallery import Galleries
from verification.systems import Systems


@dataclass(frozen=True)
class Service:
    """Handed to every use case; what it holds besides the store can be made from it anew."""

    store: Store
    systems: Systems
    defences: Defences = field(default_factory=Defences)
    galleries: Galleries = field(default_factory=Galleries)
