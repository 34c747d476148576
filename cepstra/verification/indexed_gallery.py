"""The voiceprints in PostgreSQL instead of in every process, searched through an index."""

from __future__ import annotations

from sqlalchemy import Connection

from cepstra.store import Store, speakers, vector_index, voiceprints
from cepstra.store.voiceprints import State, Vector
from cepstra.verification.gallery import Candidate, Found, Gallery


class IndexedGallery:
    """Searches as `Gallery` does, by an index that the processes share.

    It is brought up to date by whoever searches first after a change. While it holds the
    voiceprints of another system, as during an update from machine to machine, those of this one
    are searched in memory.
    """

    def __init__(self, system: str, frontend: str) -> None:
        self._system, self._frontend = system, frontend
        self._in_memory = Gallery(system, frontend)
        self._counted: tuple[State, int, int] | None = None

    def nearest(self, store: Store, probe: Vector, most: int) -> Found:
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

    def _search(self, connection: Connection, state: State, probe: Vector, most: int) -> Found:
        found = vector_index.nearest(connection, probe, most)
        candidates = tuple(Candidate(*row) for row in found)
        return Found(candidates, *self._count(connection, state))

    def _count(self, connection: Connection, state: State) -> tuple[int, int]:
        """Return how many are searched and how many are left out, counted after each change."""
        counted = self._counted
        if counted is None or counted[0] != state:
            n_speakers = vector_index.count(connection)
            n_enrolled = speakers.count_enrolled(connection, self._frontend)
            counted = self._counted = state, n_speakers, max(0, n_enrolled - n_speakers)
        return counted[1:]
