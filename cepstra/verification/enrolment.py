"""Training takes and reference takes: keep them, then bring the model up to date."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from typing import Any, NamedTuple

import numpy as np
from sqlalchemy import Connection

from cepstra.store import consents, erasure, fingerprints, models, speakers, takes
from cepstra.store.fingerprints import Remembered
from cepstra.store.models import StoredModel
from cepstra.store.speakers import Speaker
from cepstra.store.takes import KnownTake, LogEntry, NewTake, Role, Take
from cepstra.verification import audit, events, ownership, proof_of_voice
from cepstra.verification.current_model import (
    current_model,
    current_stored_model,
    printed,
    wanted_model,
)
from cepstra.verification.digit_check import Word
from cepstra.verification.errors import (
    ConsentMissingError,
    FramesNeededError,
    MovedError,
    NotConfirmableError,
    NotTrainedError,
    OtherDigitError,
    OtherVoiceError,
    RepeatedFramesError,
    SilentTakeError,
    TakeExistsError,
)
from cepstra.verification.frame_scores import FrameScores, score_threshold
from cepstra.verification.message import Message
from cepstra.verification.service import Service
from cepstra.verification.verifier import Built, stored_model
from cepstra.verification.verify import Evidence, check_front_end
from cepstra.verification.voice_of_take import MOST_COMPARED, is_another_voice

LOG_LENGTH = 60
LOG_FRAMES = 24_000  # of each role, four minutes: what is made of them takes a second or two


@dataclass(frozen=True)
class TrainingReport:
    """What /train replies; `take` is the name the take is kept by."""

    take: str
    mfcc_train_store_length: int
    train_data_length: int
    test_data_length: int
    training_time: float
    training_progress: int
    training_log: Sequence[LogEntry]
    score_threshold: float | None
    result_reference: int | None


@dataclass(frozen=True)
class ReferenceReport:
    """What /test replies; `take` is the name the take is kept by."""

    take: str
    average: float
    deviation: float
    min: float
    max: float
    score_threshold: float
    result_reference: int
    mfcc_test_store_length: int


def train(service: Service, alias: str, message: Message) -> TrainingReport:
    """Enrol one take; the speaker is created on its first.

    Raises:
        ConsentMissingError: consent is required and missing.
        FrontEndMismatchError: the speaker's takes come from another front end.
        RepeatedFramesError, SilentTakeError: auth is on and the frames are known; none is speech.
        TakeExistsError: another take has that name; the same take again changes nothing.
        OtherDigitError: the digit was to be checked, and it sounds like another one.
        OtherVoiceError: it sounds unlike the speaker's takes, and nobody vouches for it.
        NotConfirmableError: a person vouches for it.
        VoiceNotProvenError: a person added more than fits since their voice was accepted.
    """
    started = time.perf_counter()
    kept = enrol(service, alias, offer(service, "train", message))
    with service.store.reading() as connection:
        counts = takes.count_frames(connection, kept.speaker_id)
        log = takes.log(connection, kept.speaker_id, "train")
    summary = kept.summary or current_model(service, alias)[1].summary
    return TrainingReport(
        take=kept.take,
        mfcc_train_store_length=counts.get("train", 0),
        train_data_length=summary["train_data_length"],
        test_data_length=summary["test_data_length"],
        training_time=time.perf_counter() - started,
        training_progress=progress(len(log)),
        training_log=log,
        score_threshold=score_threshold(summary),
        result_reference=summary["result_reference"],
    )


def set_reference(service: Service, alias: str, message: Message) -> ReferenceReport:
    """Add one take to the reference speech, which then replaces the held-out training takes.

    Raises as `train`, and besides:
        FramesNeededError: an embedding came.
        NotTrainedError: nothing was trained yet.
    """
    kept = enrol(service, alias, offer(service, "reference", message))
    with service.store.reading() as connection:
        counts = takes.count_frames(connection, kept.speaker_id)
    summary = kept.summary or current_model(service, alias)[1].summary
    reference = FrameScores(**summary["reference"])
    return ReferenceReport(
        take=kept.take,
        **vars(reference),
        score_threshold=reference.threshold,
        result_reference=summary["result_reference"],
        mfcc_test_store_length=counts.get("reference", 0),
    )


def replace_takes(service: Service, alias: str, messages: Sequence[Message]) -> None:
    """Enrol messages, the newest that a log holds, in place of all takes, in one transaction.

    Raises as `train`; then the earlier takes are kept, and none of the messages.
    """
    offered = [offer(service, "train", message) for message in messages[-LOG_LENGTH:]]
    is_kept = False
    while not is_kept:
        with service.store.reading() as connection:
            seen = _look(service, connection, alias, offered[0])
        for each in offered:
            _check(service, alias, seen, each)
        with suppress(MovedError):
            _replace(service, alias, seen, offered)
            is_kept = True
    erasure.flush_journal(service.store)
    current_model(service, alias)


def progress(n_digits: int) -> int:
    """Return how much of a full log of training digits is there, in whole percent."""
    return 100 * min(n_digits, LOG_LENGTH) // LOG_LENGTH


class Offered(NamedTuple):
    """A take to be kept, and the system's statistics of it."""

    message: Message
    take: NewTake
    statistics: Any


class _Seen(NamedTuple):
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


class Kept(NamedTuple):
    """A kept take; summary of the model it extended, None where that is to be made anew."""

    speaker_id: int
    take: str
    summary: Mapping[str, Any] | None


def offer(service: Service, role: Role, message: Message) -> Offered:
    """Make of a message what `enrol` keeps; raises FramesNeededError as `set_reference`."""
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


def enrol(service: Service, alias: str, offered: Offered) -> Kept:
    """Keep a take: read, compute, and keep it unless something came in between; then again."""
    kept = None
    while kept is None:
        with service.store.reading() as connection:
            seen = _look(service, connection, alias, offered)
        kept = _same(seen, offered.take)
        if kept is None:
            _check(service, alias, seen, offered)
            model = _extended(service, seen, offered)
            with suppress(MovedError):
                kept = _keep(service, alias, seen, offered, model)
    return kept


def _look(service: Service, connection: Connection, alias: str, offered: Offered) -> _Seen:
    found = models.find(connection, alias)
    if found is None:
        return _Seen(None)
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
    return _Seen(
        speaker,
        takes.find(connection, speaker.id, new.name) if new.name else None,
        consents.find(connection, speaker.id) is not None,
        models.load(connection, speaker.id) if is_current else None,
        takes.surplus(connection, speaker.id, new.role, LOG_LENGTH - 1, LOG_FRAMES - n_frames),
        takes.newest(connection, speaker.id, "train", MOST_COMPARED),
        Evidence(policy, printed(policy, known), answers.by_detector),
        answers.last,
    )


def _same(seen: _Seen, new: NewTake) -> Kept | None:
    """Return the take that is kept already, where it was sent twice.

    Raises:
        TakeExistsError: another one has its name.
    """
    same = seen.same_name
    if same is None or seen.speaker is None:
        return None
    if same.role == new.role and _holds_the_same(same, new):
        return Kept(seen.speaker.id, same.name, None)
    raise TakeExistsError("take", f"expected a new name, got that of another: {new.name}")


def _holds_the_same(kept: Take, new: NewTake) -> bool:
    if kept.embedding and new.embedding:
        # a take keeps 32 bits, of a vector that was made one of length one
        return np.allclose(kept.embedding.vector, new.embedding.vector, atol=1e-6)
    return not (kept.embedding or new.embedding) and np.array_equal(kept.frames, new.frames)


def _check(service: Service, alias: str, seen: _Seen, offered: Offered) -> None:
    """Refuse a take that must not be kept; raises as `train` and `set_reference` do."""
    message, new, speaker = offered.message, offered.take, seen.speaker
    if message.frontend in service.verifiers.by_frontend and not offered.statistics.speech_frames:
        raise SilentTakeError("mfcc", "expected speech, got silence or a steady noise")
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


def _refuse_another_voice(service: Service, seen: _Seen, offered: Offered) -> None:
    if offered.message.confirm_voice:
        if service.origin.is_person:
            text = "expected no confirmation with a person's session: a backend's key may confirm"
            raise NotConfirmableError("confirm_voice", text)
    elif _is_another_voice(service, seen, offered):
        text = "expected the voice of the speaker's other takes, got one unlike it: say it again"
        raise OtherVoiceError("confirm_voice", f"{text}, or confirm that it is theirs")


def _is_another_voice(service: Service, seen: _Seen, offered: Offered) -> bool:
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


def _extended(service: Service, seen: _Seen, offered: Offered) -> StoredModel | None:
    """Return the model with the take; None where it has to be made of all takes anew."""
    revision = seen.speaker.revision if seen.speaker else 0
    if revision and seen.model is None:
        return None  # stale already
    system = service.verifiers.for_frontend(offered.message.frontend)
    before = None if seen.model is None else Built(seen.model.summary, seen.model.arrays)
    built = system.extend(before, offered.statistics, seen.evicted)
    return None if built is None else stored_model(system, revision + 1, built)


def _keep(
    service: Service, alias: str, seen: _Seen, offered: Offered, model: StoredModel | None
) -> Kept:
    """Keep take and model in one transaction; raises as `_writing`."""
    message, new = offered.message, offered.take
    with _writing(service, alias, seen) as (connection, speaker):
        name = _append(service, connection, speaker, new)
        takes.trim(connection, speaker.id, new.role, LOG_LENGTH, LOG_FRAMES)
        width = message.frames.shape[1]
        speakers.describe_takes(connection, speaker, message.frontend, width)
        if model is not None:
            models.save(connection, speaker.id, model)
    return Kept(speaker.id, name, None if model is None else model.summary)


def _replace(service: Service, alias: str, seen: _Seen, offered: Sequence[Offered]) -> None:
    """Keep takes and model in place of all others in one transaction; raises as `_writing`."""
    message, built = offered[0].message, None
    system = service.verifiers.for_frontend(message.frontend)
    for each in offered:
        built = system.extend(built, each.statistics, ())
        if built is None:
            break  # it is made anew of the kept takes
    with _writing(service, alias, seen) as (connection, speaker):
        takes.delete_all(connection, speaker.id)
        models.delete(connection, speaker.id)
        audit.note(connection, service.origin, "delete", speaker.id, reason="takes")
        for each in offered:
            _append(service, connection, speaker, each.take)
        width = message.frames.shape[1]
        speakers.describe_takes(connection, speaker, message.frontend, width)
        if built is not None:
            models.save(connection, speaker.id, stored_model(system, speaker.revision + 1, built))


@contextmanager
def _writing(service: Service, alias: str, seen: _Seen) -> Iterator[tuple[Connection, Speaker]]:
    """Open a transaction on a speaker that is still as seen.

    Raises:
        NotYoursError: a backend means a person's speaker.
        SpeakerExistsError: the speaker is new, and its name was a person's.
        MovedError: the speaker is no longer as seen.
    """
    with service.store.writing(synced=True) as connection:
        speaker = speakers.obtain(connection, alias)
        ownership.demand(service.origin, connection, speaker)
        if not _is_as_seen(connection, speaker, seen):
            raise MovedError
        yield connection, speaker


def _append(service: Service, connection: Connection, speaker: Speaker, new: NewTake) -> str:
    proof_of_voice.demand_to_add(service.origin, connection, speaker, new)
    name = takes.append(connection, speaker.id, new)
    audit.note(connection, service.origin, new.role, speaker.id)
    if new.role == "train":
        events.announce(connection, "enrolled", speaker, take=name)
    return name


def _is_as_seen(connection: Connection, speaker: Speaker, seen: _Seen) -> bool:
    if seen.speaker is None:
        return speaker.revision == 0
    is_compared = seen.evidence is not None and seen.evidence.policy.is_guarded
    last = fingerprints.last(connection, speaker.id) if is_compared else seen.last_answer
    now = speaker.id, speaker.revision, last
    return now == (seen.speaker.id, seen.speaker.revision, seen.last_answer)
