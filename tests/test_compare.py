"""PUT /compare over real HTTP: the same voice or not, and nothing kept."""

import pytest
from example_messages import OTHER, TEST, TRAIN, part


def compare(http, first: dict, second: dict) -> dict:
    reply = http.put("/compare", json={"first": first, "second": second})
    assert reply.status_code == 200, reply.text
    return reply.json()


def test_one_voice_and_two(http):
    same, different = compare(http, TRAIN, TEST), compare(http, TRAIN, OTHER)
    assert same["decision"] == "accept"
    assert same["probability"] > 0.5 > different["probability"]
    assert different["decision"] == "reject"
    assert {name for name, value in same.items() if value is not None} == {
        *("llr", "probability", "threshold", "decision", "quality")
    }


def test_the_order_does_not_matter(http):
    there, back = compare(http, TRAIN, OTHER), compare(http, OTHER, TRAIN)
    assert there["llr"] == pytest.approx(back["llr"], abs=1e-6)


def test_digits_in_segments_count(http):
    segments = [{"digit": 3, "frames": 90}, {"digit": 0, "frames": 110}]
    first, second = part(TRAIN, 0, 200), part(TEST, 0, 200)
    plain = compare(http, first, second)
    told = compare(http, {**first, "segments": segments}, {**second, "segments": segments})
    assert told["llr"] != plain["llr"]


def test_nothing_is_kept(http, module_server):
    compare(http, TRAIN, TEST)
    for table in ("speakers", "takes", "models", "scorings"):
        found = module_server.database.execute(f"SELECT count(*) FROM {table}")
        assert found == [(0,)], table


def test_too_little_speech_on_either_side_decides_nothing(http):
    silence = {"mfcc": [[0.0] * 20] * 300, "frontend": TRAIN["frontend"]}
    for few in (part(TEST, 20, 40), silence):
        for pair in ((TRAIN, few), (few, TRAIN), (few, few)):
            reply = compare(http, *pair)
            assert reply["decision"] == "inconclusive"
            assert "are needed" in reply["quality"]["warnings"][0]


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"first": TRAIN}, "second"),
        ({"second": TRAIN}, "first"),
        ({"first": TRAIN, "second": 5}, "second._schema"),
        ({"first": TRAIN, "second": {**TEST, "mfcc": []}}, "second.mfcc"),
        ({"first": {**TRAIN, "digit": 11}, "second": TEST}, "first.digit"),
        ({"first": TRAIN, "second": {**TEST, "segments": [{"digit": 1}]}}, "second.segments"),
        ({"first": TRAIN, "second": TEST, "third": TEST}, "third"),
        ({"first": TRAIN, "second": {"mfcc": TEST["mfcc"]}}, "second.frontend"),
        ({"first": {"mfcc": TEST["mfcc"]}, "second": TRAIN}, "first.frontend"),
        ({"first": {**TRAIN, "frontend": "x"}, "second": TRAIN}, "first.frontend"),
        ([TRAIN, TEST], "_schema"),
    ],
)
def test_what_cannot_be_compared_is_refused_by_name(http, body, field):
    reply = http.put("/compare", json=body)
    assert (reply.status_code, list(reply.json()["errors"])) == (400, [field]), reply.text
    assert all(reply.json()["errors"][field])
