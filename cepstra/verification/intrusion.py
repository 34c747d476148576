"""A speaker against the others, both ways: whose speech would pass for whose."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from cepstra.store import models, speakers, takes
from cepstra.store.speakers import Speaker
from cepstra.verification.current_model import current_model
from cepstra.verification.errors import NoReferenceError, NotTrainedError, SpeakerDeletedError
from cepstra.verification.frame_scores import Scores, count_above, percent, score_threshold
from cepstra.verification.message import Message
from cepstra.verification.service import Service
from cepstra.verification.verifier import PreparedModel

TEST_TAKES, TEST_FRAMES = 10, 2000


@dataclass(frozen=True)
class Intrusion:
    """How much of somebody's speech passes the speaker's own model.

    Attributes:
        alias: who speaks.
        result: frames above the threshold, percent.
        test_data_length: frames.
        take_scores: average frame score of each take; of the own speech only where the model
            keeps what takes scored before it knew them.
    """

    alias: str
    result: int
    test_data_length: int
    take_scores: Sequence[float]


@dataclass(frozen=True)
class Exchange:
    """A speaker and another one, each with the other's model.

    Attributes:
        alias: the other one.
        result_alias_model: own frames above the threshold of the other's model, percent; None
            where that has no threshold.
        result_user_model: the other's frames above the threshold of the own model, percent.
    """

    alias: str
    result_alias_model: int | None
    result_user_model: int


def intrusion_test(service: Service, alias: str, limit: int) -> Sequence[Intrusion]:
    """Try others' speech on the own model; first the own, as the reference was scored.

    Raises:
        NotTrainedError: the speaker has no model.
        NoReferenceError: the speaker has no threshold yet.
    """
    speaker, model = _with_threshold(service, alias)
    summary = model.summary
    known = _averages(_reference_scores(service, speaker))
    own = summary["result_reference"], summary["test_data_length"], known
    results = [Intrusion(alias, *own)]
    for other, _ in _others(service, speaker, limit):
        speech = _test_speech(service, other)
        scores = _frame_scores(service, speaker, model, speech)
        n_frames = sum(map(len, scores))
        results.append(
            Intrusion(other.alias, _share_passing(model, scores), n_frames, _averages(scores))
        )
    return results


def benchmark(service: Service, alias: str, limit: int) -> Sequence[Exchange]:
    """Try the own speech on others' models and theirs on the own, each with its threshold.

    Raises:
        NotTrainedError: the speaker has no model.
        NoReferenceError: the speaker has no threshold yet.
    """
    speaker, model = _with_threshold(service, alias)
    own = _test_speech(service, speaker)
    results = []
    for other, theirs in _others(service, speaker, limit):
        on_theirs = None
        if score_threshold(theirs.summary) is not None:
            on_theirs = _passing(service, other, theirs, own)
        on_own = _passing(service, speaker, model, _test_speech(service, other))
        results.append(Exchange(other.alias, on_theirs, on_own))
    return results


def _with_threshold(service: Service, alias: str) -> tuple[Speaker, PreparedModel]:
    speaker, model = current_model(service, alias)
    if score_threshold(model.summary) is None:
        raise NoReferenceError("speaker", f"{alias} has no reference yet: train a digit twice")
    return speaker, model


def _others(
    service: Service, speaker: Speaker, limit: int
) -> Iterator[tuple[Speaker, PreparedModel]]:
    """The speakers trained last whose frames are of the same kind, with their models."""
    with service.store.reading() as connection:
        others = speakers.trained_last(connection, speaker, limit)
    for other in others:
        try:
            yield current_model(service, other.alias)
        except (NotTrainedError, SpeakerDeletedError):
            continue


def _test_speech(service: Service, speaker: Speaker) -> list[Message]:
    """The newest reference takes or, where there are none, the newest training takes."""
    with service.store.reading() as connection:
        found = takes.newest(connection, speaker.id, "reference", TEST_TAKES, TEST_FRAMES)
        found = found or takes.newest(connection, speaker.id, "train", TEST_TAKES, TEST_FRAMES)
    found = [take for take in found if take.embedding is None]
    return [Message(t.frames, digit=t.digit, frontend=speaker.frontend) for t in found]


def _passing(
    service: Service, speaker: Speaker, model: PreparedModel, speech: Sequence[Message]
) -> int:
    return _share_passing(model, _frame_scores(service, speaker, model, speech))


def _frame_scores(
    service: Service, speaker: Speaker, model: PreparedModel, speech: Sequence[Message]
) -> list[Scores]:
    """(T,) frame scores of each message, heard together as one attempt."""
    if not speech:
        return []
    system = service.verifiers.for_frontend(speaker.frontend)
    scores = system.frame_scores(model.prepared, speech)
    if not len(scores):  # the model is made of embeddings
        return []
    ends = np.cumsum([len(message.frames) for message in speech])
    return np.split(scores, ends[:-1])


def _reference_scores(service: Service, speaker: Speaker) -> Sequence[Scores]:
    with service.store.reading() as connection:
        model = models.load(connection, speaker.id)
    system = service.verifiers.for_frontend(speaker.frontend)
    return system.reference_scores(model.arrays) if model else ()


def _share_passing(model: PreparedModel, scores: Sequence[Scores]) -> int:
    threshold = score_threshold(model.summary)
    if threshold is None or not scores:
        return 0
    together = np.concatenate(scores)
    return percent(count_above(together, threshold), len(together))


def _averages(scores: Sequence[Scores]) -> list[float]:
    return [float(each.mean()) for each in scores]
