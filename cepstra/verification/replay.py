"""Has this been said before? Comparison with enrolment and with the last attempts."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Connection

from cepstra.digits.replay_match import N_COEFFICIENTS, Fingerprint, fingerprint, matches
from cepstra.store import fingerprints, takes
from cepstra.verification.message import Message

Frames = NDArray[np.floating[Any]]


class ReplayDetector(Protocol):
    """Recognises frames that were seen before.

    `name` changes whenever its fingerprints cannot be compared with those of another version.
    """

    name: str

    def fingerprint(self, frames: Frames) -> bytes:
        """Return what is kept of frames (T, D) to recognise them by."""

    def repeats(self, new: Sequence[bytes], known: Sequence[bytes]) -> NDArray[np.bool_]:
        """Tell which fingerprints are of the same frames: (new, known)."""


class ExactRepeats:
    """Recognises the same numbers, as they are kept (float32), however few; nothing else."""

    name = "sha256"

    def fingerprint(self, frames: Frames) -> bytes:
        """Return the SHA-256 of shape and numbers."""
        compact = np.ascontiguousarray(frames, dtype=np.float32)
        return hashlib.sha256(repr(compact.shape).encode() + compact.tobytes()).digest()

    def repeats(self, new: Sequence[bytes], known: Sequence[bytes]) -> NDArray[np.bool_]:
        """Compare every pair."""
        pairs = [[one == other for other in known] for one in new]
        return np.array(pairs, dtype=bool).reshape(len(new), len(known))


class AlteredCopies:
    """Recognises copies that were made louder, shifted, cut, rounded or slightly noisy."""

    name = "traces-1"

    def fingerprint(self, frames: Frames) -> bytes:
        """Return twelve cepstral trajectories as float16."""
        return fingerprint(frames).tobytes()

    def repeats(self, new: Sequence[bytes], known: Sequence[bytes]) -> NDArray[np.bool_]:
        """Lay every pair over each other at all lags."""
        return matches([_trace(one) for one in new], [_trace(other) for other in known])


def _trace(fingerprint: bytes) -> Fingerprint:
    return np.frombuffer(fingerprint, dtype=np.float16).reshape(-1, N_COEFFICIENTS)


@dataclass(frozen=True)
class ReplayGuard:
    """Compares with enrolment and with the last attempts.

    Attributes:
        detectors: none of them may find anything.
        n_takes: how many of the speaker's newest takes are compared.
        n_messages: how many of the newest messages of challenged attempts are kept and compared.
    """

    detectors: Sequence[ReplayDetector] = (ExactRepeats(), AlteredCopies())
    n_takes: int = 120
    n_messages: int = 100

    def find(
        self, connection: Connection, speaker_id: int, messages: Sequence[Message]
    ) -> Sequence[str]:
        """Return what the messages repeat, one text a finding; empty where all of it is new.

        Messages are compared with takes, with the last attempts, and with each other.
        """
        enrolled = takes.load(connection, speaker_id)[-self.n_takes :]
        found = []
        for detector in self.detectors:
            new = [detector.fingerprint(message.frames) for message in messages]
            known = [detector.fingerprint(take.frames) for take in enrolled]
            known += fingerprints.recent(connection, speaker_id, detector.name)[: self.n_messages]
            heard_before = detector.repeats(new, known).any(axis=1)
            heard_before |= np.tril(detector.repeats(new, new), -1).any(axis=1)
            for number in np.flatnonzero(heard_before) + 1:
                found.append(f"{detector.name}: message {number} was heard before")
        return found

    def remember(
        self, connection: Connection, speaker_id: int, messages: Sequence[Message]
    ) -> None:
        """Keep fingerprints of an attempt's messages, whatever became of it."""
        for detector in self.detectors:
            added = [detector.fingerprint(message.frames) for message in messages]
            fingerprints.append(connection, speaker_id, detector.name, added, self.n_messages)
