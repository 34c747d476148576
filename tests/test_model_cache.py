"""Models kept in memory are never stale, never of somebody deleted, and not too many."""

import numpy as np
import pytest
import sqlalchemy as sa
from example_messages import TRAIN

from cepstra.config import Config
from cepstra.frontend.definition import page_definition
from cepstra.store import scorings, speakers
from cepstra.verification import attempts, speaker_cache
from cepstra.verification import speakers as use_speakers
from cepstra.verification.attempts import score
from cepstra.verification.enrolment import train
from cepstra.verification.errors import NotTrainedError
from cepstra.verification.message import Message
from cepstra.verification.registry import load_verifiers
from cepstra.verification.service import Service
from cepstra.verification.unenrolment import forget_device

FRAMES = np.array(TRAIN["mfcc"])
FRONT_END = page_definition().id
ATTEMPT = [Message(FRAMES[400:520], digit=3, frontend=FRONT_END)]
SYSTEMS = load_verifiers(Config())


@pytest.fixture
def workers(database):
    """Two workers of one database, each with a memory of its own."""
    stores = [database.open() for _ in range(2)]
    yield [Service(store, SYSTEMS) for store in stores]
    for store in stores:
        store.close()


def enrol(service: Service, alias: str, first: int, device: str | None = None) -> None:
    for index in range(first, first + 4):
        frames = FRAMES[60 * index : 60 * index + 70]
        said = Message(frames, index % 2, FRONT_END, device, confirm_voice=True)
        train(service, alias, said)


def test_a_take_that_another_worker_enrolled_counts_at_once(workers):
    one, other = workers
    enrol(one, "ann", 0)
    before = score(one, "ann", ATTEMPT).llr
    enrol(other, "ann", 4)
    fresh = Service(one.store, SYSTEMS)
    assert score(one, "ann", ATTEMPT).llr == score(fresh, "ann", ATTEMPT).llr != before


def test_a_known_model_is_not_read_again(workers):
    one, _ = workers
    enrol(one, "ann", 0)
    statements = []
    sa.event.listen(
        one.store.engine, "before_cursor_execute", lambda *call: statements.append(call[2])
    )
    scores = [score(one, "ann", ATTEMPT).llr for _ in range(2)]
    assert scores[0] == scores[1]
    assert sum("models.arrays" in statement for statement in statements) == 1


def test_who_deletes_forgets_at_once_and_another_worker_at_its_next_attempt(workers):
    one, other = workers
    for alias in ("ann", "bob"):
        enrol(one, alias, 0)
        for worker in workers:
            score(worker, alias, ATTEMPT)
    assert [len(worker.model_cache) for worker in workers] == [2, 2]
    use_speakers.delete(one, "ann")
    assert len(one.model_cache) == 1
    score(other, "bob", ATTEMPT)
    assert len(other.model_cache) == 1
    with pytest.raises(NotTrainedError):
        score(other, "ann", ATTEMPT)


def test_what_a_forgotten_device_said_is_in_no_model(workers):
    one, other = workers
    enrol(one, "ann", 0, "phone")
    enrol(one, "ann", 4, "laptop")
    enrol(one, "bob", 0)
    for worker in workers:
        score(worker, "ann", ATTEMPT)
    forget_device(one, "ann", "phone")
    score(other, "bob", ATTEMPT)
    assert len(other.model_cache) == 1


def test_only_so_many_are_kept(workers, monkeypatch):
    monkeypatch.setattr(speaker_cache, "MOST_SPEAKERS", 2)
    one, _ = workers
    for alias in ("ann", "bob", "cid"):
        enrol(one, alias, 0)
        score(one, alias, ATTEMPT)
    assert len(one.model_cache) == 2


def test_the_scoring_log_is_cut_before_it_grows_by_a_handful(workers):
    store = workers[0].store
    with store.writing() as connection:
        ann = speakers.obtain(connection, "ann")
    lengths = []
    for index in range(40):
        with store.writing() as connection:
            scorings.append(connection, ann.id, [None], index, "accept")
            newest = scorings.trimmed_log(connection, ann.id, attempts.LOG_IN_REPLY, 20)
            lengths.append(len(scorings.log(connection, ann.id, 1000)))
        assert [entry.result for entry in newest] == list(range(index, max(index - 10, -1), -1))
    assert max(lengths) == 20 + scorings.SLACK
    assert lengths[-1] >= 20
