"""What operators ask for and change: enrolments, attempts over time, locks, keys, the audit log."""

import csv
import io
import json
from datetime import UTC, datetime

import pytest
from caller_driver import HTTP, Caller, bearer, create_account, make_key
from client_commands import Commands
from example_messages import OTHER, TEST, TRAIN

from cepstra.store import audit_log
from cepstra.store.audit_log import Entry
from cepstra.verification.attempt_counts import AttemptCount, count_attempts

pytestmark = pytest.mark.every_database


def operator(server, *scopes: str) -> Caller:
    return Caller(server, make_key(server, *scopes))


@pytest.fixture(scope="module")
def server(serve, auth_on):
    return serve(**auth_on, LOCKOUT_AFTER="2", LOCKOUT_S="3600")


def totals(told: dict) -> dict[str, int]:
    outcomes = ("accepted", "rejected", "inconclusive", "locked")
    return {name: sum(count[name] for count in told["counts"]) for name in outcomes}


def test_a_lock_is_seen_lifted_and_everything_told_by_the_audit_log(server):
    call = operator(server)
    call("PUT", "/train", TRAIN, speaker="ann")
    for _ in range(2):
        assert call("PUT", "/score", OTHER, speaker="ann")["decision"] == "reject"
    call("PUT", "/score", TEST, 429, speaker="ann")
    (lock,) = call("GET", "/locks")["locks"]
    assert (lock["name"], lock["kind"], lock["rejects"]) == ("ann", "voice", 2)
    enrolments = {e["alias"]: e for e in call("GET", "/enrolments")["enrolments"]}
    assert enrolments["ann"]["locked_until"] == lock["locked_until"]
    assert call("DELETE", "/speakers/ann/lock") == {"lifted": True}
    assert call("DELETE", "/speakers/ann/lock") == {"lifted": False}
    assert call("GET", "/locks") == {"locks": []}
    assert call("PUT", "/score", TEST, speaker="ann")["decision"] == "accept"
    counted = {"accepted": 1, "rejected": 2, "inconclusive": 0, "locked": 1}
    for whose in ({}, {"name": "ann"}):
        assert totals(call("GET", "/attempts", by="hour", periods=2, **whose)) == counted
    call("GET", "/attempts", expected=404, name="bob")
    told = [(e["action"], e["decision"]) for e in call("GET", "/audit", name="ann")["entries"]]
    refused = [("score", "refused"), *2 * [("score", "reject")], ("train", "done")]
    assert told == [("score", "accept"), ("unlock", "done"), *refused]


def test_the_lock_of_a_name_that_nobody_has_is_lifted_too(server):
    call, wrong = operator(server), {"name": "zoë", "password": "no password of anybody"}
    for _ in range(2):
        HTTP.post(f"{server.url}/session", json=wrong)
    (lock,) = call("GET", "/locks")["locks"]
    assert (lock["name"], lock["kind"]) == ("zoë", "password")
    assert call("DELETE", "/speakers/zoë/lock") == {"lifted": True}
    assert HTTP.post(f"{server.url}/session", json=wrong).status_code == 401


def test_the_audit_log_is_searched_and_handed_out_as_a_table(server):
    call, name = operator(server), "=SUM(1)"
    for alias in (name, "bob"):
        call("POST", "/speakers", {"alias": alias}, 201)
    call("PUT", "/train", TRAIN, speaker="bob")
    call("POST", "/speakers", {"alias": "bob"}, 409)
    entries = call("GET", "/audit", limit=5)["entries"]
    assert [e["speaker"] for e in entries] == [None, "bob", "bob", name, None]
    newest, trained, *older = entries
    mine = {"since": older[-1]["datetime"]}
    for query, found in [
        ({"before": trained["id"]}, older),
        ({"action": "train"}, [trained]),
        ({"decision": "refused"}, [newest]),
        ({"caller": newest["caller"], "limit": 1}, [newest]),
        ({"caller": "cli", "action": "key"}, [older[-1]]),
        ({"since": trained["datetime"], "until": newest["datetime"]}, [trained]),
    ]:
        assert call("GET", "/audit", **{**mine, **query})["entries"] == found
    table = list(csv.DictReader(io.StringIO(call("GET", "/audit.csv", **mine))))
    assert [list(row) for row in table] == [list(newest)] * 5
    assert [row["speaker"] for row in table] == ["", "bob", "bob", f"'{name}", ""]
    call("DELETE", "/speakers/bob")
    call("GET", "/audit", expected=404, name="bob")
    found = call("GET", "/audit", speaker_id=trained["speaker_id"])["entries"]
    assert [(e["action"], e["speaker"]) for e in found] == [
        (action, None) for action in ("delete", "train", "create")
    ]
    wrong = call("GET", "/audit", expected=400, since="yesterday")
    assert "2026-11-26T03:00:00Z" in wrong["errors"]["since"][0]
    for no_moment in ("0001-01-01T00:00:00+23:59", "9999-12-31T23:59:59-23:59"):
        assert "zone" in call("GET", "/audit", expected=400, until=no_moment)["errors"]["until"][0]


def test_no_name_is_a_formula_in_the_table_however_a_spreadsheet_parts_it(server):
    call = operator(server)
    names = ["+1", "\uff1d1", "eve;=HYPERLINK(1)", "eve; @x", 'eve|""=1', "a;b", "2-1"]
    for name in names:
        call("POST", "/speakers", {"alias": name}, 201)
    text = call("GET", "/audit.csv", action="create", limit=len(names))
    table = csv.DictReader(io.StringIO(text))
    told = ["'+1", "'\uff1d1", "eve;'=HYPERLINK(1)", "eve;' @x", 'eve|\'""=1', "a;b", "2-1"]
    assert [row["speaker"] for row in table] == told[::-1]
    for name in names:  # other tests of this server list who is there
        call("DELETE", "/delete", speaker=name)


def test_a_key_is_made_used_listed_and_revoked_and_opens_no_more_than_its_maker(server):
    call = operator(server, "admin", "verify")
    wanted = {"name": "shop", "scopes": ["verify"], "days": 3}
    call("POST", "/keys", {**wanted, "scopes": ["verify", "enrol"]}, 403)
    call("POST", "/keys", {**wanted, "scopes": []}, 400)
    for days in (1.5, "3"):
        assert list(call("POST", "/keys", {**wanted, "days": days}, 400)["errors"]) == ["days"]
    for unseen in ("shop\u200f", "sh\u200bop", "\u202epohs", "shop  "):
        assert list(call("POST", "/keys", {**wanted, "name": unseen}, 400)["errors"]) == ["name"]
        for command in (["api-key", "create", unseen, "--scope", "verify"], ["invite", unseen]):
            done = Commands(**server.settings).run(*command)
            assert (done.exit_code, "'NAME': expected " in done.stderr) == (2, True), done.stderr
    made = call("POST", "/keys", wanted, 201)
    used = bearer(made["key"])
    assert HTTP.get(f"{server.url}/status?speaker=ann", headers=used).status_code == 200
    assert HTTP.get(f"{server.url}/keys", headers=used).status_code == 403
    *_, own, listed = call("GET", "/keys")["keys"]
    assert (own["scopes"], own["expires_at"]) == (["admin", "verify"], None)
    assert (listed["number"], listed["name"]) == (made["number"], "shop")
    assert made["key"] not in json.dumps(listed) and listed["revoked_at"] is None
    path = f"/keys/{made['number']}"
    assert call("DELETE", path) == {"revoked": True}
    call("DELETE", path, expected=404)
    assert HTTP.get(f"{server.url}/status?speaker=ann", headers=used).status_code == 401
    assert call("GET", "/keys")["keys"][-1]["revoked_at"]
    entries = call("GET", "/audit", action="key", limit=5)["entries"]
    assert [(e["decision"], e["reason"]) for e in entries] == [
        ("refused", "UnknownKeyError"),
        ("done", f"key {made['number']} revoked"),
        ("done", f"key {made['number']} made: verify"),
        ("refused", "ScopeNotHeldError"),
        ("done", f"key {own['number']} made: admin verify"),
    ]


def test_enrolments_are_as_consistent_as_their_status_says(server):
    call, without = operator(server), operator(server, "admin")
    for first in range(0, 800, 100):
        call(
            "PUT", "/train", {**TRAIN, "mfcc": TRAIN["mfcc"][first : first + 100]}, speaker="zelda"
        )
    create_account(server, "zacharias")
    new, old = call("GET", "/enrolments", after="z")["enrolments"]
    assert (new["alias"], new["n_takes"], new["consistency"]) == ("zacharias", 0, None)
    status = call("GET", "/status", speaker="zelda")
    assert (old["n_takes"], old["n_unlike"]) == (8, len(status["unlike_takes"]))
    assert old["consistency"] == status["consistency"] is not None
    assert without("GET", "/enrolments", after=new["alias"])["enrolments"][0]["consistency"] is None
    assert call("GET", "/threshold")["adopted_at"] is None


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def test_attempts_are_counted_by_hours_and_days_of_utc(database):
    store = database.open()
    with store.writing() as connection:
        for moment, decision, reason, speaker_id in [
            ("2026-02-28 22:59:59.999", "accept", None, 1),
            ("2026-02-28 23:00:00", "accept", None, 1),
            ("2026-02-28 23:59:59.999", "reject", "the voice", 2),
            ("2026-03-01 00:00:00", "inconclusive", None, 1),
            ("2026-03-01 00:30:00", "refused", "LockedOutError", 1),
            ("2026-03-01 00:31:00", "refused", "NotTrainedError", 1),
        ]:
            audit_log.append(
                connection, Entry(at(moment), "local", "score", speaker_id, decision, reason, None)
            )
        audit_log.append(
            connection, Entry(at("2026-03-01"), "local", "train", 1, "done", None, None)
        )
    now = at("2026-03-01 00:59:00")
    assert count_attempts(store, "hour", 2, None, now) == [
        AttemptCount(at("2026-02-28 23:00"), accepted=1, rejected=1),
        AttemptCount(at("2026-03-01 00:00"), inconclusive=1, locked=1),
    ]
    assert count_attempts(store, "day", 3, 1, now) == [
        AttemptCount(at("2026-02-27")),
        AttemptCount(at("2026-02-28"), accepted=2),
        AttemptCount(at("2026-03-01"), inconclusive=1, locked=1),
    ]
