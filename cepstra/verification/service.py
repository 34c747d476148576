"""What a use case works with: the store, verifiers and defences of the process, and who asks."""

from __future__ import annotations

from dataclasses import dataclass, field

from cepstra.store import Store
from cepstra.verification.audit import Origin
from cepstra.verification.defences import Defences
from cepstra.verification.galleries import Galleries
from cepstra.verification.ready_models import ReadyModels
from cepstra.verification.systems import Systems


@dataclass(frozen=True)
class Service:
    """Handed to every use case; what it holds besides the store can be made from it anew."""

    store: Store
    systems: Systems
    defences: Defences = field(default_factory=Defences)
    galleries: Galleries = field(default_factory=Galleries)
    ready_models: ReadyModels = field(default_factory=ReadyModels)
    origin: Origin = Origin("local")
    require_consent: bool = False
