"""Has this been said before? Comparison with enrolment and with the last attempts."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from cepstra.digits import replay_match
from cepstra.digits.replay_match import N_COEFFICIENTS
from cepstra.store.fingerprints import Fingerprint

Frames = NDArray[np.floating[Any]]
ByDetector = Mapping[str, Sequence[Fingerprint]]


class ReplayDetector(Protocol):
    """Recognises frames that were seen before.

    `name` changes whenever its fingerprints cannot be compared with those of another version.
    """

    name: str

    def fingerprint(self, frames: Frames) -> bytes:
        """Return what is kept of frames (T, D) to recognise them by."""

    def repeats(
        self, new: Sequence[Fingerprint], known: Sequence[Fingerprint]
    ) -> NDArray[np.bool_]:
        """Tell which fingerprints are of the same frames: (new, known)."""


class ExactRepeats:
    """Recognises the same numbers, as they are kept (float32), however few; nothing else."""

    name = "sha256"

    def fingerprint(self, frames: Frames) -> bytes:
        """Return the SHA-256 of shape and numbers."""
        compact = np.ascontiguousarray(frames, dtype=np.float32)
        return hashlib.sha256(repr(compact.shape).encode() + compact.tobytes()).digest()

    def repeats(
        self, new: Sequence[Fingerprint], known: Sequence[Fingerprint]
    ) -> NDArray[np.bool_]:
        """Compare every pair."""
        pairs = [[one.content == other.content for other in known] for one in new]
        return np.array(pairs, dtype=bool).reshape(len(new), len(known))


class AlteredCopies:
    """Recognises copies that were made louder, shifted, cut, rounded or slightly noisy."""

    name = "traces-1"

    def fingerprint(self, frames: Frames) -> bytes:
        """Return twelve cepstral trajectories as float16."""
        return replay_match.fingerprint(frames).tobytes()

    def repeats(
        self, new: Sequence[Fingerprint], known: Sequence[Fingerprint]
    ) -> NDArray[np.bool_]:
        """Lay every pair over each other at all lags."""
        return replay_match.matches(
            [_trace(one) for one in new], [_trace(other) for other in known]
        )


def _trace(fingerprint: Fingerprint) -> replay_match.Fingerprint:
    return np.frombuffer(fingerprint.content, dtype=np.float16).reshape(-1, N_COEFFICIENTS)


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

    def fingerprint(self, frames: Frames) -> dict[str, bytes]:
        """Return every detector's fingerprint of frames (T, D), by its name."""
        return {detector.name: detector.fingerprint(frames) for detector in self.detectors}

    def find(self, new: ByDetector, enrolled: ByDetector, answered: ByDetector) -> Sequence[str]:
        """Return what new messages repeat, one text a finding; empty where all of it is new.

        They are compared with takes, with the last answers, and with each other.

        Args:
            new: fingerprints of the messages, in order.
            enrolled: those of takes, oldest first.
            answered: those of answers, oldest first.
        """
        found = []
        for detector in self.detectors:
            asked = new[detector.name]
            known = [*enrolled.get(detector.name, ())[-self.n_takes :]]
            known += answered.get(detector.name, ())[-self.n_messages :]
            said_before = detector.repeats(asked, known).any(axis=1)
            said_before |= np.tril(detector.repeats(asked, asked), -1).any(axis=1)
            for number in np.flatnonzero(said_before) + 1:
                found.append(f"{detector.name}: message {number} was heard before")
        return found
