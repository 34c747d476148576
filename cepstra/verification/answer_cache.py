"""What was found out about speakers, kept in a process for as long as it holds."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Hashable
from dataclasses import dataclass, field
from threading import Lock
from typing import Generic, TypeVar

MOST_ANSWERS = 256

T = TypeVar("T")


@dataclass
class AnswerCache(Generic[T]):
    """One answer a speaker, with what it was found from; nothing here is ever stale."""

    _by_speaker: OrderedDict[int, tuple[Hashable, T]] = field(default_factory=OrderedDict)
    _deletions: int | None = None
    _lock: Lock = field(default_factory=Lock)

    def obtain(
        self, speaker_id: int, found_from: Hashable, deletions: int, find: Callable[[], T]
    ) -> T:
        """Return the answer, found anew where it was found from something else.

        Args:
            speaker_id: whom it is about.
            found_from: all that it depends on, as the caller has just read it.
            deletions: how many there were; whatever was kept before another one is forgotten.
            find: finds the answer.
        """
        with self._lock:
            if deletions != self._deletions:
                self._by_speaker.clear()
                self._deletions = deletions
            known = self._by_speaker.get(speaker_id)
        if known is not None and known[0] == found_from:
            return known[1]
        answer = find()
        with self._lock:
            if deletions == self._deletions:
                self._by_speaker[speaker_id] = found_from, answer
                self._by_speaker.move_to_end(speaker_id)
                while len(self._by_speaker) > MOST_ANSWERS:
                    self._by_speaker.popitem(last=False)
        return answer
