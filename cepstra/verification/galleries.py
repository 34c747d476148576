"""Where identification searches: the galleries of a process, one a system."""

from __future__ import annotations

import logging
from dataclasses import dataclass, field

from cepstra.store import Store, vector_index
from cepstra.verification.gallery import Gallery
from cepstra.verification.indexed_gallery import IndexedGallery
from cepstra.verification.registry import VerifierRegistry

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Galleries:
    """Each is empty until its first search.

    Attributes:
        kind: what holds the voiceprints: the memory of every process, or PostgreSQL's index.
    """

    kind: type[Gallery] | type[IndexedGallery] = Gallery
    _by_system: dict[str, Gallery | IndexedGallery] = field(default_factory=dict)

    def of(self, system: str, frontend: str) -> Gallery | IndexedGallery:
        """Return the gallery of the system of that name, which serves the front end."""
        return self._by_system.setdefault(system, self.kind(system, frontend))


def indexed_galleries(store: Store, systems: VerifierRegistry) -> Galleries:
    """Make PostgreSQL's index ready for use and return galleries that search it.

    Raises:
        cepstra.store.vector_index.VectorIndexError: the database has no pgvector.
    """
    for system in systems.by_frontend.values():
        if system.voiceprint_dimensions:
            vector_index.prepare(store, system.name, system.voiceprint_dimensions)
    return Galleries(IndexedGallery)


def galleries_in_memory(store: Store) -> Galleries:
    """Return galleries that every process keeps in memory; warn of an index that is left."""
    with store.reading() as connection:
        if vector_index.exists(connection):
            text = "plain voiceprints of an index are left in the database"
            log.warning("%s: `cepstra index-voiceprints --drop` deletes them", text)
    return Galleries(Gallery)
