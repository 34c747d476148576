"""Has this been said before? Comparison with enrolment and with the last attempts."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Connection

from store import fingerprints, takes
from verification.message import Message

KEPT_FINGERPRINTS = 300

Frames = NDArray[np.floating[Any]]


class ReplayDetector(Protocol):
    """Recognises frames that were seen before.

    `name` changes whenever its fingerprints cannot be compared with those of another version.
    """

    name: str

    def fingerprint(self, frames: Frames) -> bytes:
        """Return what is kept of frames (T, D) to recognise them by."""

    def repeats(self, frames: Frames, known: Sequence[bytes]) -> bool:
        """Tell whether frames (T, D) repeat some whose fingerprints are known."""


class ExactRepeats:
    """Recognises the same numbers, as they are kept (float32); nothing else."""

    name = "sha256"

    def fingerprint(self, frames: Frames) -> bytes:
        """Return the SHA-256 of shape and numbers."""
        compact = np.ascontiguousarray(frames, dtype=np.float32)
        return hashlib.sha256(repr(compact.shape).encode() + compact.tobytes()).digest()

    def repeats(self, frames: Frames, known: Sequence[bytes]) -> bool:
        """Tell whether exactly these frames are known."""
        return self.fingerprint(frames) in known


def find_repeats(
    connection: Connection,
    detectors: Sequence[ReplayDetector],
    speaker_id: int,
    messages: Sequence[Message],
) -> Sequence[str]:
    """Return what the messages repeat, one text a finding; empty where all of it is new.

    Messages are compared with every take of the speaker, with the last attempts, and with the
    messages before them.
    """
    enrolled = [take.frames for take in takes.load(connection, speaker_id)]
    found = []
    for detector in detectors:
        known = [detector.fingerprint(frames) for frames in enrolled]
        known += fingerprints.recent(connection, speaker_id, detector.name)
        for number, message in enumerate(messages):
            if detector.repeats(message.frames, known):
                found.append(f"{detector.name}: message {number + 1} was heard before")
            known.append(detector.fingerprint(message.frames))
    return found


def remember(
    connection: Connection,
    detectors: Sequence[ReplayDetector],
    speaker_id: int,
    messages: Sequence[Message],
) -> None:
    """Keep fingerprints of an attempt's messages, whatever became of it."""
    for detector in detectors:
        added = [detector.fingerprint(message.frames) for message in messages]
        fingerprints.append(connection, speaker_id, detector.name, added, KEPT_FINGERPRINTS)
