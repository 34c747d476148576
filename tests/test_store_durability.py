"""Nothing acknowledged is lost: concurrent trains, killed workers, deletion in between."""

import os
import signal
import subprocess
import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress

import httpx
import numpy as np
import pytest
from caller_driver import HTTP
from example_messages import TRAIN

from cepstra.config import Config
from cepstra.store import models, open_store, speakers, takes
from cepstra.verification.registry import load_verifiers

pytestmark = pytest.mark.every_database

FRAMES_PER_TAKE = 40


FRONT_ENDS = pytest.mark.parametrize("frontend", ["meyda-16k-1", None])


def take(index: int, frontend: str | None = None) -> dict:
    frames = TRAIN["mfcc"][10 * index : 10 * index + FRAMES_PER_TAKE]
    message = {"mfcc": frames, "digit": index % 5}
    return {**message, "frontend": frontend} if frontend else message


def confirmed(index: int, frontend: str | None = None) -> dict:
    """A take that holds no whole word, too little to tell a voice by."""
    return {**take(index, frontend), "confirm_voice": True}


def worker_pids(server) -> list[int]:
    listed = subprocess.run(
        ["ps", "-o", "pid=", "--ppid", str(server.process.pid)], capture_output=True, text=True
    )
    return [int(pid) for pid in listed.stdout.split()]


def train(server, index: int, frontend: str | None = None) -> bool:
    try:
        reply = HTTP.put(f"{server.url}/train", json=confirmed(index, frontend))
    except httpx.TransportError:
        return False
    return reply.status_code == 200


def assert_consistent(server, acknowledged: int, attempted: int, frontend: str | None) -> None:
    status = HTTP.get(f"{server.url}/status").json()
    scored = HTTP.put(f"{server.url}/score", json=take(0, frontend))
    assert scored.status_code == 200
    assert_model_is_made_from_all_takes(server)
    assert acknowledged <= len(status["training_log"]) <= attempted
    assert status["mfcc_train_store_length"] == FRAMES_PER_TAKE * len(status["training_log"])
    if server.database.is_sqlite:
        assert server.database.execute("PRAGMA integrity_check") == [("ok",)]
        assert server.database.execute("PRAGMA foreign_key_check") == []
        assert server.database.execute("PRAGMA journal_mode") == [("wal",)]


def assert_model_is_made_from_all_takes(server) -> None:
    store = server.database.open_as_it_is()
    with store.reading() as connection:
        speaker = speakers.find(connection, "default")
        model = models.load(connection, speaker.id)
        material = takes.load(connection, speaker.id)
    store.close()
    expected = load_verifiers(Config()).for_frontend(speaker.frontend).build(material)
    assert (model.revision, model.arrays.keys()) == (speaker.revision, expected.arrays.keys())
    for name, values in expected.arrays.items():
        if not name.startswith(("scores", "lengths")):  # those depend on the order of arrival
            np.testing.assert_allclose(model.arrays[name], values, atol=1e-5, rtol=1e-6)


@FRONT_ENDS
def test_concurrent_trains_of_one_speaker_lose_nothing(server_factory, frontend):
    server = server_factory(workers=2)
    with ThreadPoolExecutor(8) as pool:
        done = list(pool.map(lambda index: train(server, index, frontend), range(32)))
    assert all(done)
    assert_consistent(server, 32, 32, frontend)


@FRONT_ENDS
def test_kill_nine_in_the_middle_of_training_leaves_a_consistent_store(server_factory, frontend):
    server = server_factory(workers=2)
    acknowledged, killed, lock = 0, 0, threading.Lock()

    def step(index: int) -> None:
        nonlocal acknowledged, killed
        done = train(server, index, frontend)
        with lock:
            acknowledged += done
            if index % 8 == 3:
                for pid in worker_pids(server):
                    with suppress(ProcessLookupError):  # gone since it was listed
                        os.kill(pid, signal.SIGKILL)
                        killed += 1

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(step, range(24)))
    assert killed >= 3
    assert acknowledged >= 3
    assert_consistent(server, acknowledged, 24, frontend)


def test_a_stale_model_is_made_anew_before_it_is_used(server_factory):
    server = server_factory()
    for index in (0, 5, 10):
        assert train(server, index)
    server.database.execute("UPDATE speakers SET revision = revision + 1")
    HTTP.put(f"{server.url}/score", json=take(0)).raise_for_status()
    query = "SELECT s.revision, m.revision FROM speakers s JOIN models m ON m.speaker_id = s.id"
    ((of_speaker, of_model),) = server.database.execute(query)
    assert of_speaker == of_model


def test_a_restarted_server_knows_the_speaker(server_factory):
    first = server_factory()
    for index in (0, 5):
        assert train(first, index)
    before = HTTP.get(f"{first.url}/status").json()
    first.stop()
    second = server_factory()
    assert HTTP.get(f"{second.url}/status").json() == before


@pytest.mark.parametrize("n_workers", [4])
def test_workers_that_start_together_build_one_database(server_factory, n_workers):
    server = server_factory(workers=n_workers)
    assert train(server, 0)
    assert len(server.database.execute("SELECT * FROM alembic_version")) == 1


def test_deleting_while_training_ends_in_one_of_two_states(server_factory):
    server = server_factory(workers=2)

    def act(index: int) -> int:
        if index % 4 == 3:
            return HTTP.delete(f"{server.url}/delete").status_code
        return HTTP.put(f"{server.url}/train", json=confirmed(index)).status_code

    with ThreadPoolExecutor(6) as pool:
        codes = set(pool.map(act, range(32)))
    assert codes <= {200, 409}
    orphans = "SELECT * FROM takes WHERE speaker_id NOT IN (SELECT id FROM speakers)"
    assert server.database.execute(orphans) == []


@pytest.mark.skipif(os.name != "posix", reason="NO POSIX: modes of files were not tested")
def test_the_files_are_for_their_owner_alone(tmp_path):
    path = tmp_path / "kept" / "cepstra.db"
    path.parent.mkdir()
    path.touch(mode=0o666)
    path.chmod(0o666)
    for _ in range(2):
        store = open_store(f"sqlite:///{path}")
        with store.writing() as connection:
            speakers.create(connection, "ann")
        names = {file.name for file in path.parent.iterdir()}
        modes = {file.stat().st_mode & 0o777 for file in path.parent.iterdir()}
        store.close()
        assert modes == {0o600}, names
