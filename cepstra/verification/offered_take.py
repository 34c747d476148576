"""A take that is offered: what it is compared with, and why it may not be kept."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any, NamedTuple

import numpy as np
from sqlalchemy import Connection

from cepstra.store import consents, fingerprints, models, takes
from cepstra.store.fingerprints import Remembered
from cepstra.store.models import StoredModel
from cepstra.store.speakers import Speaker
from cepstra.store.takes import KnownTake, NewTake, Role, Take
from cepstra.verification import ownership
from cepstra.verification.current_model import current_stored_model, printed, wanted_model
from cepstra.verification.digit_check import Word
from cepstra.verification.errors import (
    ConsentMissingError,
    FramesNeededError,
    NotConfirmableError,
    NotTrainedError,
    OtherDigitError,
    OtherVoiceError,
    RepeatedFramesError,
    SilentTakeError,
    TakeExistsError,
)
from cepstra.verification.message import Message
from cepstra.verification.service import Service
from cepstra.verification.verify import Evidence, check_front_end
from cepstra.verification.voice_of_take import MOST_COMPARED, is_another_voice

LOG_LENGTH = 60
LOG_FRAMES = 24_000  # of each role, four minutes: what is made of them takes a second or two


class Offered(NamedTuple):
    """A take to be kept, and the system's statistics of it."""

    message: Message
    take: NewTake
    statistics: Any


class Seen(NamedTuple):
    """The database at one moment, as far as a take offered needs it.

    Attributes:
        speaker: None where it is yet to be created.
        same_name: the kept take of the offered take's name.
        has_consented: whether speech of the speaker may be kept.
        model: None where it is missing or not of the takes as they are.
        evicted: takes that leave for the new one.
        newest: the newest training takes, the oldest of them first.
        evidence: what the take is compared with.
        last_answer: number of the newest fingerprint among it.
    """

    speaker: Speaker | None
    same_name: Take | None = None
    has_consented: bool = False
    model: StoredModel | None = None
    evicted: Sequence[Take] = ()
    newest: Sequence[Take] = ()
    evidence: Evidence | None = None
    last_answer: int = 0


def offer(service: Service, role: Role, message: Message) -> Offered:
    """Make of a message what an enrolment keeps.

    Raises:
        FramesNeededError: it is for reference, and an embedding.
    """
    if role == "reference" and message.embedding:
        text = "expected frames (mfcc) to count, got an embedding"
        raise FramesNeededError("embedding", text)
    arrays, policy = message.arrays(), service.security_policy
    take = NewTake(role, message.digit, arrays, message.device, message.take)
    if not message.embedding:
        take = replace(take, prints=policy.prints(take.frames))
    system = service.verifiers.for_frontend(message.frontend)
    statistics = system.accumulate(take)
    return Offered(message, replace(take, sums=system.sums(statistics)), statistics)


def look(service: Service, connection: Connection, alias: str, offered: Offered) -> Seen:
    """Read what a take is compared with.

    Raises:
        NotYoursError: a backend means a person's speaker.
    """
    found = models.find(connection, alias)
    if found is None:
        return Seen(None)
    speaker, policy, new = found.speaker, service.security_policy, offered.take
    n_frames = len(new.arrays["frames"])
    ownership.demand(service.origin, connection, speaker)
    is_current = found.made_from == wanted_model(service, speaker)
    known: Sequence[KnownTake] = ()
    answers = Remembered({}, 0)
    if policy.is_guarded:
        answers = fingerprints.recent(connection, speaker.id)
    if policy.is_guarded or offered.message.check_digit:
        known = takes.known(connection, speaker.id, policy.print_names)
    return Seen(
        speaker,
        takes.find(connection, speaker.id, new.name) if new.name else None,
        consents.find(connection, speaker.id) is not None,
        models.load(connection, speaker.id) if is_current else None,
        takes.surplus(connection, speaker.id, new.role, LOG_LENGTH - 1, LOG_FRAMES - n_frames),
        takes.newest(connection, speaker.id, "train", MOST_COMPARED),
        Evidence(policy, printed(policy, known), answers.by_detector),
        answers.last,
    )


def same_take(seen: Seen, new: NewTake) -> Take | None:
    """Return the take that is kept already, where it was sent twice.

    Raises:
        TakeExistsError: another one has its name.
    """
    same = seen.same_name
    if same is None or (same.role == new.role and _holds_the_same(same, new)):
        return same
    raise TakeExistsError("take", f"expected a new name, got that of another: {new.name}")


def refuse(service: Service, alias: str, seen: Seen, offered: Offered) -> None:
    """Refuse a take that must not be kept.

    Raises:
        SilentTakeError: nobody speaks in it.
        NotTrainedError: it is for reference, and nothing was trained yet.
        ConsentMissingError: consent is required and missing.
        FrontEndMismatchError: the speaker's takes come from another front end.
        RepeatedFramesError: auth is on, and the frames are known.
        OtherDigitError: the digit was to be checked, and it sounds like another one.
        OtherVoiceError: it sounds unlike the speaker's takes, and nobody vouches for it.
        NotConfirmableError: a person vouches for it.
    """
    message, new, speaker = offered.message, offered.take, seen.speaker
    if message.frontend in service.verifiers.by_frontend and not offered.statistics.speech_frames:
        raise SilentTakeError("speech", "expected speech, got silence or a steady noise")
    if new.role == "reference" and (speaker is None or speaker.width is None):
        raise NotTrainedError("speaker", f"{alias}: train some digits before /test")
    if service.require_consent and not seen.has_consented:
        text = f"expected the consent of {alias} first (POST /consent), got none"
        raise ConsentMissingError("consent", text)
    if speaker is None or seen.evidence is None:
        return
    check_front_end(speaker, message)
    is_compared = service.security_policy.is_guarded and not message.embedding
    if is_compared and seen.evidence.repeats([message], [new.prints]):
        text = "expected speech that was not sent before, got a repetition"
        raise RepeatedFramesError("mfcc", text)
    if message.check_digit and message.digit is not None:
        _refuse_other_digit(seen.evidence, new)
    _refuse_another_voice(service, seen, offered)


def _refuse_another_voice(service: Service, seen: Seen, offered: Offered) -> None:
    if offered.message.confirm_voice:
        if service.origin.is_person:
            text = "expected no confirmation with a person's session: a backend's key may confirm"
            raise NotConfirmableError("confirm_voice", text)
    elif _is_another_voice(service, seen, offered):
        text = "expected the voice of the speaker's other takes, got one unlike it: say it again"
        raise OtherVoiceError("confirm_voice", f"{text}, or confirm that it is theirs")


def _is_another_voice(service: Service, seen: Seen, offered: Offered) -> bool:
    """Compare a take with those before it, where its front end has a calibrated system."""
    system = service.verifiers.by_frontend.get(offered.message.frontend or "")
    if system is None or seen.speaker is None or not seen.newest:
        return False
    model = seen.model or current_stored_model(service, seen.speaker)
    return is_another_voice(system, model.arrays, offered.statistics, seen.newest)


def _refuse_other_digit(evidence: Evidence, new: NewTake) -> None:
    for checker in evidence.policy.digit_checkers:
        said = Word(new.digit, new.prints[checker.name])
        other = checker.other_digit(evidence.words(checker.name), said)
        if other is not None:
            text = f"expected a {new.digit}, got what sounds like a {other}"
            raise OtherDigitError("check_digit", text)


def _holds_the_same(kept: Take, new: NewTake) -> bool:
    if kept.embedding and new.embedding:
        # a take keeps 32 bits, of a vector that was made one of length one
        return np.allclose(kept.embedding.vector, new.embedding.vector, atol=1e-6)
    return not (kept.embedding or new.embedding) and np.array_equal(kept.frames, new.frames)
