"""Training takes and reference takes: keep them, then bring the model up to date."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import Any, NamedTuple

from sqlalchemy import Connection

from cepstra.store import erasure, fingerprints, models, speakers, takes
from cepstra.store.models import StoredModel
from cepstra.store.speakers import Speaker
from cepstra.store.takes import LogEntry, NewTake
from cepstra.verification import audit, events, ownership, proof_of_voice
from cepstra.verification.current_model import (
    current_model,
)
from cepstra.verification.errors import (
    MovedError,
)
from cepstra.verification.frame_scores import FrameScores, score_threshold
from cepstra.verification.message import Message
from cepstra.verification.offered_take import (
    LOG_FRAMES,
    LOG_LENGTH,
    Offered,
    Seen,
    look,
    offer,
    refuse,
    same_take,
)
from cepstra.verification.service import Service
from cepstra.verification.verifier import Built, stored_model


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

    Raises as `offered_take.refuse`, and besides:
        TakeExistsError: another take has that name; the same take again changes nothing.
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
            seen = look(service, connection, alias, offered[0])
        for each in offered:
            refuse(service, alias, seen, each)
        with suppress(MovedError):
            _replace(service, alias, seen, offered)
            is_kept = True
    erasure.flush_journal(service.store)
    current_model(service, alias)


def progress(n_digits: int) -> int:
    """Return how much of a full log of training digits is there, in whole percent."""
    return 100 * min(n_digits, LOG_LENGTH) // LOG_LENGTH


class Kept(NamedTuple):
    """A kept take; summary of the model it extended, None where that is to be made anew."""

    speaker_id: int
    take: str
    summary: Mapping[str, Any] | None


def enrol(service: Service, alias: str, offered: Offered) -> Kept:
    """Keep a take: read, compute, and keep it unless something came in between; then again."""
    while True:
        with service.store.reading() as connection:
            seen = look(service, connection, alias, offered)
        if seen.speaker and (same := same_take(seen, offered.take)):
            return Kept(seen.speaker.id, same.name, None)
        refuse(service, alias, seen, offered)
        model = _extended(service, seen, offered)
        with suppress(MovedError):
            return _keep(service, alias, seen, offered, model)


def _extended(service: Service, seen: Seen, offered: Offered) -> StoredModel | None:
    """Return the model with the take; None where it has to be made of all takes anew."""
    revision = seen.speaker.revision if seen.speaker else 0
    if revision and seen.model is None:
        return None  # stale already
    system = service.verifiers.for_frontend(offered.message.frontend)
    before = None if seen.model is None else Built(seen.model.summary, seen.model.arrays)
    built = system.extend(before, offered.statistics, seen.evicted)
    return None if built is None else stored_model(system, revision + 1, built)


def _keep(
    service: Service, alias: str, seen: Seen, offered: Offered, model: StoredModel | None
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


def _replace(service: Service, alias: str, seen: Seen, offered: Sequence[Offered]) -> None:
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
def _writing(service: Service, alias: str, seen: Seen) -> Iterator[tuple[Connection, Speaker]]:
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


def _is_as_seen(connection: Connection, speaker: Speaker, seen: Seen) -> bool:
    if seen.speaker is None:
        return speaker.revision == 0
    is_compared = seen.evidence is not None and seen.evidence.policy.is_guarded
    last = fingerprints.last(connection, speaker.id) if is_compared else seen.last_answer
    now = speaker.id, speaker.revision, last
    return now == (seen.speaker.id, seen.speaker.revision, seen.last_answer)
