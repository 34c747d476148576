"""What was found out about the speakers asked for last, in the memory of a process."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass, field
from threading import Lock
from typing import Generic, TypeVar

MOST_SPEAKERS = 256  # a prepared model has 0.3 MB

T = TypeVar("T")


@dataclass
class SpeakerCache(Generic[T]):
    """One value a speaker, with what it was found from.

    Nothing here is ever stale: a value is asked for by what the caller has just read from the
    store. After a deletion by any process, the next caller of this one has it forget.
    """

    _by_speaker: OrderedDict[int, tuple[Hashable, T]] = field(default_factory=OrderedDict)
    _deletions: int | None = None
    _lock: Lock = field(default_factory=Lock)

    def forget_deleted(
        self, deletions: int, found_from: Callable[[Sequence[int]], Mapping[int, Hashable]]
    ) -> None:
        """Drop what a deletion made void.

        Args:
            deletions: how many there were, as the caller sees the store.
            found_from: says of speakers' ids from what their values would be found now; all others
                are dropped. It is asked only where there was another deletion.
        """
        with self._lock:
            if deletions == self._deletions:
                return
            current = found_from(list(self._by_speaker))
            for speaker_id, (before, _) in list(self._by_speaker.items()):
                if current.get(speaker_id) != before:
                    del self._by_speaker[speaker_id]
            self._deletions = deletions

    def obtain(
        self, speaker_id: int, found_from: Hashable, deletions: int, find: Callable[[], T]
    ) -> T:
        """Return the speaker's value, found anew where it was found from something else.

        Args:
            speaker_id: whom it is about.
            found_from: all that it depends on, as the caller has just read it.
            deletions: as then; what is found while there is another one is not kept.
            find: finds the value.
        """
        with self._lock:
            known = self._by_speaker.get(speaker_id)
            if known is not None and known[0] == found_from:
                self._by_speaker.move_to_end(speaker_id)
                return known[1]
        value = find()
        with self._lock:
            if deletions == self._deletions:
                self._by_speaker[speaker_id] = found_from, value
                self._by_speaker.move_to_end(speaker_id)
                while len(self._by_speaker) > MOST_SPEAKERS:
                    self._by_speaker.popitem(last=False)
        return value

    def __len__(self) -> int:
        return len(self._by_speaker)
