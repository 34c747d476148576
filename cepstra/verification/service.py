"""What a use case works with: store, verifiers and security policy of the process, and who asks."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from cepstra.store import Store
from cepstra.verification.audit import Origin
from cepstra.verification.gallery import Galleries, Gallery, IndexedGallery
from cepstra.verification.registry import VerifierRegistry
from cepstra.verification.security_policy import SecurityPolicy
from cepstra.verification.speaker_cache import SpeakerCache
from cepstra.verification.trial_rounds import TrialRounds
from cepstra.verification.verifier import PreparedModel


@dataclass(frozen=True)
class Service:
    """Handed to every use case; what it holds besides the store can be made from it anew."""

    store: Store
    verifiers: VerifierRegistry
    security_policy: SecurityPolicy = field(default_factory=SecurityPolicy)
    galleries: Galleries = field(default_factory=Galleries)
    model_cache: SpeakerCache[PreparedModel] = field(default_factory=SpeakerCache)
    enrolled_voices: SpeakerCache[Any] = field(default_factory=SpeakerCache)
    trial_rounds: TrialRounds = field(default_factory=TrialRounds)
    origin: Origin = Origin("local", sees_scores=True)  # without a caller, as with auth off
    require_consent: bool = False

    def gallery(self, system: str, frontend: str) -> Gallery | IndexedGallery:
        """Return the voices that those of a system may be compared with: of the store's tenant."""
        return self.galleries.of(system, frontend, self.store.tenant)
