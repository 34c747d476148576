"""Where identification searches: every voiceprint of a system, in memory or by an index."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass, field
from threading import Lock

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Connection

from cepstra.store import Store, speakers, vector_index, voiceprints
from cepstra.store.voiceprints import Vector, VoiceprintCounts
from cepstra.verification.registry import VerifierRegistry

LEAST_ROWS = 64
log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Candidate:
    """A speaker that a search found."""

    speaker_id: int
    alias: str


@dataclass(frozen=True)
class SearchResult:
    """What a search found.

    Attributes:
        candidates: likeliest first.
        n_speakers: how many were searched.
        n_left_out: how many are enrolled without a voiceprint of the system.
    """

    candidates: Sequence[Candidate]
    n_speakers: int
    n_left_out: int


class Gallery:
    """The voiceprints, in memory, of the speakers whose models one system made.

    Bringing it up to date reads one row of counters when nothing has changed, else as many rows
    as were written since, by whatever process; after a deletion also the ids of all. A search is
    one product of an (N, D) matrix and a vector.
    """

    def __init__(self, system: str, frontend: str) -> None:
        self._system, self._frontend = system, frontend
        self._n_left_out = 0
        self._lock = Lock()
        self._state: VoiceprintCounts | None = None
        self._speakers: list[Candidate] = []
        self._row_of: dict[int, int] = {}
        self._rows = np.zeros((0, 0), dtype=np.float32)

    def nearest(self, store: Store, probe: Vector, most: int) -> SearchResult:
        """Return at most `most` speakers whose voiceprints have the largest product with (D,)."""
        with self._lock:
            with store.reading() as connection:
                self._refresh(connection)
            n_speakers = len(self._speakers)
            if not n_speakers:
                return SearchResult((), 0, self._n_left_out)
            likeness = self._rows[:n_speakers] @ probe
            best = largest(likeness, most)
            best_speakers = tuple(self._speakers[row] for row in best)
            return SearchResult(best_speakers, n_speakers, self._n_left_out)

    def _refresh(self, connection: Connection) -> None:
        state = voiceprints.state(connection)
        if state == self._state:
            return
        before = self._state or VoiceprintCounts(0, state.deletions)
        if state.deletions != before.deletions:
            self._keep_only(voiceprints.kept(connection, self._system))
        for row in voiceprints.changed(connection, self._system, before.changes):
            self._put(Candidate(row.speaker_id, row.alias), row.vector)
        n_enrolled = speakers.count_enrolled(connection, self._frontend)
        self._n_left_out = max(0, n_enrolled - len(self._speakers))
        self._state = state

    def _put(self, speaker: Candidate, vector: Vector) -> None:
        row = self._row_of.setdefault(speaker.speaker_id, len(self._speakers))
        if row == len(self._speakers):
            self._speakers.append(speaker)
            if row == len(self._rows):
                larger = np.zeros((max(LEAST_ROWS, 2 * row), len(vector)), dtype=np.float32)
                larger[:row] = self._rows[:row] if row else 0.0
                self._rows = larger
        self._speakers[row], self._rows[row] = speaker, vector

    def _keep_only(self, speaker_ids: set[int]) -> None:
        kept = [row for row, s in enumerate(self._speakers) if s.speaker_id in speaker_ids]
        self._rows = self._rows[kept]
        self._speakers = [self._speakers[row] for row in kept]
        self._row_of = {s.speaker_id: row for row, s in enumerate(self._speakers)}


def largest(values: NDArray[np.float32], most: int) -> NDArray[np.intp]:
    """Return the indices of at most `most` of the largest values (N,), largest first."""
    most = min(most, len(values))
    best = np.argpartition(-values, most - 1)[:most]
    return best[np.argsort(-values[best], kind="stable")]


class IndexedGallery:
    """Searches as `Gallery` does, by an index in PostgreSQL that the processes share.

    It is brought up to date by whoever searches first after a change. While it holds the
    voiceprints of another system, as during an update from machine to machine, those of this one
    are searched in memory.
    """

    def __init__(self, system: str, frontend: str) -> None:
        self._system, self._frontend = system, frontend
        self._in_memory = Gallery(system, frontend)
        self._counted: tuple[VoiceprintCounts, int, int] | None = None

    def nearest(self, store: Store, probe: Vector, most: int) -> SearchResult:
        """Return at most `most` speakers whose voiceprints have the largest product with (D,)."""
        with store.reading() as connection:
            state = voiceprints.state(connection)
            taken_over = vector_index.taken_over(connection, self._system)
            if taken_over == state.changes:
                return self._search(connection, state, probe, most)
        if taken_over is None:
            return self._in_memory.nearest(store, probe, most)
        vector_index.catch_up(store, self._system)
        with store.reading() as connection:
            return self._search(connection, voiceprints.state(connection), probe, most)

    def _search(
        self, connection: Connection, state: VoiceprintCounts, probe: Vector, most: int
    ) -> SearchResult:
        found = vector_index.nearest(connection, probe, most)
        candidates = tuple(Candidate(*row) for row in found)
        return SearchResult(candidates, *self._count(connection, state))

    def _count(self, connection: Connection, state: VoiceprintCounts) -> tuple[int, int]:
        """Return how many are searched and how many are left out, counted after each change."""
        counted = self._counted
        if counted is None or counted[0] != state:
            n_speakers = vector_index.count(connection)
            n_enrolled = speakers.count_enrolled(connection, self._frontend)
            counted = self._counted = state, n_speakers, max(0, n_enrolled - n_speakers)
        return counted[1:]


@dataclass(frozen=True)
class Galleries:
    """The galleries of a process, one a system and tenant; each is empty until its first search.

    Attributes:
        kind: what holds the voiceprints: the memory of every process, or PostgreSQL's index. An
            index finds the nearest of all, so those of tenants are not in it but in memory.
    """

    kind: type[Gallery] | type[IndexedGallery] = Gallery
    _known: dict[tuple[str, str], Gallery | IndexedGallery] = field(default_factory=dict)

    def of(self, system: str, frontend: str, tenant: str = "") -> Gallery | IndexedGallery:
        """Return a tenant's gallery of the system of that name, which serves the front end.

        It is to be searched with that tenant's store.
        """
        kind = Gallery if tenant else self.kind
        return self._known.setdefault((system, tenant), kind(system, frontend))


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
