"""Voices lie encrypted, bound to their speaker; without the right key nothing starts."""

import stat
import subprocess

import httpx
import numpy as np
import pytest
import sqlalchemy as sa
from caller_driver import HTTP
from client_commands import Commands, run_python
from database_driver import Database, sqlite_database
from example_messages import TRAIN, WORD
from server_driver import LiveServer, free_port

from cepstra.cli.make_secrets import FRESH
from cepstra.store import Store, models, open_store, speakers, takes
from cepstra.store.encryption import SealError
from cepstra.store.keyring import KeyringError, make_key, parse_keys
from cepstra.store.rotation import SEALED_COLUMNS
from cepstra.store.tables import api_keys, metadata
from cepstra.store.takes import NewTake

pytestmark = pytest.mark.every_database

FRAMES = np.array(TRAIN["mfcc"])


def enrol(store: Store, alias: str, start: int = 0) -> int:
    with store.writing() as connection:
        speaker = speakers.obtain(connection, alias)
        arrays = {"frames": FRAMES[start : start + 40]}
        takes.append(connection, speaker.id, NewTake("train", 1, arrays))
    return speaker.id


def loaded(store: Store, speaker_id: int) -> list[takes.Take]:
    with store.reading() as connection:
        return takes.load(connection, speaker_id)


def start_up(database: Database, **settings: str) -> subprocess.CompletedProcess[str]:
    environment = {**database.settings, "PORT": str(free_port()), **settings}
    return run_python("api.py", **environment)


def answer_one_digit(server: LiveServer) -> None:
    """Leave an answer to an open challenge behind; nobody enrolled is asked for any digits."""
    nobody = {"base_url": server.url, "params": {"speaker": "nobody"}, "timeout": 30}
    with httpx.Client(**nobody) as client:
        challenge = client.post("/challenges").raise_for_status().json()
        answer = {**WORD, "challenge": challenge["challenge"], "digit": challenge["digits"][0]}
        client.put("/score", json=answer).raise_for_status()


def test_no_frame_lies_in_the_file_as_it_was_sent(live_server):
    HTTP.put(f"{live_server.url}/train", json=TRAIN, timeout=30).raise_for_status()
    HTTP.put(f"{live_server.url}/test", json=TRAIN, timeout=30).raise_for_status()
    answer_one_digit(live_server)
    live_server.stop()
    content = live_server.database.dump()
    assert content.count(b"CSL1") >= 5  # two takes, model, voiceprint and an answer
    for frame in FRAMES:
        for kind in (np.float32, np.float64):
            assert frame.astype(kind).tobytes() not in content
    assert b"statistics." not in content and b"frames" not in content.replace(b"n_frames", b"")


def test_the_local_key_file_is_made_once_and_for_its_owner_alone(tmp_path):
    open_store(f"sqlite:///{tmp_path}/cepstra.db").close()
    path = tmp_path / "cepstra.key"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    before = path.read_text()
    open_store(f"sqlite:///{tmp_path}/cepstra.db").close()
    assert path.read_text() == before
    assert sorted(p.suffix for p in tmp_path.iterdir()) == [".db", ".key"]


def test_a_blob_opens_for_its_speaker_only(store, database):
    ann, bob = enrol(store, "ann"), enrol(store, "bob", 50)
    assert len(loaded(store, bob)) == 1
    swap = "UPDATE takes SET arrays = (SELECT arrays FROM takes WHERE speaker_id = :ann) "
    database.execute(swap + "WHERE speaker_id = :bob", ann=ann, bob=bob)
    with pytest.raises(SealError, match="takes of speaker 2: the data were changed or belong"):
        loaded(store, bob)
    assert len(loaded(store, ann)) == 1


def test_a_take_does_not_open_as_a_model(store, database):
    ann = enrol(store, "ann")
    database.execute(
        "INSERT INTO models (speaker_id, revision, summary, arrays)"
        " SELECT speaker_id, 1, '{}', arrays FROM takes"
    )
    with store.reading() as connection, pytest.raises(SealError, match="models of speaker 1"):
        models.load(connection, ann)


@pytest.mark.parametrize("position", [4, 8, 30, -1], ids=["key id", "nonce", "text", "tag"])
def test_a_changed_byte_is_noticed(store, database, position):
    ann = enrol(store, "ann")
    ((blob,),) = database.execute("SELECT arrays FROM takes")
    changed = bytearray(blob)
    changed[position] ^= 1
    database.execute("UPDATE takes SET arrays = :arrays", arrays=bytes(changed))
    with pytest.raises(SealError):
        loaded(store, ann)


@pytest.mark.parametrize("blob", [b"", b"CSL1", b"CSL1abcdefgh", b"\x10\0\0\0\0\0\0\0{}"])
def test_what_was_never_sealed_is_not_read(store, database, blob):
    ann = enrol(store, "ann")
    database.execute("UPDATE takes SET arrays = :arrays", arrays=blob)
    with pytest.raises(SealError):
        loaded(store, ann)


def test_every_column_of_bytes_is_sealed_but_the_hashes_of_keys():
    columns = {
        column
        for table in metadata.sorted_tables
        for column in table.columns
        if isinstance(column.type, sa.LargeBinary)
    }
    assert columns == {*SEALED_COLUMNS, api_keys.c.key_hash}


def test_no_two_seals_are_alike(store, database):
    for _ in range(2):
        enrol(store, "ann")
    blobs = database.execute("SELECT arrays FROM takes")
    assert len({blob[8:20] for (blob,) in blobs}) == 2


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("", "got nothing"),
        ("secret", "key 1: expected 32 random bytes in base64.*got something else"),
        ("AAAA", "key 1: expected .* got 3 bytes"),
        (f"{'ab' * 32},xyz!", "key 2: expected"),
    ],
)
def test_malformed_keys_are_refused(text, problem):
    with pytest.raises(KeyringError, match=problem):
        parse_keys(text, "DATA_KEYS")


def test_keys_may_be_hexadecimal():
    assert parse_keys("ab" * 32, "x").current.id == parse_keys("AB" * 32, "x").current.id


@pytest.mark.parametrize("host", ["0.0.0.0", "192.0.2.7"])
def test_a_public_address_without_a_key_is_refused(tmp_path, host):
    done = start_up(sqlite_database(tmp_path), HOST=host, SIGNING_KEYS=FRESH["SIGNING_KEYS"]())
    assert done.returncode != 0
    assert "Not set: DATA_KEYS. Print fresh ones" in done.stderr
    assert "cepstra make-secrets" in done.stderr
    assert not (tmp_path / "cepstra.db").exists()


def test_another_database_without_a_key_is_refused():
    with pytest.raises(KeyringError, match="DATA_KEYS: expected the key"):
        open_store("postgresql://localhost/cepstra")


def test_a_lost_key_file_is_noticed_at_start_up(tmp_path):
    database = sqlite_database(tmp_path)
    store = database.open()
    enrol(store, "ann")
    (tmp_path / "cepstra.key").unlink()
    done = start_up(database)
    assert done.returncode != 0
    assert store.keyring.current.id.hex() in done.stderr
    assert "Traceback" not in done.stderr


def test_a_made_key_serves(server_factory):
    key = Commands().run("make-data-key").stdout
    server = server_factory(DATA_KEYS=key)
    HTTP.put(f"{server.url}/train", json=TRAIN, timeout=30).raise_for_status()
    assert not server.database.is_sqlite or not server.database.path.with_suffix(".key").exists()
    ((blob,),) = server.database.execute("SELECT arrays FROM takes")
    assert blob.startswith(b"CSL1" + parse_keys(key, "key").current.id)
    assert make_key() != make_key()
