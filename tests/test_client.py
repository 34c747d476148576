"""The Python client against a real server, and against an application in this process."""

import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import is_typeddict

import httpx
import pytest
from caller_driver import PASSWORD, make_key
from example_messages import OTHER, TEST, TRAIN, part
from marshmallow.class_registry import get_class
from server_driver import free_port

import cepstra.client as cc
from cepstra.api import create_app
from cepstra.client import operator_replies, replies

QUICK = cc.Retry(attempts=3, first_pause_s=0.001, longest_pause_s=0.01)


@pytest.fixture(scope="module", params=["network", "this process"])
def client(request, module_server, new_database):
    if request.param == "network":
        opened = cc.Client(module_server.url)
    else:
        app = create_app(new_database().config())
        opened = cc.Client("http://127.0.0.1", transport=httpx.WSGITransport(app))
    with opened:
        yield opened


def test_enrol_verify_describe_and_forget(client):
    client.train("ann", {**part(TRAIN, 0, 500), "device": "laptop"})
    trained = client.train("ann", part(TRAIN, 500, len(TRAIN["mfcc"])))
    assert trained["mfcc_train_store_length"] == len(TRAIN["mfcc"])
    with pytest.raises(cc.InvalidMessageError, match="system: .*expected a network"):
        client.score("ann", TEST, system="theirs")
    own, other = client.score("ann", TEST), client.score("ann", OTHER)
    assert (own["decision"], other["decision"]) == ("accept", "reject")
    assert own["llr"] >= own["threshold"] > other["llr"]
    assert client.test("ann", TEST)["mfcc_test_store_length"] == len(TEST["mfcc"])
    status = client.status("ann")
    assert (status["alias"], len(status["scoring_log"])) == ("ann", 2)
    assert client.speaker("ann")["frontend"] == TRAIN["frontend"]
    assert client.consent("ann", "7")["version"] == "7"
    assert [take["role"] for take in client.export("ann")["takes"]] == [
        "train",
        "train",
        "reference",
    ]
    named = client.train("ann", {**part(TRAIN, 0, 300), "take": "third"})
    again = client.train("ann", {**part(TRAIN, 0, 300), "take": "third"})
    assert [entry["take"] for entry in again["training_log"]] == [
        entry["take"] for entry in named["training_log"]
    ]
    client.forget_take("ann", "third")
    client.forget_device("ann", "laptop")
    assert client.delete("ann") and not client.delete("ann")
    with pytest.raises(cc.NotFoundError):
        client.status("ann")


def test_everybody_is_listed_page_by_page(client):
    names = [f"s{number:03}" for number in range(103)]
    for name in names:
        client.create_speaker(name)
    assert [speaker["alias"] for speaker in client.speakers()] == names
    with pytest.raises(cc.ConflictError, match="s000 exists already"):
        client.create_speaker("s000")


def test_who_of_two_and_the_same_or_not(client):
    for name, message in (("ann", TRAIN), ("bob", OTHER)):
        client.train(name, part(message, 0, len(message["mfcc"]) // 2))
        client.train(name, part(message, len(message["mfcc"]) // 2, len(message["mfcc"])))
    found = client.identify(TEST, top=1)
    assert (found["decision"], found["speaker"], len(found["ranking"])) == ("identified", "ann", 1)
    assert client.compare(TRAIN, TEST)["decision"] == "accept"
    assert client.compare(TRAIN, OTHER)["decision"] == "reject"
    assert [row["alias"] for row in client.intrusion("ann")] == ["ann", "bob"]
    assert [row["alias"] for row in client.benchmark("ann")] == ["bob"]
    for name in ("ann", "bob"):
        client.delete(name)


def test_operators_see_and_change_what_is_theirs(client):
    client.create_speaker("olga")
    assert "olga" in [enrolment["alias"] for enrolment in client.enrolments()]
    assert client.threshold()["adopted_at"] is None
    assert len(client.attempts("hour", 2, "olga")) == 2
    assert [entry["action"] for entry in client.audit(name="olga", limit=5)] == ["create"]
    assert client.locks() == [] and not client.lift_lock("olga")
    made = client.create_key("shop", ["verify"], days=3)
    client.revoke_key(made["number"])
    assert client.keys()[-1]["revoked_at"]
    with pytest.raises(cc.NotFoundError):
        client.revoke_key(made["number"])


def test_what_is_wrong_is_named(client):
    with pytest.raises(cc.ConflictError) as refused:
        client.score("nobody", TEST)
    assert (refused.value.code, list(refused.value.errors)) == (409, ["speaker"])
    with pytest.raises(cc.InvalidMessageError, match="mfcc: .*expected a list") as refused:
        client.train("ann", {"mfcc": "loud"})
    assert refused.value.description == "The message is not valid."


@pytest.mark.parametrize("name", ["..", ".", "", None])
def test_a_name_cannot_lead_to_another_address(client, name):
    """/speakers/../score is /score, of the speaker `default`, and a device of .. is the speaker."""
    for who in ("default", "eve"):
        client.train(who, TEST)
    with pytest.raises(cc.InvalidMessageError, match="speaker: expected a name"):
        client.score(name, TEST)
    for field, forget in (("device", client.forget_device), ("take", client.forget_take)):
        with pytest.raises(cc.InvalidMessageError, match=f"{field}: expected a name"):
            forget("eve", name)
    for field in ("device", "take"):
        for dots in (".", ".."):
            with pytest.raises(cc.InvalidMessageError, match=f"{field}: expected 1 to 64"):
                client.train("eve", {**TEST, field: dots})
    assert client.status("default")["scoring_log"] == []
    assert client.delete("default") and client.delete("eve")


def test_tokens_open_what_they_reach(guarded_server):
    with cc.Client(guarded_server.url) as client:
        nobodys = {"auth": "on", "registration": "open", "prompt_words": []}
        nobodys |= {"speaker": None, "expires_at": None}
        assert client.session() == nobodys
        with pytest.raises(cc.UnauthorizedError):
            client.train("ann", TRAIN)
        client.create_account("ann", PASSWORD)
        client.sign_in("ann", PASSWORD)
        assert client.session()["speaker"] == "ann"
        client.train("ann", part(TRAIN, 0, 500))
        client.train("ann", part(TRAIN, 500, 1000))
        with pytest.raises(cc.ForbiddenError):
            client.train("bob", TRAIN)
        client.sign_out()
        with pytest.raises(cc.UnauthorizedError):
            client.status("ann")
        assert client.is_healthy() and client.public_keys()[0]["alg"] == "EdDSA"
    key = make_key(guarded_server, "verify", "identify")
    with cc.Client(guarded_server.url, key) as backend:
        assert backend.score("ann", TEST)["decision"] == "accept"
        assert backend.identify(TEST)["speaker"] == "ann"
        with pytest.raises(cc.ForbiddenError):
            next(backend.speakers())


def test_nobody_there():
    with cc.Client(f"http://127.0.0.1:{free_port()}", retry=QUICK) as client:
        with pytest.raises(cc.UnreachableError):
            client.train("ann", TRAIN)


class Moody(BaseHTTPRequestHandler):
    """Fails the first calls in the way that the path names, then answers."""

    failures: dict[str, int] = {}

    def _answer(self) -> None:
        self.rfile.read(int(self.headers.get("Content-Length", 0)))
        count = self.failures[self.path] = self.failures.get(self.path, 0) + 1
        if count > 2:
            self._send(200, {"status": "ok", "deleted": True, "speakers": []})
        elif "broken" in self.path:
            self.connection.close()
        else:
            code = 429 if "many" in self.path else 503
            self._send(code, {"code": code, "description": "not now", "errors": {}})

    def _send(self, code: int, body: object) -> None:
        content = json.dumps(body).encode()
        self.send_response(code)
        self.send_header("Content-Length", str(len(content)))
        self.send_header("Retry-After", "0")
        self.end_headers()
        self.wfile.write(content)

    do_GET = do_PUT = do_DELETE = _answer  # noqa: N815

    def log_message(self, *args: object) -> None:
        pass


@pytest.fixture
def moody():
    Moody.failures = {}
    server = ThreadingHTTPServer(("127.0.0.1", 0), Moody)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    with cc.Client(f"http://127.0.0.1:{server.server_port}", retry=QUICK) as client:
        yield client
    server.shutdown()
    server.server_close()


def test_what_may_be_said_twice_is_said_again(moody):
    for name in ("busy", "broken", "many"):
        assert moody.status(name)["status"] == "ok"
        assert Moody.failures[f"/speakers/{name}/status"] == 3


def test_a_take_is_without_a_name_is_not_sent_twice_unless_it_was_refused(moody):
    for name, error in (("busy", cc.ServerError), ("broken", cc.UnreachableError)):
        with pytest.raises(error):
            moody.train(name, TEST)
        assert Moody.failures[f"/speakers/{name}/train"] == 1
    moody.train("many", TEST)
    assert Moody.failures["/speakers/many/train"] == 3


def test_a_take_with_a_name_is_sent_until_it_is_kept(moody):
    for name in ("busy", "broken"):
        moody.train(name, {**TEST, "take": "first"})
        assert Moody.failures[f"/speakers/{name}/train"] == 3


def test_patience_has_an_end(moody):
    Moody.failures["/speakers/busy/status"] = -10
    with pytest.raises(cc.ServerError) as refused:
        moody.status("busy")
    assert Moody.failures["/speakers/busy/status"] == -7
    assert refused.value.retry_after_s == 0.0


def test_another_kind_of_server_is_told_apart(module_server):
    with cc.Client(f"{module_server.url}/static", retry=QUICK) as client:
        with pytest.raises(cc.RefusedError):
            client.status("ann")
    web_page = httpx.WSGITransport(lambda _, start: (start("200 OK", []), [b"<html>"])[1])
    with cc.Client("http://elsewhere", transport=web_page) as client:
        with pytest.raises(cc.UnexpectedReplyError, match="expected Cepstra's JSON"):
            client.status("ann")


OTHERWISE_NAMED = {
    "ConsentGiven": "Consent", "DeviceTakes": "Device", "Comparison": "SameVoice",
    "SignedIn": "Session",
}  # fmt: skip
REPLIES = [
    reply
    for module in (replies, operator_replies)
    for name, reply in vars(module).items()
    if is_typeddict(reply) and not name.startswith("_")
]


@pytest.mark.parametrize("reply", REPLIES, ids=lambda reply: reply.__name__)
def test_replies_have_the_fields_of_the_wire_format(reply):
    name = OTHERWISE_NAMED.get(reply.__name__, reply.__name__)
    schema = get_class(f"{name}Schema")
    assert set(reply.__annotations__) == set(schema().fields) == set(reply.__required_keys__)
