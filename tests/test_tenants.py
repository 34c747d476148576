"""Tenants: keys and speakers in groups that never meet, by every way into the service."""

from __future__ import annotations

import json
import re
from typing import Any

import jwt
import pytest
from caller_driver import HTTP, PASSWORD, Caller, make_key, run_cli
from example_messages import OTHER, TEST, TRAIN, part
from server_driver import LiveServer

from cepstra.api import create_app
from cepstra.config import Config
from cepstra.resources.openapi import describe
from cepstra.store import speakers, thresholds
from cepstra.verification import retention
from cepstra.verification.audit import Origin
from cepstra.verification.audit_search import Search, search
from cepstra.verification.registration import Registration
from cepstra.verification.retention import Retention
from cepstra.verification.signing import SigningKeys

FIVE = [{"digit": digit, "frames": 60} for digit in range(5)]
NOWHERE = {"WEBHOOK_URL": "http://127.0.0.1:9/", "WEBHOOK_SECRET": "whsec_" + "QUJD" * 8}


@pytest.fixture(scope="module")
def server(serve, auth_on):
    return serve(**auth_on, **NOWHERE, LOCKOUT_AFTER="2", LOCKOUT_S="3600")


@pytest.fixture(scope="module")
def operator(server):
    return Caller(server, make_key(server))


def member(server: LiveServer, tenant: str) -> Caller:
    return Caller(server, make_key(server, tenant=tenant))


def test_two_speakers_of_one_name_are_two(server, operator):
    red, blue = member(server, "red"), member(server, "blue")
    red("PUT", "/train", TRAIN, speaker="ann")
    assert blue("GET", "/speakers") == {"speakers": []}
    assert blue("GET", "/status", speaker="ann")["training_log"] == []
    blue("PUT", "/score", TEST, speaker="ann", expected=409)
    blue("PUT", "/train", OTHER, speaker="ann")
    for who, decision in ((red, "accept"), (blue, "reject")):
        assert who("PUT", "/score", TEST, speaker="ann")["decision"] == decision
        assert who("PUT", "/identify", TEST)["n_speakers"] == 1
        assert [e["alias"] for e in who("GET", "/enrolments")["enrolments"]] == ["ann"]
        told = {(e["action"], e["decision"]) for e in who("GET", "/audit")["entries"]}
        assert {("train", "done"), ("score", decision)} <= told
        assert ("score", {"accept": "reject", "reject": "accept"}[decision]) not in told
    assert red("PUT", "/identify", TEST)["speaker"] == "ann"
    assert blue("PUT", "/identify", TEST)["speaker"] is None
    counts = (sum(c["rejected"] for c in who("GET", "/attempts")["counts"]) for who in (red, blue))
    assert list(counts) == [0, 1]

    everybody = [each["alias"] for each in operator("GET", "/speakers")["speakers"]]
    assert everybody == ["blue/ann", "red/ann"]
    assert operator("GET", "/speakers", after="blue/ann")["speakers"][0]["alias"] == "red/ann"
    assert operator("GET", "/audit", name="red/ann")["entries"][0]["speaker"] == "red/ann"
    assert operator("PUT", "/identify", TEST)["n_speakers"] == 0, "compared with no tenant's"
    for named in ("/status?speaker=red/ann", "/speakers/red%2Fann"):
        operator("GET", named, expected=400)

    exported = [who("GET", "/export", speaker="ann") for who in (red, blue)]
    assert [each["alias"] for each in exported] == ["ann", "ann"]
    assert exported[0]["takes"][0]["mfcc"] != exported[1]["takes"][0]["mfcc"]
    assert blue("DELETE", "/speakers/ann") == {"deleted": True}
    assert blue("GET", "/speakers") == {"speakers": []}
    assert red("PUT", "/identify", TEST)["speaker"] == "ann"
    events = [json.loads(b) for (b,) in server.database.execute("SELECT body FROM outbox")]
    told = [(each["data"].get("tenant"), each["type"]) for each in events]
    assert ("red", "accepted") in told and ("blue", "rejected") in told
    assert ("blue", "deleted") in told and ("red", "deleted") not in told


def test_a_voice_is_somebody_elses_within_its_tenant_alone(server, operator):
    one, other = member(server, "green"), member(server, "grey")
    for who, name in ((one, "ann"), (one, "twin"), (other, "bob"), (operator, "bob")):
        who("PUT", "/train", TRAIN, speaker=name)
    assert one("GET", "/status", speaker="twin")["sounds_like"] == "ann"
    for who in (other, operator):
        told = who("GET", "/status", speaker="bob")
        assert (told["sounds_like_another"], told["sounds_like"]) == (False, None)
    for who, name in ((one, "ann"), (other, "bob"), (operator, "bob")):
        who("PUT", "/test", TEST, speaker=name)
    trials = [{each["alias"] for each in who("GET", "/benchmark", speaker=name)["results"]}
              for who, name in ((one, "ann"), (other, "bob"), (operator, "bob"))]  # fmt: skip
    assert trials == [{"twin"}, set(), set()]
    operator("DELETE", "/speakers/bob")


def test_locks_thresholds_and_keys_are_of_one_tenant(server, operator):
    one, other = member(server, "north"), member(server, "south")
    for who in (one, other):
        who("PUT", "/train", TRAIN, speaker="ann")
    for _ in range(2):
        assert one("PUT", "/score", OTHER, speaker="ann")["decision"] == "reject"
    one("PUT", "/score", TEST, speaker="ann", expected=429)
    assert [lock["name"] for lock in one("GET", "/locks")["locks"]] == ["ann"]
    assert other("GET", "/locks") == {"locks": []}
    assert [lock["name"] for lock in operator("GET", "/locks")["locks"]] == ["north/ann"]
    assert other("DELETE", "/speakers/ann/lock") == {"lifted": False}
    assert one("DELETE", "/speakers/ann/lock") == {"lifted": True}

    shipped = other("GET", "/threshold")["threshold"]
    assert one("PUT", "/calibration", {"threshold": 45.0})["threshold"] == 45.0
    assert one("PUT", "/score", TEST, speaker="ann")["decision"] == "reject"
    assert other("PUT", "/score", TEST, speaker="ann")["decision"] == "accept"
    operator("PUT", "/calibration", {"threshold": 44.0})
    assert [who("GET", "/threshold")["threshold"] for who in (one, other)] == [45.0, 44.0]
    assert one("DELETE", "/calibration")["threshold"] == 44.0
    one("DELETE", "/calibration", expected=409)
    assert operator("DELETE", "/calibration")["threshold"] == shipped

    wanted = {"name": "till", "scopes": ["verify"]}
    made = one("POST", "/keys", wanted)
    assert Caller(server, made["key"])("GET", "/speakers/ann")["alias"] == "ann"
    assert [key["name"] for key in one("GET", "/keys")["keys"]] == ["test", "till"]
    assert "north/till" in [key["name"] for key in operator("GET", "/keys")["keys"]]
    one("POST", "/keys", {**wanted, "tenant": "south"}, expected=403)
    given = operator("POST", "/keys", {**wanted, "tenant": "south"})
    assert [key["name"] for key in other("GET", "/keys")["keys"]] == ["test", "till"]
    operator("POST", "/keys", {**wanted, "tenant": "So/uth"}, expected=400)
    one("DELETE", f"/keys/{given['number']}", expected=404)
    assert other("DELETE", f"/keys/{given['number']}") == {"revoked": True}


def test_a_key_of_a_tenant_is_made_by_the_command_line(server):
    key = run_cli(server, "api-key", "create", "till", "--scope", "admin", "--tenant", "shop")
    assert run_cli(server, "api-key", "list").splitlines()[-1].split("\t")[1] == "shop/till"
    assert [each["name"] for each in Caller(server, key)("GET", "/keys")["keys"]] == ["till"]


def test_a_challenge_is_answered_and_signed_in_its_tenant_alone(server):
    one, other = member(server, "east"), member(server, "west")
    made = one("POST", "/challenges", speaker="ann")
    answer = {**part(TEST, 0, 300), "challenge": made["challenge"]}
    answer["segments"] = [{**each, "digit": digit} for each, digit in zip(
        FIVE, made["digits"], strict=True)]  # fmt: skip
    unknown = other("PUT", "/score", {**answer, "challenge": "x"}, speaker="ann", expected=409)
    assert other("PUT", "/score", answer, speaker="ann", expected=409) == unknown
    reply = one("PUT", "/score", answer, speaker="ann")
    claims = jwt.decode(reply["assertion"], options={"verify_signature": False})
    assert (claims["aud"], claims["speaker"]) == ("relying-party/east", "ann")
    assert claims["decision"] == "reject"


def test_people_of_two_tenants_may_have_one_name(server, operator):
    def sign_in(name: str) -> Any:
        return HTTP.post(f"{server.url}/session", json={"name": name, "password": PASSWORD})

    account, east = {"name": "zoë", "password": PASSWORD}, member(server, "tin")
    url, keys = f"{server.url}/user", SigningKeys.from_text(server.settings["SIGNING_KEYS"])
    assert east("POST", "/user", account)["name"] == "zoë"
    assert sign_in("zoë").status_code == 401, "of no tenant there is none"
    asked = operator("GET", "/audit", name="Tin/zoë", expected=400)
    for refused in (sign_in("Tin/zoë").text, asked):
        assert "TENANT/NAME" in str(refused) and "got 'Tin/zoë'" in str(refused)
    assert "got 'tin/default'" in sign_in("tin/default").text
    invited = {**account, "name": "zinc/zoë", "invitation": Registration(keys).invite("tin/zoë", 1)}
    assert HTTP.post(url, json={**account, "name": "zinc/zoë"}).status_code == 403
    assert HTTP.post(url, json=invited).status_code == 403
    east("POST", "/user", {**account, "name": "zinc/zoë"}, expected=403)
    invited["invitation"] = run_cli(server, "invite", "zinc/zoë")
    assert HTTP.post(url, json=invited).status_code == 201
    operator("POST", "/user", account)

    sessions = [sign_in(name).json() for name in ("tin/zoë", "zinc/zoë", "zoë")]
    people = [Caller(server, session["token"]) for session in sessions]
    assert {session["speaker"] for session in sessions} == {"zoë"}
    people[0]("PUT", "/train", TRAIN)
    lengths = [len(person("GET", "/status")["training_log"]) for person in people]
    assert lengths == [1, 0, 0]
    people[0]("GET", "/status", speaker="zinc/zoë", expected=403)
    changed = {"password": PASSWORD, "new_password": "a wholly different pass phrase"}
    assert people[1]("PUT", "/user", changed)["speaker"] == "zoë"
    assert [sign_in(name).status_code for name in ("tin/zoë", "zinc/zoë")] == [201, 401]
    assert people[0]("DELETE", "/delete") == {"deleted": True}
    people[0]("GET", "/status", expected=401)
    assert people[2]("GET", "/session")["speaker"] == "zoë"


# Whatever differs between two calls that mean the same: moments, numbers, what is drawn at random.
VOLATILE = {
    "datetime", "created_at", "expires_at", "revoked_at", "locked_until", "timestamp", "begins_at",
    "training_time", "subject", "take", "key", "number", "id", "speaker_id", "token", "digits",
    "challenge", "adopted_at", "assertion",
}  # fmt: skip
PUBLIC = ("/doc", "/health", "/health/live", "/health/ready", "/.well-known/jwks.json")
ORDER = ("post", "put", "get", "delete")


class Asked:
    """What one caller asks for: of somebody else's tenant, or of nobody at all."""

    def __init__(self, who: Caller, **values: Any) -> None:
        self._who, self._values, self.texts = who, values, []

    def bodies(self) -> dict[str, Any]:
        name, attempt = self._values["name"], part(TEST, 0, 200)
        account = {"name": name, "password": PASSWORD}
        return {
            **dict.fromkeys(("train", "test"), TRAIN), **dict.fromkeys(
                ("score", "identify", "recognise"), attempt),
            "compare": {"first": attempt, "second": part(OTHER, 0, 200)},
            "timeline": {"mfcc": TRAIN["mfcc"], "frontend": TRAIN["frontend"]},
            "consent": {"version": "terms"}, "calibration": {"threshold": 3.0},
            "speakers": {"alias": name}, "speaker": {"alias": f"{name}-2"},
            "user": account, "session": account,
            "keys": {"name": "x", "scopes": ["verify"], "tenant": self._values["tenant"]},
            "import": {"alias": name, "takes": [{**part(OTHER, 0, 200), "digit": 1}]},
        }  # fmt: skip

    def ask(self, verb: str, path: str, parameters: list[dict[str, Any]]) -> tuple[int, Any]:
        """Return status and reply, but for what differs from call to call."""
        said = {p["name"]: self._values.get(p["name"]) for p in parameters}
        query = {p["name"]: said[p["name"]] for p in parameters
                 if p["in"] == "query" and said[p["name"]] is not None}  # fmt: skip
        noun = path.rstrip("}").rpartition("/")[2].lstrip("{")
        body = self.bodies().get(noun) if verb in ("put", "post") else None
        reply = self._who.ask(verb.upper(), path.format(**said), body, **query)
        self.texts.append(reply.text)
        text = re.sub(r"\b(key|account) \d+", r"\1 N", reply.text)
        for what, value in self._values.items():
            text = text.replace(str(value), f"<{what}>") if isinstance(value, str) else text
        is_json = "json" in reply.headers["Content-Type"]
        return reply.status_code, _lasting(json.loads(text)) if is_json else text.count("\n")


def _lasting(told: Any) -> Any:
    if isinstance(told, list):
        return [_lasting(each) for each in told]
    if isinstance(told, dict):
        return {name: _lasting(value) for name, value in told.items() if name not in VOLATILE}
    return told


def operations() -> list[tuple[str, str, list[dict[str, Any]]]]:
    """Return every operation of the OpenAPI document: those that make something come first."""
    paths = describe(create_app(Config(database_url="sqlite://")))["paths"]
    found = [
        (verb, path, operation["parameters"])
        for path, verbs in paths.items()
        for verb, operation in verbs.items()
        if path not in PUBLIC
    ]
    return sorted(found, key=lambda each: ORDER.index(each[0]))


def seen_by(caller: Caller) -> list[Any]:
    """Return what there is of a tenant."""
    paths = ["/speakers", "/enrolments", "/threshold", "/keys", "/locks"]
    paths += [f"/speakers/{name}/status" for name in ("ann-of-copper", "quiet-of-copper")]
    return [caller("GET", path) for path in paths]


def test_no_call_tells_anything_of_another_tenant(server, operator):
    secret = member(server, "copper")
    for name in ("ann-of-copper", "quiet-of-copper"):
        secret("POST", "/consent", {"version": f"terms-of-{name}"}, speaker=name)
        secret(
            "PUT", "/train", {**TRAIN, "take": "copper-take", "device": "copper-mic"}, speaker=name
        )
    made = secret("POST", "/keys", {"name": "key-of-copper", "scopes": ["verify"]})
    secret("PUT", "/calibration", {"threshold": 2.125})
    mine = seen_by(secret)
    number = secret("GET", "/audit", action="train")["entries"][0]["speaker_id"]
    subjects = re.findall(r"[0-9a-f]{32}", json.dumps(mine))

    names = {"name": "ann-of-copper", "speaker": "ann-of-copper", "tenant": "copper"}
    names |= {"take": "copper-take", "device": "copper-mic", "key": made["number"]}
    nobodys = {"name": "ann-of-nobody", "speaker": "ann-of-nobody", "tenant": "nobodys"}
    nobodys |= {"take": "nobody-take", "device": "nobody-mic", "key": 10**6}
    spy = Asked(member(server, "lead"), **names, speaker_id=number, caller="key 1")
    fool = Asked(member(server, "gold"), **nobodys, speaker_id=10**6, caller="key 1000000")
    asked = operations()
    assert len(asked) > 40
    done = 0
    for verb, path, parameters in asked:
        of_somebody, of_nobody = (who.ask(verb, path, parameters) for who in (spy, fool))
        assert of_somebody == of_nobody, (verb, path)
        done += of_somebody[0] < 300

    assert done > 25, "most of them did what they are for"
    lead = member(server, "lead")
    for query in ({"speaker_id": number}, {"caller": f"key {made['number'] - 1}"}):
        assert lead("GET", "/audit", **query) == {"entries": []}
        assert secret("GET", "/audit", **query)["entries"]

    told = "\n".join(spy.texts)
    assert len(subjects) == 2
    for text in ("quiet-of-copper", "key-of-copper", "terms-of", "2.125", *subjects):
        assert text not in told, text
    assert seen_by(secret) == mine
    callers = {e["caller"] for e in secret("GET", "/audit", limit=1000)["entries"]}
    assert len(callers) == 2, "the command that made the key, and the key"


@pytest.mark.every_database
def test_what_a_tenant_adopts_is_its_own_though_everybody_has_the_same(database):
    everybody = database.open()
    tenant = everybody.of_tenant("shop")
    for store, threshold in ((everybody, 3.0), (tenant, 3.0), (everybody, 1.0)):
        with store.writing() as connection:
            thresholds.adopt(connection, "fusion", threshold)
    with tenant.writing() as connection:
        assert thresholds.in_force(connection, "fusion") == 3.0
        assert thresholds.undo(connection, "fusion")
        assert thresholds.in_force(connection, "fusion") == 1.0
    everybody.close()


def test_what_retention_deletes_is_told_to_its_tenant_alone(database):
    store = database.open()
    one, other = (store.of_tenant(name) for name in ("one", "other"))
    for each in (one, other):
        with each.writing() as connection:
            speakers.create(connection, "ann")
    database.execute("UPDATE speakers SET created_at = '2020-01-01' WHERE alias = 'one/ann'")
    retention.apply(store, Origin("start-up"), Retention(30, 0))
    with store.reading() as connection:
        assert [each.alias for each in speakers.page(connection, "", 9)] == ["other/ann"]
    found = [[e.reason for e in search(each, Search(), None, 9)] for each in (one, other, store)]
    assert found == [["retention"], [], ["retention"]]
    store.close()
