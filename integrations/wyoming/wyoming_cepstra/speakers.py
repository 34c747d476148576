"""Whose voice it is: by profiles in a folder, or by a Cepstra service; frames alone leave here."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import cepstra
from cepstra.client import Client
from cepstra.frontend import Features, to_message
from cepstra.frontend.message import MAX_ATTEMPT_FRAMES
from cepstra.verification.identification import Outcome

SUFFIXES = (".json", ".safetensors")


@dataclass(frozen=True)
class Answer:
    """Who spoke.

    Attributes:
        decision: identified, none of the speakers, or inconclusive: too little speech.
        name: of the speaker; None for nobody.
        confidence: probability of that speaker, if somebody enrolled and nobody were as likely;
            None for nobody, and where a service's key has not the scope `scores`.
    """

    decision: Outcome
    name: str | None = None
    confidence: float | None = None


class Speakers(Protocol):
    """Those whom an utterance may be of."""

    def names(self) -> Sequence[str]:
        """Their names, where they are known here."""

    def who(self, speech: Features, among: Collection[str] | None) -> Answer:
        """Tell whose speech it is; `among` are the only ones that count, None for all."""


class ProfileSpeakers:
    """Profiles of a folder, as `cepstra.Profile.save` or a service's /export write them."""

    def __init__(self, folder: Path) -> None:
        """Read them.

        Raises:
            ValueError: a file is no profile, or two have one name.
            OSError: the folder cannot be read.
        """
        files = sorted(path for path in folder.iterdir() if path.suffix in SUFFIXES)
        self._profiles = [cepstra.Profile.load(path) for path in files]
        names = self.names()
        if not names or len(set(names)) < len(names):
            raise ValueError(f"{folder}: expected profiles of different names, got {list(names)}")

    def names(self) -> Sequence[str]:
        """Return the names of the profiles."""
        return [profile.name for profile in self._profiles]

    def who(self, speech: Features, among: Collection[str] | None) -> Answer:
        """Compare with the profiles."""
        chosen = [p for p in self._profiles if among is None or p.name in among]
        found = cepstra.Profile.identify(speech, chosen)
        best = found.ranking[0].probability if found.speaker else None
        return Answer(found.decision, found.speaker, best)


class ServiceSpeakers:
    """Everybody enrolled at a service; its key needs the scope `identify`."""

    def __init__(self, url: str, key: str | None) -> None:
        self._client = Client(url, key)

    def names(self) -> Sequence[str]:
        """Return none: a key with the scope `identify` may not list speakers."""
        return []

    def who(self, speech: Features, among: Collection[str] | None) -> Answer:
        """Ask /identify, of everybody: one of `among` has to be the likeliest of all.

        Raises:
            cepstra.client.RefusedError: it refuses.
            cepstra.client.UnreachableError: nothing answers.
        """
        message = to_message(speech[:MAX_ATTEMPT_FRAMES], most=MAX_ATTEMPT_FRAMES)
        found = self._client.identify(message, 1)
        name = found["speaker"]
        if name is None or (among is not None and name not in among):
            return Answer("inconclusive" if found["decision"] == "inconclusive" else "none")
        return Answer("identified", name, found["ranking"][0]["probability"])
