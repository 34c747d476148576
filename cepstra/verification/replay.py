"""Has this been said before? Comparison with enrolment and with earlier attempts."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from cepstra.digits import fingerprint as words
from cepstra.digits import replay_match
from cepstra.digits.replay_detector import ReplayDetector, ReplayParameters
from cepstra.digits.replay_match import N_COEFFICIENTS
from cepstra.store.arrays import unpack
from cepstra.store.fingerprints import Fingerprint

Frames = NDArray[np.floating[Any]]
ByDetector = Mapping[str, Sequence[Fingerprint]]

PARAMETERS = Path(__file__).resolve().parent.parent / "models" / "replay.safetensors"
WORDS = "replayed-words-1"  # the name that fingerprints for `ReplayDetector` are kept by
MOST_COMPARED = 60  # recordings of one digit


class CopyDetector(Protocol):
    """Recognises frames that were seen before.

    `name` changes whenever its fingerprints cannot be compared with those of another version.
    `needs_digit` says that an attempt is compared with answers of the same digits: one that repeats
    answers under other digits alone says wrong ones. A take is compared with all, for its digit
    need not be looked at.
    """

    name: str
    needs_digit: bool

    def fingerprint(self, frames: Frames) -> bytes:
        """Return what is kept of frames (T, D) to recognise them by."""

    def repeats(
        self, new: Sequence[Fingerprint], known: Sequence[Fingerprint]
    ) -> NDArray[np.bool_]:
        """Tell which fingerprints are of the same frames: (new, known)."""


class ExactRepeats:
    """Recognises the same numbers, as they are kept (float32), however few; nothing else."""

    name, needs_digit = "sha256", False

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

    name, needs_digit = "traces-1", True

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
    """Compares with enrolment and with earlier attempts.

    Attributes:
        detectors: none of them may find anything in a message.
        n_takes: how many of the speaker's newest takes are compared.
        memory: how long answers are kept and compared.
        replays: judges an attempt of several messages as a whole, if anything does.
    """

    detectors: Sequence[CopyDetector] = (ExactRepeats(), AlteredCopies())
    n_takes: int = 120
    memory: timedelta = timedelta(days=180)
    replays: ReplayDetector | None = None

    @property
    def names(self) -> Sequence[str]:
        """Return the names of all fingerprints."""
        return [*(one.name for one in self.detectors), *([WORDS] if self.replays else [])]

    def fingerprint(self, frames: Frames) -> dict[str, bytes]:
        """Return every fingerprint of frames (T, D), by the detector's name."""
        prints = {detector.name: detector.fingerprint(frames) for detector in self.detectors}
        return {**prints, WORDS: _word(frames)} if self.replays else prints

    def find(self, new: ByDetector, enrolled: ByDetector, answered: ByDetector) -> Sequence[str]:
        """Return what new messages repeat, one text a finding; empty where all of it is new.

        They are compared with takes, with earlier answers, and with each other.

        Args:
            new: fingerprints of the messages, in order.
            enrolled: those of takes, oldest first.
            answered: those of answers, oldest first.
        """
        found = []
        for detector in self.detectors:
            asked = new[detector.name]
            digits = {one.digit for one in asked}
            is_any = len(asked) == 1 or not detector.needs_digit
            known = [*enrolled.get(detector.name, ())[-self.n_takes :]]
            known += [
                one for one in answered.get(detector.name, ()) if is_any or one.digit in digits
            ]
            are_alike = detector.repeats(asked, [*known, *asked])
            said_before = np.tril(are_alike, len(known) - 1).any(axis=1)
            for number in np.flatnonzero(said_before) + 1:
                found.append(f"{detector.name}: message {number} was heard before")
        if self.replays and len(new[WORDS]) > 1:
            known = [*enrolled.get(WORDS, ())[-self.n_takes :], *answered.get(WORDS, ())]
            if _is_replay(self.replays, new[WORDS], known):
                found.append("made of earlier recordings")
        return found


def _is_replay(
    replays: ReplayDetector, new: Sequence[Fingerprint], known: Sequence[Fingerprint]
) -> bool:
    """Tell whether recordings of the same digits explain an attempt too well; oldest first."""
    attempt = [(one.digit, one.content) for one in new if one.digit is not None and one.content]
    asked = {digit for digit, _ in attempt}
    own: dict[int | None, list[bytes]] = {digit: [] for digit in asked}
    rejected: dict[int | None, list[bytes]] = {digit: [] for digit in asked}
    for one in known:
        if one.content and one.digit in asked:
            (own if one.is_accepted else rejected)[one.digit].append(one.content)
    return replays.is_replay(
        [(digit, words.Fingerprint.from_bytes(content)) for digit, content in attempt],
        {digit: _newest(same) for digit, same in own.items()},
        {digit: _newest(same) for digit, same in rejected.items()},
    )


def _newest(contents: Sequence[bytes]) -> list[words.Fingerprint]:
    return [words.Fingerprint.from_bytes(content) for content in contents[-MOST_COMPARED:]]


def _word(frames: Frames) -> bytes:
    """Return the word's fingerprint; nothing of frames of another width."""
    return words.fingerprint(frames).to_bytes() if frames.shape[1] == words.N_CEPSTRA else b""


def load_replay_detector() -> ReplayDetector:
    """Read the shipped parameters.

    Raises:
        FileNotFoundError: models/replay.safetensors is missing.
    """
    return ReplayDetector(ReplayParameters(**unpack(PARAMETERS.read_bytes())))
