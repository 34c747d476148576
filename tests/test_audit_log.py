"""The audit log: what was done and refused, in table and lines, without features or names."""

import json
import re
from pathlib import Path

import httpx
import pytest
from caller_driver import HTTP, bearer, create_account, make_key, sign_in
from database_driver import Database
from example_messages import OTHER, TEST, TRAIN

from cepstra.store import speakers
from cepstra.verification import audit
from cepstra.verification.audit import Origin

pytestmark = pytest.mark.every_database

FIELDS = {"created_at", "caller", "action", "speaker_id", "decision", "reason", "address"}
THREE_NUMBERS = re.compile(r"-?\d+(\.\d+)?(e-?\d+)?\s*,\s*-?\d+(\.\d+)?(e-?\d+)?\s*,\s*-?\d")


@pytest.fixture
def server(server_factory, tmp_path):
    return server_factory(AUDIT_LOG=str(tmp_path / "audit.jsonl"))


def rows(database: Database) -> list[dict]:
    found = database.execute("SELECT * FROM audit_log ORDER BY id")
    return [dict(row._mapping) for row in found]


def lines(path: str | Path) -> list[dict]:
    return [json.loads(line) for line in Path(path).read_text().splitlines()]


def told(entries: list[dict]) -> list[tuple]:
    names = ("action", "speaker_id", "decision", "reason")
    return [tuple(entry[name] for name in names) for entry in entries]


def call_everything(url: str) -> None:
    with httpx.Client(base_url=url, timeout=30) as http:
        http.put("/score?speaker=ann", json=TEST)
        http.post("/speakers", json={"alias": "ann"})
        http.post("/speakers", json={"alias": "ann"})
        http.put("/test?speaker=ann", json=TEST)
        http.put("/train?speaker=ann", json=TRAIN)
        http.put("/speakers/ann/train", json={"mfcc": TRAIN["mfcc"]})
        http.put("/test?speaker=ann", json=TEST)
        http.put("/score?speaker=ann", json=TEST)
        http.put("/score?speaker=ann", json={**TEST, "digit": 99})
        short = TEST["mfcc"][:20]
        http.put("/speakers/ann/score", json={"mfcc": short, "frontend": TEST["frontend"]})
        http.delete("/speakers/nobody")
        http.delete("/delete?speaker=nobody")
        http.delete("/speakers/ann")


def test_what_was_done_and_refused_is_noted_in_table_and_lines(server):
    call_everything(server.url)
    entries = rows(server.database)
    assert told(entries[:8]) == [
        ("score", None, "refused", "NotTrainedError"),
        ("create", 1, "done", None),
        ("create", None, "refused", "SpeakerExistsError"),
        ("reference", 1, "refused", "NotTrainedError"),
        ("train", 1, "done", None),
        ("train", 1, "refused", "FrontEndMismatchError"),
        ("reference", 1, "done", None),
        ("score", 1, "accept", None),
    ]
    assert told(entries[9:]) == [
        ("delete", None, "refused", "UnknownSpeakerError"),
        ("delete", 1, "done", None),
    ]
    action, speaker_id, decision, reason = told(entries)[8]
    assert (action, speaker_id, decision) == ("score", 1, "inconclusive")
    assert re.fullmatch(r"\d\.\d s of speech, 0\.6 s are needed", reason)
    assert {(entry["caller"], entry["address"]) for entry in entries} == {("local", "127.0.0.1")}
    written = lines(server.settings["AUDIT_LOG"])
    assert Path(server.settings["AUDIT_LOG"]).stat().st_mode & 0o777 == 0o600
    assert all(set(line) == FIELDS for line in written)
    assert told(written) == told(entries)


def test_a_decision_is_explained_by_what_made_it_and_not_by_what_was_noticed_besides(server):
    with httpx.Client(base_url=server.url, timeout=30) as http:
        http.put("/train?speaker=ann", json=TRAIN)
        for message in (TEST, OTHER):  # there is no reference speech
            warned = http.put("/score?speaker=ann", json=message).json()["quality"]["warnings"]
            assert "no reference speech yet" in warned[0]
    assert told(rows(server.database))[1:] == [
        ("score", 1, "accept", None),
        ("score", 1, "reject", "another voice"),
    ]


def test_no_line_and_no_row_holds_numbers_in_a_row_or_a_name(server_factory, capfd):
    server = server_factory(PYTHONUNBUFFERED="1")
    call_everything(server.url)
    HTTP.put(f"{server.url}/train", json=TRAIN, timeout=30).raise_for_status()
    server.database.execute("UPDATE models SET arrays = :arrays", arrays=b"\0")
    assert HTTP.put(f"{server.url}/score", json=TEST, timeout=30).status_code == 500
    server.stop()
    output, errors = capfd.readouterr()
    assert "SealError" in errors and '"action":"train"' in output  # both logs were read
    kept = json.dumps(audit_texts(server))
    for text in (output, errors, kept):
        assert not THREE_NUMBERS.search(text)
    assert "ann" not in output + kept
    assert THREE_NUMBERS.search(json.dumps(TRAIN))  # what is looked for would be found


def audit_texts(server) -> list[dict]:
    return [{k: v for k, v in row.items() if isinstance(v, str)} for row in rows(server.database)]


def test_what_did_not_happen_is_not_told(database, tmp_path):
    store, told_to = database.open(), tmp_path / "audit.jsonl"
    audit.send_lines_to(str(told_to))
    try:
        with pytest.raises(KeyboardInterrupt), store.writing() as connection:
            speaker = speakers.obtain(connection, "ann")
            audit.note(connection, Origin("local"), "create", speaker.id)
            raise KeyboardInterrupt
        with store.writing() as connection:
            audit.note(connection, Origin("local"), "delete", None, audit.REFUSED)
    finally:
        audit.send_lines_to("none")
    expected = [("delete", None, "refused", None)]
    assert told(rows(database)) == expected
    assert told(lines(told_to)) == expected


@pytest.mark.sqlite_is_enough
@pytest.mark.parametrize(("target", "where"), [("none", None), ("stdout", ""), ("a.jsonl", "file")])
def test_lines_go_where_they_are_sent(database, tmp_path, monkeypatch, capsys, target, where):
    monkeypatch.chdir(tmp_path)
    audit.send_lines_to(target)
    try:
        with database.open().writing() as connection:
            audit.note(connection, Origin("local"), "score", None)
        files = {path.name: told(lines(path)) for path in tmp_path.glob("*")}
    finally:
        audit.send_lines_to("none")
    entry = ("score", None, "done", None)
    assert files == ({target: [entry]} if where else {})
    printed = capsys.readouterr().out.splitlines()
    assert told([json.loads(line) for line in printed]) == ([entry] if target == "stdout" else [])


def test_long_words_of_the_caller_are_cut(database):
    store = database.open()
    with store.writing() as connection:
        audit.note(connection, Origin("x" * 999, "y" * 999), "score", None, reason="z" * 999)
    (row,) = rows(database)
    assert [len(row[name]) for name in ("caller", "address", "reason")] == [64, 64, 200]


def test_entries_tell_which_key_or_account_called(server_factory, auth_on):
    server = server_factory(**auth_on)
    create_account(server, "ann")
    ann, backend = bearer(sign_in(server, "ann")), bearer(make_key(server))
    HTTP.put(f"{server.url}/train", json=TRAIN, headers=ann).raise_for_status()
    for call, caller in (("test", ann), ("score", backend)):
        HTTP.put(f"{server.url}/{call}?speaker=ann", json=TEST, headers=caller).raise_for_status()
    refused = HTTP.put(f"{server.url}/train?speaker=ann", json=TEST, headers=backend)
    assert refused.status_code == 403
    assert HTTP.put(f"{server.url}/test", json={"mfcc": TEST["mfcc"]}, headers=ann).is_error
    HTTP.delete(f"{server.url}/delete", headers=ann).raise_for_status()
    entries = [
        (entry["caller"], entry["action"], entry["speaker_id"]) for entry in rows(server.database)
    ]
    assert entries == [
        ("unknown", "create", 1),
        ("cli", "key", None),
        ("account 1", "train", 1),
        ("account 1", "reference", 1),
        ("key 1", "score", 1),
        ("key 1", "train", 1),
        ("account 1", "reference", 1),
        ("account 1", "delete", 1),
    ]
