"""Every voiceprint of a system in memory, brought up to date from the store before a search."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from threading import Lock

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Connection

from cepstra.store import Store, speakers, voiceprints
from cepstra.store.voiceprints import State, Vector

LEAST_ROWS = 64


@dataclass(frozen=True)
class Candidate:
    """A speaker that a search found."""

    speaker_id: int
    alias: str


@dataclass(frozen=True)
class Found:
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
    """The voiceprints of the speakers whose models one system made.

    Bringing it up to date reads one row of counters when nothing has changed, else as many rows
    as were written since, by whatever process; after a deletion also the ids of all. A search is
    one product of an (N, D) matrix and a vector.
    """

    def __init__(self, system: str, frontend: str) -> None:
        self._system, self._frontend = system, frontend
        self._n_left_out = 0
        self._lock = Lock()
        self._state: State | None = None
        self._speakers: list[Candidate] = []
        self._row_of: dict[int, int] = {}
        self._rows = np.zeros((0, 0), dtype=np.float32)

    def nearest(self, store: Store, probe: Vector, most: int) -> Found:
        """Return at most `most` speakers whose voiceprints have the largest product with (D,)."""
        with self._lock:
            with store.reading() as connection:
                self._refresh(connection)
            n_speakers = len(self._speakers)
            if not n_speakers:
                return Found((), 0, self._n_left_out)
            likeness = self._rows[:n_speakers] @ probe
            best = largest(likeness, most)
            best_speakers = tuple(self._speakers[row] for row in best)
            return Found(best_speakers, n_speakers, self._n_left_out)

    def _refresh(self, connection: Connection) -> None:
        state = voiceprints.state(connection)
        if state == self._state:
            return
        before = self._state or State(0, state.deletions)
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
