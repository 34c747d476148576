"""Models of the speakers seen last, decrypted and prepared, in the memory of a process."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from threading import Lock
from typing import Any

from sqlalchemy import Connection

from cepstra.store import models
from cepstra.store.models import MadeFrom, StoredModel
from cepstra.verification.verifier import Verifier

MOST_MODELS = 256  # of 0.3 MB each


@dataclass(frozen=True)
class PreparedModel:
    """A speaker's model as scoring takes it.

    Attributes:
        made_from: the revision of the takes and the system.
        summary: plain numbers for the replies.
        prepared: what the system made of the arrays.
    """

    made_from: MadeFrom
    summary: Mapping[str, Any]
    prepared: Any


@dataclass
class ModelCache:
    """What need not be read, decrypted and derived again at every attempt.

    Nothing here is ever stale: a model is asked for by the revision and system that the caller
    has just read from the store. After a deletion by any process, the next caller of this one
    makes it forget whatever is gone.
    """

    _by_speaker: OrderedDict[int, PreparedModel] = field(default_factory=OrderedDict)
    _deletions: int | None = None
    _lock: Lock = field(default_factory=Lock)

    def obtain(
        self,
        speaker_id: int,
        made_from: MadeFrom,
        system: Verifier,
        load: Callable[[], StoredModel],
    ) -> PreparedModel:
        """Return the speaker's model of that revision; `load` reads it if it is not here."""
        with self._lock:
            known = self._by_speaker.get(speaker_id)
            if known is not None and known.made_from == made_from:
                self._by_speaker.move_to_end(speaker_id)
                return known
        stored = load()
        ready = PreparedModel(stored.made_from, stored.summary, system.prepare(stored.arrays))
        with self._lock:
            self._by_speaker[speaker_id] = ready
            self._by_speaker.move_to_end(speaker_id)
            while len(self._by_speaker) > MOST_MODELS:
                self._by_speaker.popitem(last=False)
        return ready

    def forget_deleted(self, connection: Connection, deletions: int) -> None:
        """Drop models that are no longer in the store.

        Args:
            connection: a transaction.
            deletions: how many there were as it sees the store.
        """
        with self._lock:
            if deletions == self._deletions:
                return
            kept = models.made_from(connection, list(self._by_speaker))
            for speaker_id, ready in list(self._by_speaker.items()):
                if kept.get(speaker_id) != ready.made_from:
                    del self._by_speaker[speaker_id]
            self._deletions = deletions

    def __len__(self) -> int:
        return len(self._by_speaker)
