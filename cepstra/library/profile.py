"""A speaker's profile in memory: what the service computes, by its own code."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from functools import cache
from numbers import Integral
from pathlib import Path
from typing import get_args

import numpy as np

from cepstra.config import Config
from cepstra.library import profile_files
from cepstra.library.speech import Speech, SpeechError, attempt_of, digits_of, takes_of
from cepstra.store.speakers import Speaker
from cepstra.store.takes import NewTake, Role, Take
from cepstra.verification import comparison
from cepstra.verification.attempts import ScoreReport, report
from cepstra.verification.decision import Assessment
from cepstra.verification.errors import NotTrainedError, VerificationError
from cepstra.verification.gallery import largest
from cepstra.verification.identification import SHORTLIST, Identification, rank
from cepstra.verification.message import Message
from cepstra.verification.names import WHOLE_NAME_RULE, is_whole_name, normal_name
from cepstra.verification.offered_take import LOG_FRAMES, LOG_LENGTH
from cepstra.verification.registry import VerifierRegistry, load_verifiers
from cepstra.verification.verifier import Built, PreparedModel, Verifier, prepared_model
from cepstra.verification.verify import Template, check_front_end, verify


class Profile:
    """What is enrolled of one speaker.

    Every number is that of a service with the same settings (TARGET_FALSE_ACCEPT_RATE and
    MIN_SPEECH_S of the environment) that got the same frames in the same order, to the bit.

    Attributes:
        name: of the speaker, in Unicode's normal form C.
        takes: as a service keeps them, in 32-bit floats, the newest 60 of each role, of four
            minutes at most, oldest first.
    """

    def __init__(self, name: str) -> None:
        """Begin a profile without takes.

        Raises:
            ValueError: a service would not take the name.
        """
        if not isinstance(name, str) or not is_whole_name(normal_name(name)):
            raise ValueError(f"name: expected {WHOLE_NAME_RULE}, got {name!r:.80}")
        self.name = name = normal_name(name)
        self.takes: list[Take] = []
        self._speaker = Speaker(0, name, None, None, 0, datetime.now(UTC), "")
        self._built: Built | None = None
        self._prepared: PreparedModel | None = None

    def __repr__(self) -> str:
        return f"Profile({self.name!r}, takes={len(self.takes)})"

    @property
    def frontend(self) -> str | None:
        """Id of the front end of the takes; None before there are any, or if it has none."""
        return self._speaker.frontend

    def enrol(self, *speech: Speech, digits: Sequence[int] = (), role: Role = "train") -> Profile:
        """Add takes, and return the profile.

        A recording is cut into takes at its pauses; frames (T, 20) of `features` and messages of
        the service are a take each. 45 s of free speech are advised, or every digit twice.

        Args:
            speech: sound files, frames, or messages.
            digits: what is said in each of them, where it is one digit.
            role: "reference" for speech that sets the threshold of frames, as /test does.

        Raises:
            AudioError: a file cannot be read, or nobody speaks in it; nothing is added.
            SpeechError: frames or a message that a service would refuse; nothing is added.
            FrontEndMismatchError: it comes from another front end than the takes before.
            NotTrainedError: reference speech comes before any training.
        """
        if not speech:
            raise SpeechError("speech: expected a recording, frames or a message, got nothing")
        if role not in get_args(Role):
            raise SpeechError(f"role: expected train or reference, got {role!r}")
        most = max(2, LOG_LENGTH // max(1, len(speech)))
        said = zip(speech, digits_of(speech, digits), strict=True)
        self._enrol([(role, m) for each, digit in said for m in takes_of(each, digit, most)])
        return self

    def verify(self, *speech: Speech, digits: Sequence[int] = ()) -> ScoreReport:
        """Compare one attempt with the profile.

        Args:
            speech: recordings and frames, or messages; all of them are one attempt.
            digits: what is said in each, where it is one digit.

        Returns:
            Decision, llr, probability, threshold and quality, and the classic figures: what /score
            replies.

        Raises:
            AudioError: a file cannot be read, or nobody speaks in it.
            SpeechError: frames or a message that a service would refuse.
            FrontEndMismatchError: it comes from another front end than the takes.
            NotTrainedError: nothing is enrolled.
        """
        said = [digit for digit in digits_of(speech, digits) if digit is not None]
        attempt = attempt_of(speech, said)
        template = Template(self._speaker, self._verifier(), self._model())
        return report(template.model.summary, verify(template, attempt))

    @staticmethod
    def identify(
        speech: Speech | Sequence[Speech], profiles: Iterable[Profile], top: int = 10
    ) -> Identification:
        """Tell which of the profiles speaks, or none of them.

        Args:
            speech: one attempt.
            profiles: candidates, of one front end; those without speech are passed over.
            top: the longest ranking, 1 to 30.

        Raises:
            UncalibratedError: the front end has no calibrated system.
            ValueError: two profiles have one name, or `top` is beyond its range; and as
                `verify` does.
        """
        candidates = _distinct(profiles)
        if not isinstance(top, Integral) or not 1 <= top <= SHORTLIST:
            raise ValueError(f"top: expected 1 to {SHORTLIST}, got {top!r}")
        attempt = attempt_of(_several(speech), ())
        frontend = attempt[0].frontend
        system = verifiers().calibrated(frontend, "frontend")
        heard = system.prepare_attempt(attempt)
        models = {p.name: p._stored() for p in candidates if p.frontend == frontend}
        rows = {name: system.voiceprint(model.arrays) for name, model in models.items()}
        known = [(name, row) for name, row in rows.items() if row is not None]
        if not known:
            return rank(system, heard, {}, 0)
        likeness = np.stack([row for _, row in known]) @ system.probe(heard)
        nearest = [known[i][0] for i in largest(likeness, SHORTLIST)]
        ranked = rank(system, heard, {name: models[name].arrays for name in nearest}, len(known))
        return replace(ranked, ranking=ranked.ranking[:top])

    @staticmethod
    def compare(first: Speech | Sequence[Speech], second: Speech | Sequence[Speech]) -> Assessment:
        """Tell whether two attempts are one voice; nobody is enrolled, as by /compare.

        Raises:
            UncalibratedError: a side's front end has no calibrated system.
            FrontEndMismatchError: the two come from different front ends; and as `verify` does.
        """
        sides = [attempt_of(_several(side), ()) for side in (first, second)]
        system = comparison.common_system(verifiers(), *sides)
        return comparison.same_voice(system, *sides)

    def save(self, path: str | Path) -> None:
        """Write name and takes as .safetensors, or as .json in the shape of a service's /export.

        Frames are personal data: speech can be rebuilt from them.

        Raises:
            ValueError: the name of the file ends otherwise.
        """
        profile_files.write(Path(path), self.name, self.frontend, self.takes)

    @classmethod
    def load(cls, path: str | Path) -> Profile:
        """Read what `save` wrote, or what a service exported; the model is made anew.

        Raises:
            ValueError: the file is no profile; says what was expected and got.
            OSError: it cannot be read.
        """
        name, takes = profile_files.read(Path(path))
        try:
            profile = cls(name)
            profile._enrol(takes)
        except (ValueError, VerificationError) as error:
            raise ValueError(f"{path}: is no profile: {error}") from None
        return profile

    def _enrol(self, takes: Sequence[tuple[Role, Message]]) -> None:
        """Add all takes, or none of them where one is refused."""
        speaker = self._speaker
        for role, message in takes:
            if speaker.width is None:
                if role == "reference":
                    raise NotTrainedError(
                        "speaker", f"{self.name}: enrol speech of the role train first"
                    )
                width = message.frames.shape[1]
                speaker = replace(speaker, frontend=message.frontend, width=width)
            check_front_end(speaker, message)
        self._speaker = speaker
        for role, message in takes:
            self._add(NewTake(role, message.digit, message.arrays(), message.device, message.take))

    def _add(self, new: NewTake) -> None:
        """Keep a take and bring the model up to date, as a service does."""
        alike = [t.ordinal for t in self.takes if (t.role, t.digit) == (new.role, new.digit)]
        mine = [take for take in self.takes if take.role == new.role]
        lengths = np.cumsum([len(take.frames) for take in reversed(mine)])
        fitting = int(np.searchsorted(lengths, LOG_FRAMES - len(new.frames), side="right"))
        evicted = mine[: len(mine) - min(fitting, LOG_LENGTH - 1)]
        gone = set(map(id, evicted))
        take = kept(new, max(alike, default=-1) + 1)
        system, is_known = self._verifier(), self._built is not None or not self.takes
        built = system.extend(self._built, system.accumulate(new), evicted) if is_known else None
        self.takes = [each for each in self.takes if id(each) not in gone] + [take]
        self._built, self._prepared = built, None

    def _verifier(self) -> Verifier:
        return verifiers().for_frontend(self.frontend)

    def _stored(self) -> Built:
        if not self.takes:
            raise NotTrainedError("speaker", f"{self.name} has no model yet: enrol some speech")
        if self._built is None:
            self._built = self._verifier().build(self.takes)
        return self._built

    def _model(self) -> PreparedModel:
        if self._prepared is None:
            self._prepared = prepared_model(self._verifier(), self._stored())
        return self._prepared


@cache
def verifiers() -> VerifierRegistry:
    """Return the shipped parameters under the settings of the environment, read once."""
    return load_verifiers(Config.from_environment())


def kept(new: NewTake, ordinal: int) -> Take:
    """Return a take as a service reads it back."""
    sent = new.embedding
    if sent:
        sent = replace(sent, vector=sent.vector.astype(np.float32).astype(np.float64))
    return Take(new.role, new.digit, ordinal, new.frames, new.device, new.name or "", sent)


def _several(speech: Speech | Sequence[Speech]) -> Sequence[Speech]:
    return speech if isinstance(speech, list | tuple) else [speech]  # type: ignore[list-item]


def _distinct(profiles: Iterable[Profile]) -> list[Profile]:
    """Return those with takes.

    Raises:
        ValueError: two have one name.
        TypeError: one is no profile, or they are no list.
    """
    if isinstance(profiles, Profile):
        raise TypeError("profiles: expected a list of profiles, got one; put it in brackets")
    given = list(profiles)
    if wrong := [each for each in given if not isinstance(each, Profile)]:
        raise TypeError(f"profiles: expected profiles, got {type(wrong[0]).__name__}")
    listed = [profile for profile in given if profile.takes]
    names = [profile.name for profile in listed]
    if twice := {name for name in names if names.count(name) > 1}:
        raise ValueError(f"profiles: expected different names, got {min(twice)!r} twice")
    return listed
