"""Speech that comes with a name: the voice decides whose it is, and who is new is registered."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal, cast

from cepstra.frontend.stretches import SHORTEST_HALF
from cepstra.verification.decision import Quality
from cepstra.verification.enrolment import replace_takes
from cepstra.verification.identification import Rank, identify
from cepstra.verification.message import Message
from cepstra.verification.service import Service
from cepstra.verification.several_takes import enrol_all, take_names

Outcome = Literal[
    "identified", "other-voice", "registered", "re-registered", "none", "inconclusive"
]


@dataclass(frozen=True)
class Recognition:
    """What /recognise replies.

    Attributes:
        outcome: what became of the speech.
        name: whom it is said to be of.
        speaker: who was identified or registered; None for nobody.
        ranking: the likeliest speaker, where anybody is enrolled.
        threshold: the ratio that identifies, for so many speakers.
        n_speakers: how many were searched.
        quality: what the decision rests on.
    """

    outcome: Outcome
    name: str
    speaker: str | None
    ranking: Sequence[Rank]
    threshold: float
    n_speakers: int
    quality: Quality


def recognise(
    service: Service, name: str, attempt: Sequence[Message], *, re_register: bool = False
) -> Recognition:
    """Find out whose voice it is; register who is new under the name.

    A known voice is never registered under another name, nor is speech too short to decide on.
    With `re_register`, speech that nobody's takes express replaces the takes of that name.

    Raises:
        UncalibratedError: the front end has no calibrated system.
        FrontEndMismatchError: the takes of that name come from another front end.
        ConsentMissingError: consent is required and missing.
        NotYoursError: a backend means a person's speaker.
        RepeatedFramesError: auth is on and the frames were sent before.
    """
    found = identify(service, attempt, 1)
    outcome = cast(Outcome, found.decision)
    if found.speaker not in (None, name):
        outcome = "other-voice"
    elif outcome == "none":
        earlier = take_names(service, name)
        if not earlier or re_register:
            _register(service, name, attempt, bool(earlier))
            outcome = "re-registered" if earlier else "registered"
    speaker = name if outcome in ("registered", "re-registered") else found.speaker
    told = found.ranking, found.threshold, found.n_speakers, found.quality
    return Recognition(outcome, name, speaker, *told)


def _register(service: Service, name: str, attempt: Sequence[Message], is_known: bool) -> None:
    """Enrol the messages, all or none; of a known name, in place of its takes.

    Free speech that is one message alone becomes two halves: a model needs two takes for a
    threshold, for each is scored before the model knows it.
    """
    parts = list(attempt)
    middle = len(parts[0].frames) // 2
    if len(parts) == 1 and parts[0].digit is None and middle >= SHORTEST_HALF:
        parts = parts[0].split([(None, middle), (None, len(parts[0].frames) - middle)])
    parts = [part for part in parts if not part.is_silent] or parts  # enrolment refuses silence
    if is_known:  # whose takes the new ones need not sound like
        parts = [replace(part, confirm_voice=True) for part in parts]
        replace_takes(service, name, parts)
    else:
        enrol_all(service, name, [("train", part) for part in parts])
