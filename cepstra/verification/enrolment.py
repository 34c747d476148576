"""Training takes and reference takes: keep them, then bring the model up to date."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
from sqlalchemy import Connection

from cepstra.store import models, speakers, takes
from cepstra.store.speakers import Speaker
from cepstra.store.takes import LogEntry, NewTake, Role
from cepstra.verification import audit, consent
from cepstra.verification.current_model import current_model, wanted_model
from cepstra.verification.errors import (
    FrontEndMismatchError,
    NotTrainedError,
    OtherDigitError,
    RepeatedFramesError,
    TakeExistsError,
)
from cepstra.verification.frame_scores import FrameScores
from cepstra.verification.message import Message
from cepstra.verification.service import Service
from cepstra.verification.system import Built, to_store

LOG_LENGTH = 60


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
        RepeatedFramesError: auth is on and the frames were sent before.
        TakeExistsError: another take has that name; the same take again changes nothing.
        OtherDigitError: the digit was to be checked, and it sounds like another one.
    """
    started = time.perf_counter()
    offered = _offer(service, "train", message)
    with service.store.writing(synced=True) as connection:
        speaker = speakers.obtain(connection, alias)
        kept = _keep_once(service, connection, speaker, offered)
        counts = takes.count_frames(connection, speaker.id)
        log = takes.log(connection, speaker.id, "train")
    summary = kept.summary or current_model(service, alias)[1].summary
    return TrainingReport(
        take=kept.take,
        mfcc_train_store_length=counts["train"],
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

    Raises:
        NotTrainedError: nothing was trained yet.
        ConsentMissingError: consent is required and missing.
        FrontEndMismatchError: the speaker's takes come from another front end.
        RepeatedFramesError: auth is on and the frames were sent before.
        TakeExistsError: another take has that name; the same take again changes nothing.
        OtherDigitError: the digit was to be checked, and it sounds like another one.
    """
    offered = _offer(service, "reference", message)
    with service.store.writing(synced=True) as connection:
        speaker = speakers.find_and_lock(connection, alias)
        if speaker is None or speaker.width is None:
            raise NotTrainedError("speaker", f"{alias}: train some digits before /test")
        kept = _keep_once(service, connection, speaker, offered)
        counts = takes.count_frames(connection, speaker.id)
    summary = kept.summary or current_model(service, alias)[1].summary
    reference = FrameScores(**summary["reference"])
    return ReferenceReport(
        take=kept.take,
        **vars(reference),
        score_threshold=reference.threshold,
        result_reference=summary["result_reference"],
        mfcc_test_store_length=counts["reference"],
    )


def progress(n_digits: int) -> int:
    """Return how much of a full log of training digits is there, in whole percent."""
    return 100 * min(n_digits, LOG_LENGTH) // LOG_LENGTH


def score_threshold(summary: Mapping[str, Any]) -> float | None:
    """Return the frame score that a matching frame exceeds; None without reference speech."""
    reference = summary["reference"]
    return FrameScores(**reference).threshold if reference else None


def check_front_end(speaker: Speaker, message: Message) -> None:
    """Refuse a message that cannot be compared with the speaker's takes.

    Raises:
        FrontEndMismatchError: its front end or width differs from theirs.
    """
    if speaker.width is None:
        return
    if message.frontend != speaker.frontend:
        expected, got = speaker.frontend or "none", message.frontend or "none"
        text = f"expected {expected} as in the speaker's enrolment, got {got}"
        raise FrontEndMismatchError("frontend", text)
    if message.frames.shape[1] != speaker.width:
        text = f"expected {speaker.width} coefficients as enrolled, got {message.frames.shape[1]}"
        raise FrontEndMismatchError("mfcc", text)


class _Offered(NamedTuple):
    """A take to be kept, with the system's digest of it, made while nobody waits for a lock."""

    message: Message
    take: NewTake
    digest: Any


class _Kept(NamedTuple):
    """Name of a kept take; summary of the model it extended, None where that is to be made anew."""

    take: str
    summary: Mapping[str, Any] | None


def _offer(service: Service, role: Role, message: Message) -> _Offered:
    take = NewTake(role, message.digit, message.arrays(), message.device, message.take)
    return _Offered(message, take, service.systems.serving(message.frontend).digest(take))


def _keep_once(
    service: Service, connection: Connection, speaker: Speaker, offered: _Offered
) -> _Kept:
    """Keep a locked speaker's take and note it, but for one kept already: that was sent twice."""
    new = offered.take
    if new.name and (same := takes.find(connection, speaker.id, new.name)):
        if same.role == new.role and np.array_equal(same.frames, new.frames):
            return _Kept(new.name, None)
        raise TakeExistsError("take", f"expected a new name, got that of another: {new.name}")
    _check(service, connection, speaker, offered.message)
    kept = _keep(service, connection, speaker, offered)
    audit.note(connection, service.origin, new.role, speaker.id)
    return kept


def _check(service: Service, connection: Connection, speaker: Speaker, message: Message) -> None:
    consent.demand(service, connection, speaker)
    check_front_end(speaker, message)
    if service.defences.is_guarded and service.defences.replay.find(
        connection, speaker.id, [message]
    ):
        text = "expected speech that was not sent before, got a repetition"
        raise RepeatedFramesError("mfcc", text)
    if message.check_digit and message.digit is not None:
        _refuse_other_digit(service, connection, speaker, message)


def _refuse_other_digit(
    service: Service, connection: Connection, speaker: Speaker, message: Message
) -> None:
    known = takes.load(connection, speaker.id)
    for checker in service.defences.digit_checkers:
        heard = checker.other_digit(known, message)
        if heard is not None:
            text = f"expected a {message.digit}, got what sounds like a {heard}"
            raise OtherDigitError("check_digit", text)


def _keep(service: Service, connection: Connection, speaker: Speaker, offered: _Offered) -> _Kept:
    """Keep the take; keep and return the extended model where the system can add to it."""
    message, new = offered.message, offered.take
    name = takes.append(connection, speaker.id, new)
    evicted = takes.trim(connection, speaker.id, new.role, LOG_LENGTH)
    width = message.frames.shape[1]
    revision = speakers.describe_takes(connection, speaker, message.frontend, width)
    model = models.load(connection, speaker.id)
    if speaker.revision and (model is None or model.made_from != wanted_model(service, speaker)):
        return _Kept(name, None)  # stale already: current_model builds it from all takes
    system = service.systems.serving(message.frontend)
    before = None if model is None else Built(model.summary, model.arrays)
    built = system.extend(before, offered.digest, evicted)
    if built is None:
        return _Kept(name, None)
    extended = to_store(system, revision, built)
    models.save(connection, speaker.id, extended)
    return _Kept(name, extended.summary)
