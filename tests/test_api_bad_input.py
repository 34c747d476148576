"""Whatever is sent, the reply is a 4xx of one shape that names the field; never a 5xx."""

import gzip
import json

import pytest
from caller_driver import HTTP
from example_messages import TRAIN
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cepstra.api import create_app

FRAMES = [[float(i + j) for j in range(20)] for i in range(30)]
JSON = {"Content-Type": "application/json"}


@pytest.fixture(scope="module")
def app(new_database):
    return create_app(new_database().config())


@pytest.fixture
def client(app):
    return app.test_client()


def assert_refused(reply, status, field):
    body = reply.get_json()
    assert reply.status_code == status, body
    assert body.keys() == {"code", "message", "description", "errors"}
    assert body["code"] == status
    assert list(body["errors"]) == ([field] if field else [])
    assert all(text for texts in body["errors"].values() for text in texts)


@pytest.mark.every_database
@pytest.mark.parametrize(
    ("method", "path", "body", "field"),
    [
        ("delete", "/speakers/a%00b", None, "speaker"),
        ("delete", "/speakers/ann/devices/a%00b", None, "device"),
        ("delete", "/speakers/ann/takes/a%00b", None, "take"),
        ("get", "/audit?caller=a%00b", None, "caller"),
        ("get", "/audit?action=a%00b", None, "action"),
        ("get", "/audit.csv?decision=a%00b", None, "decision"),
        ("get", "/speakers?after=a%00b", None, "after"),
        ("get", "/status?speaker=a%00b", None, "speaker"),
        ("post", "/speakers", {"alias": "a\0b"}, "alias"),
        ("post", "/consent", {"version": "a\0b"}, "version"),
        ("put", "/score", {"mfcc": FRAMES, "digit": 1, "challenge": "a\0b"}, "challenge"),
        ("put", "/train", {"mfcc": FRAMES, "device": "a\0b"}, "device"),
    ],
)
def test_a_character_that_a_database_cannot_hold_is_refused(client, method, path, body, field):
    assert_refused(getattr(client, method)(path, json=body), 400, field)


MALFORMED = {
    "nothing": ({}, "mfcc"),
    "no frames": ({"mfcc": []}, "mfcc"),
    "empty frames": ({"mfcc": [[], []]}, "mfcc"),
    "one column": ({"mfcc": [[1.0], [2.0]]}, "mfcc"),
    "41 columns": ({"mfcc": [[0.5] * 41] * 3}, "mfcc"),
    "6001 frames": ({"mfcc": [[0.5] * 3] * 6001}, "mfcc"),
    "ragged": ({"mfcc": [[1.0, 2.0], [1.0, 2.0, 3.0]]}, "mfcc"),
    "text": ({"mfcc": [["1.0", "2.0"]]}, "mfcc"),
    "booleans": ({"mfcc": [[True, 2.0]]}, "mfcc"),
    "null": ({"mfcc": [[None, 2.0]]}, "mfcc"),
    "too deep": ({"mfcc": [[[1.0, 2.0]]]}, "mfcc"),
    "flat": ({"mfcc": [1.0, 2.0]}, "mfcc"),
    "an object": ({"mfcc": {"0": [1.0, 2.0]}}, "mfcc"),
    "too large": ({"mfcc": [[1.0, 1e200]]}, "mfcc"),
    "digit 10": ({"mfcc": FRAMES, "digit": 10}, "digit"),
    "digit 1.5": ({"mfcc": FRAMES, "digit": 1.5}, "digit"),
    "digit true": ({"mfcc": FRAMES, "digit": True}, "digit"),
    "digit as text": ({"mfcc": FRAMES, "digit": "7"}, "digit"),
    "unknown front end": ({"mfcc": FRAMES, "frontend": "x"}, "frontend"),
    "front end of another width": ({"mfcc": [[1.0] * 13], "frontend": "meyda-16k-1"}, "mfcc"),
    "unknown field": ({"mfcc": FRAMES, "audio": "UklGRg=="}, "audio"),
    "a list": ([FRAMES], "_schema"),
    "a number": (5, "_schema"),
}


@pytest.mark.parametrize("path", ["/train", "/test", "/score", "/speakers/ann/train"])
@pytest.mark.parametrize(("message", "field"), MALFORMED.values(), ids=MALFORMED)
def test_malformed_messages(client, path, message, field):
    reply = client.put(path, data=json.dumps(message), headers=JSON)
    assert_refused(reply, 400, field)
    assert client.get("/status").get_json()["mfcc_train_store_length"] == 0


@pytest.mark.parametrize(
    "segments",
    [
        [],
        [{"digit": 1, "frames": 29}],
        [{"digit": 1, "frames": 31}],
        [{"digit": 10, "frames": 30}],
        [{"frames": 30}],
        [{"digit": 1, "frames": 0}, {"digit": 2, "frames": 30}],
        "all",
    ],
)
def test_segments_that_do_not_fit_the_frames(client, segments):
    reply = client.put("/score", json={"mfcc": FRAMES, "segments": segments})
    assert_refused(reply, 400, "segments")


def test_segments_are_for_attempts_only_and_instead_of_a_digit(client):
    segments = [{"digit": 1, "frames": 30}]
    assert_refused(
        client.put("/train", json={"mfcc": FRAMES, "segments": segments}), 400, "segments"
    )
    both = {"mfcc": FRAMES, "segments": segments, "digit": 1}
    assert_refused(client.put("/score", json=both), 400, "segments")


@pytest.mark.parametrize(
    "body",
    [b"", b"{", b"nonsense", b'{"mfcc": [[NaN, 1.0]]}', b'{"mfcc": [[Infinity, 1.0]]}', b"\xff\xfe",
     b'{"mfcc": ' + b"[" * 5000, b'{"mfcc": [[1.0, 1' + b"0" * 400 + b"]]}"],
)  # fmt: skip
def test_what_is_not_json(client, body):
    assert_refused(client.put("/train", data=body, headers=JSON), 400, "body")


def test_an_infinity_written_as_a_number(client):
    reply = client.put("/train", data=b'{"mfcc": [[1e999, 1.0]]}', headers=JSON)
    assert reply.status_code == 400


def test_wrong_content_type(client):
    assert_refused(client.put("/train", data=b"{}"), 415, "Content-Type")
    reply = client.put("/train", data=b"RIFF....WAVE", content_type="audio/wav")
    assert_refused(reply, 415, "Content-Type")


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b"not gzip", 400),
        (gzip.compress(b'{"mfcc": [[1.0, 2.0]]}')[:-9], 400),
        (gzip.compress(b" " * (1024 * 1024 + 1)), 413),
        (gzip.compress(b" " * (1024 * 1024)) + gzip.compress(b" "), 413),
        (gzip.compress(b'{"mfcc": [[1.0, 2.0]]}') + b"no gzip", 400),
    ],
    ids=[
        "none",
        "a part",
        "exploding",
        "explodes in parts",
        "something behind",
    ],  # the bytes hold the time, which no two workers share
)
def test_broken_and_exploding_gzip(client, body, status):
    headers = {**JSON, "Content-Encoding": "gzip"}
    assert_refused(client.put("/train", data=body, headers=headers), status, "body")


def test_a_reply_repeats_little_of_a_bad_request(client):
    reply = client.put("/train", json={"mfcc": FRAMES, **{f"k{n}": n for n in range(60_000)}})
    assert reply.status_code == 400 and len(reply.json["errors"]) == 100
    reply = client.put("/train", json={"mfcc": FRAMES, "k" * 900_000: 1})
    [(name, [text])] = reply.json["errors"].items()
    assert name == "k" * 100 and text.endswith(f"got '{'k' * 80}' and more, 900000 characters")


def faults(client, method: str, path: str, body: object, query: dict[str, str]) -> dict[str, str]:
    reply = client.open(path, method=method, json=body, query_string=query)
    assert 200 <= reply.status_code < 500, reply.text
    errors = reply.json["errors"] if reply.status_code == 400 else {}
    return {f"{method} {path} {field}": str(texts) for field, texts in errors.items()}


def test_every_field_tells_what_it_expected_and_got(client):
    """All calls of the OpenAPI document: each field of an address and of a body, and below it."""
    document = client.get("/doc").json
    schemas, told = document["components"]["schemas"], {}
    calls = [(path, *call) for path, calls in document["paths"].items() for call in calls.items()]
    for path, method, call in calls:
        for parameter in call.get("parameters", []):
            for text in ("nan", "é" * 300):
                told |= faults(client, method, path, None, {parameter["name"]: text})
        if not (content := call.get("requestBody")):
            continue
        fields = schemas[content["content"]["application/json"]["schema"]["$ref"].split("/")[-1]]
        names = [*fields["properties"], "no such field"]
        for wrong in (None, 1.5, "é" * 300, {"x": 1}, [{"x": [None]}], []):
            told |= faults(client, method, path, dict.fromkeys(names, wrong), {})
            told |= faults(client, method, path, wrong, {})
            told |= faults(client, method, path, {}, {})
    assert len(told) > 150
    assert {k: t for k, t in told.items() if not ("expected " in t and ", got " in t)} == {}


def test_a_refused_password_is_not_repeated(client):
    secret = {"name": "ann", "password": "s3cret" * 50, "invitation": "s3cret" * 200}
    reply = client.post("/user", json=secret)
    assert reply.json["errors"] == {
        "password": ["expected 1 to 200 characters, got a text of 300 characters"],
        "invitation": ["expected 1 to 1000 characters, got a text of 1200 characters"],
    }


def test_an_import_of_no_moment_is_refused(client):
    told = {"version": "1", "datetime": "0001-01-01T00:00:00+23:59"}
    reply = client.put("/import?speaker=ann", json={"consent": told, "takes": []})
    assert (reply.status_code, "zone" in reply.json["errors"]["consent.datetime"][0]) == (400, True)


def test_unknown_encoding(client):
    headers = {**JSON, "Content-Encoding": "br"}
    assert_refused(client.put("/train", data=b"x", headers=headers), 415, "Content-Encoding")


@pytest.mark.parametrize("path", ["/train", "/test", "/score"])
@pytest.mark.parametrize("method", ["get", "post", "delete", "patch"])
def test_wrong_method(client, path, method):
    reply = getattr(client, method)(path)
    assert_refused(reply, 405, None)
    assert "PUT" in reply.headers["Allow"]
    assert reply.json["description"] == f"expected OPTIONS or PUT, got {method.upper()}"


@pytest.mark.parametrize("path", ["/trian", "/static/js/no.js", "/models/campplus-frames.onnx"])
def test_unknown_address(client, path):
    reply = client.get(path)
    assert_refused(reply, 404, None)
    assert reply.json["description"] == f"there is no {path}; /doc tells every call"


@pytest.mark.parametrize("path", ["/train", "/test"])
def test_a_take_is_shorter_than_an_attempt(client, path):
    reply = client.put(path, json={"mfcc": [[0.5] * 3] * 2001})
    assert_refused(reply, 400, "mfcc")


@pytest.mark.parametrize("alias", ["", " a", "x" * 65, "a%2Fb", "a%0A", "..", "a%E2%80%A8b"])
def test_bad_aliases(client, alias):
    reply = client.put(f"/train?speaker={alias}", json={"mfcc": FRAMES})
    assert_refused(reply, 400, "speaker")


def test_a_mistyped_query_is_not_taken_for_the_default_speaker(client):
    assert_refused(client.delete("/delete?speakr=ann"), 400, "speakr")


def test_unknown_speakers(client):
    assert_refused(client.get("/speakers/nobody"), 404, "speaker")
    assert_refused(client.delete("/speakers/nobody"), 404, "speaker")
    assert_refused(client.get("/speakers/nobody/status"), 404, "speaker")
    for path in ("/score?speaker=nobody", "/test?speaker=nobody", "/speakers/nobody/score"):
        assert_refused(client.put(path, json={"mfcc": FRAMES}), 409, "speaker")


def test_another_front_end_or_width_than_enrolled(client):
    plain, named = {"mfcc": FRAMES}, TRAIN
    client.put("/train?speaker=plain", json=plain)
    client.put("/train?speaker=named", json=named)
    assert_refused(client.put("/train?speaker=plain", json=named), 409, "frontend")
    assert_refused(client.put("/train?speaker=named", json=plain), 409, "frontend")
    narrow = {"mfcc": [frame[:12] for frame in FRAMES]}
    assert_refused(client.put("/score?speaker=plain", json=narrow), 409, "mfcc")
    assert client.get("/status?speaker=plain").get_json()["mfcc_train_store_length"] == 30


@pytest.mark.parametrize("field", ["segments", "takes"])
def test_no_reply_repeats_all_that_is_wrong_within_a_list(client, field):
    body = {field: [{f"unknown {n}": 1 for n in range(20_000)}]}
    call = "/import" if field == "takes" else "/score"
    refused = client.put(call, json=body)
    assert_refused(refused, 400, field)
    assert len(refused.data) < 40_000


def test_two_mebibytes_over_real_http(live_server):
    body = b'{"mfcc": [[' + b"1.0," * (512 * 1024) + b"1.0]]}"
    reply = HTTP.put(f"{live_server.url}/train", content=body, headers=JSON, timeout=30)
    assert reply.status_code == 413
    told = reply.json()
    assert (told["code"], list(told["errors"])) == (413, ["body"])
    assert HTTP.get(f"{live_server.url}/health").json() == {"status": "ok"}


scalars = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5)
anything = st.recursive(
    scalars,
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=5), inner, max_size=4)
    ),
    max_leaves=12,
)
rows = st.lists(st.lists(scalars | st.floats(-100, 100), max_size=5), max_size=5)
messages = st.fixed_dictionaries(
    {},
    optional={
        "mfcc": rows | anything,
        "energy": anything,
        "zcr": anything,
        "digit": scalars,
        "frontend": scalars | st.just("meyda-16k-1"),
        "extra": anything,
    },
)
bodies = (messages | anything).map(lambda value: json.dumps(value).encode()) | st.binary(
    max_size=60
)
paths = st.sampled_from(["/train", "/test", "/score", "/speakers", "/speakers/fuzz/score"])


@settings(max_examples=1000, suppress_health_check=list(HealthCheck))
@given(path=paths, body=bodies, encoding=st.sampled_from(["identity", "gzip", "other"]))
def test_a_thousand_malformed_messages_and_no_5xx(app, path, body, encoding):
    headers = {**JSON, "Content-Encoding": encoding}
    client = app.test_client()
    send = client.post if path == "/speakers" else client.put
    reply = send(path, data=body, headers=headers)
    assert reply.status_code < 500
    if reply.status_code >= 400:
        assert reply.get_json().keys() == {"code", "message", "description", "errors"}


@pytest.mark.parametrize("encoding", ["gzip", "x-gzip", "GZIP"])
def test_a_gzip_file_may_have_several_members(client, encoding):
    text = json.dumps({"mfcc": FRAMES}).encode()
    body = gzip.compress(text[:50]) + gzip.compress(text[50:]) + bytes(8)
    headers = {**JSON, "Content-Encoding": encoding}
    assert client.put("/train", data=body, headers=headers).status_code == 200


@pytest.mark.parametrize("kind", ["audio/wav", "multipart/form-data", "application/octet-stream"])
def test_sound_is_refused_with_the_way_to_send_it(client, kind):
    reply = client.put("/score", data=b"RIFF", headers={"Content-Type": kind})
    assert_refused(reply, 415, "Content-Type")
    assert "cepstra features" in reply.get_json()["description"]


def test_a_challenge_is_not_asked_for_in_a_body_that_nobody_reads(client):
    reply = client.post("/challenges", json={"speaker": "ann", "digits": 4})
    assert_refused(reply, 400, "body")
    assert "?speaker=NAME" in reply.get_json()["description"]
