"""`rotate-data-key`: everything comes under the current key, whatever interrupts it."""

import pytest
from caller_driver import HTTP
from click.testing import Result
from client_commands import Commands
from database_driver import Database
from test_encryption import TRAIN, answer_one_digit, enrol, loaded, start_up

from cepstra.store import Store, migrate, open_store, rotation
from cepstra.store.arrays import pack
from cepstra.store.encryption import open_blob
from cepstra.store.keyring import KeyringError, make_key, parse_keys
from cepstra.store.rotation import SEALED_COLUMNS

pytestmark = pytest.mark.every_database

OLD, NEW = make_key(), make_key()
OLD_ID, NEW_ID = (parse_keys(key, "one").current.id for key in (OLD, NEW))


def rotate(database: Database, keys: str, *options: str) -> Result:
    return Commands(DATABASE_URL=database.url, DATA_KEYS=keys).run("rotate-data-key", *options)


def key_ids(database: Database) -> set[bytes]:
    query = " UNION ALL ".join(f"SELECT {column} FROM {column.table}" for column in SEALED_COLUMNS)
    return {blob[4:8] for (blob,) in database.execute(query)}


def test_after_rotation_the_old_key_may_go(server_factory, database):
    first = server_factory(DATA_KEYS=OLD)
    HTTP.put(f"{first.url}/train", json=TRAIN, timeout=30).raise_for_status()
    HTTP.put(f"{first.url}/test", json=TRAIN, timeout=30).raise_for_status()
    before = HTTP.put(f"{first.url}/score", json=TRAIN, timeout=30).json()["llr"]
    answer_one_digit(first)
    first.stop()
    second = server_factory(DATA_KEYS=f"{NEW},{OLD}")
    done = rotate(database, f"{NEW},{OLD}")
    assert done.stdout.endswith(f"entries encrypted with key {NEW_ID.hex()}: 7\n"), done.stderr
    assert key_ids(second.database) == {NEW_ID}
    during = HTTP.put(f"{second.url}/score", json=TRAIN, timeout=30).json()["llr"]
    second.stop()
    third = server_factory(DATA_KEYS=NEW)
    after = HTTP.put(f"{third.url}/score", json=TRAIN, timeout=30).json()["llr"]
    assert before == during == after
    refused = start_up(third.database, DATA_KEYS=OLD)
    assert refused.returncode != 0 and NEW_ID.hex() in refused.stderr


def test_a_worker_that_was_not_restarted_says_to_ask_again(server_factory, database):
    late = server_factory(DATA_KEYS=OLD)
    HTTP.put(f"{late.url}/train", json=TRAIN, timeout=30).raise_for_status()
    assert rotate(database, f"{NEW},{OLD}").exit_code == 0
    calls = {"train": "PUT", "score": "PUT", "identify": "PUT", "export": "GET"}
    for path, method in calls.items():
        body = TRAIN if method == "PUT" else None
        reply = HTTP.request(method, f"{late.url}/{path}", json=body, timeout=30)
        told = (reply.status_code, reply.headers.get("Retry-After"))
        assert told == (503, "2"), f"{path}: {reply.text}"
    HTTP.delete(f"{late.url}/delete", timeout=30).raise_for_status()


def test_what_a_worker_that_was_not_restarted_keeps_is_noticed(database):
    """Else the old key was taken away, and with it what had been acknowledged since."""
    late, both = open_store(database.url, OLD), open_store(database.url, f"{NEW},{OLD}")
    assert list(rotation.rotate(both)) == [0]
    open_store(database.url, NEW).close()
    enrol(late, "ann")
    with pytest.raises(KeyringError, match=f"sealed with key {OLD_ID.hex()}"):
        open_store(database.url, NEW)
    assert list(rotation.rotate(both)) == [2, 0]
    open_store(database.url, NEW).close()


def test_an_interrupted_rotation_is_finished_by_the_next(database):
    store = open_store(database.url, OLD)
    ids = [enrol(store, f"speaker{n}") for n in range(4)]
    store.close()
    both = open_store(database.url, f"{NEW},{OLD}")
    steps = rotation.rotate(both)
    assert [next(steps), next(steps)] == [2, 2]  # the take and its prints
    steps.close()
    assert len(key_ids(database)) == 2
    assert all(len(loaded(both, speaker_id)) == 1 for speaker_id in ids)
    with pytest.raises(KeyringError, match="DATA_KEYS"):
        open_store(database.url, NEW)
    assert list(rotation.rotate(both)) == [0, 0, 2, 2, 0]
    assert key_ids(database) == {NEW_ID}
    assert len(loaded(open_store(database.url, NEW), ids[0])) == 1


def test_without_the_old_key_nothing_is_changed(database):
    store = open_store(database.url, OLD)
    enrol(store, "ann")
    done = rotate(database, NEW)
    assert done.exit_code != 0
    assert "takes of speaker 1: sealed with key" in done.stderr
    assert key_ids(database) == {store.keyring.current.id}


@pytest.fixture
def database_of_before(database):
    """Return a store whose one take lies plain, as the layout before encryption had it."""
    store = Store(database.url, parse_keys(NEW, "new"))
    enrolled = open_store(database.url, NEW)
    speaker_id = enrol(enrolled, "ann")
    ((blob,),) = database.execute("SELECT arrays FROM takes")
    plain = open_blob(enrolled.keyring, "takes", speaker_id, blob)
    migrate.downgrade(enrolled, "0006")
    database.execute("UPDATE takes SET arrays = :plain", plain=plain)
    enrolled.close()
    return store


def test_data_of_before_are_taken_over_when_asked_to(database_of_before, database):
    with pytest.raises(KeyringError, match="rotate-data-key --accept-plain"):
        open_store(database.url, NEW)
    refused = rotate(database, NEW)
    assert refused.exit_code != 0 and "--accept-plain" in refused.stderr
    assert f"{NEW_ID.hex()}: 1" in rotate(database, NEW, "--accept-plain").stdout
    (take,) = loaded(open_store(database.url, NEW), 1)
    assert take.frames.shape == (40, 20)


def test_planted_plain_data_are_not_taken_over(database):
    store = open_store(database.url, NEW)
    enrol(store, "ann")
    plain = pack({"frames": loaded(store, 1)[0].frames})
    database.execute("UPDATE takes SET arrays = :plain", plain=plain)
    refused = rotate(database, NEW)
    assert refused.exit_code != 0
    assert "expected sealed data, got plain data" in refused.stderr


def test_a_new_database_has_nothing_of_before(database):
    open_store(database.url, NEW).close()
    assert ": 0" in rotate(database, NEW).stdout
