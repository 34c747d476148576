"""GET /benchmark and /intrusionTest over real HTTP: numbers about others, never their frames."""

import pytest
from example_messages import OTHER, TEST, TRAIN

pytestmark = pytest.mark.every_database


def half(message: dict, number: int) -> dict:
    n = len(message["mfcc"]) // 2
    return {"mfcc": message["mfcc"][number * n : (number + 1) * n], "frontend": "meyda-16k-1"}


def plain(message: dict) -> dict:
    return {name: value for name, value in message.items() if name != "frontend"}


def enrol(http, alias: str, message: dict, prepare) -> None:
    for number in (0, 1):
        take = {**half(message, number), "digit": 1}
        http.put(f"/speakers/{alias}/train", json=prepare(take)).raise_for_status()


def results(http, path: str) -> list[dict]:
    return http.get(path).raise_for_status().json()["results"]


@pytest.mark.sqlite_is_enough
@pytest.mark.parametrize("prepare", [dict, plain], ids=["background", "classic"])
def test_both_calls_agree_and_the_own_comes_first(http, prepare):
    enrol(http, "ann", TRAIN, prepare)
    enrol(http, "twin", TEST, prepare)  # the same person once more
    enrol(http, "bob", OTHER, prepare)
    own, *others = results(http, "/intrusionTest?speaker=ann")
    status = http.get("/speakers/ann/status").json()
    expected = ("ann", status["result_reference"], status["test_data_length"])
    assert (own["alias"], own["result"], own["test_data_length"]) == expected
    found = {row["alias"]: row for row in others}
    assert [len(row["take_scores"]) for row in others] == [2, 2]
    if prepare is dict:
        # The first take found no model that could have scored it.
        assert len(own["take_scores"]) == 1
        assert max(found["bob"]["take_scores"]) < min(own["take_scores"])
    else:
        assert own["take_scores"] == []
    assert [row["alias"] for row in others] == ["bob", "twin"]
    assert found["bob"]["test_data_length"] == 2 * (len(OTHER["mfcc"]) // 2)
    rows = {row["alias"]: row for row in results(http, "/benchmark?speaker=ann")}
    assert rows.keys() == {"bob", "twin"}
    assert rows["bob"]["result_user_model"] == found["bob"]["result"]
    if prepare is dict:
        assert found["bob"]["result"] < min(own["result"], found["twin"]["result"])
        assert rows["bob"]["result_alias_model"] < rows["twin"]["result_alias_model"]
    back = {row["alias"]: row for row in results(http, "/benchmark?speaker=bob")}
    assert back["ann"]["result_user_model"] == rows["bob"]["result_alias_model"]


def test_reference_takes_are_tried_where_there_are_any(http):
    enrol(http, "ann", TRAIN, dict)
    enrol(http, "bob", OTHER, dict)
    http.put("/speakers/bob/test", json=half(OTHER, 1)).raise_for_status()
    (_, bob) = results(http, "/intrusionTest?speaker=ann")
    assert bob["test_data_length"] == len(OTHER["mfcc"]) // 2


def test_the_limit_keeps_those_trained_last(http):
    for alias in ("ann", "s1", "s2", "s3"):
        enrol(http, alias, OTHER, dict)
    http.put("/speakers/s1/train", json=half(OTHER, 0)).raise_for_status()
    for path, own in (("/intrusionTest", ["ann"]), ("/benchmark", [])):
        listed = results(http, f"{path}?speaker=ann&limit=2")
        assert [row["alias"] for row in listed] == [*own, "s1", "s3"]


def test_others_of_another_kind_or_without_a_threshold(http):
    enrol(http, "ann", TRAIN, dict)
    enrol(http, "classic", OTHER, plain)
    http.put("/speakers/new/train", json=half(OTHER, 0)).raise_for_status()
    http.post("/speakers", json={"alias": "empty"}).raise_for_status()
    (row,) = results(http, "/benchmark?speaker=ann")
    assert (row["alias"], row["result_alias_model"]) == ("new", None)


@pytest.mark.sqlite_is_enough
@pytest.mark.parametrize("path", ["/benchmark", "/intrusionTest"])
def test_what_cannot_be_tried_is_refused(http, path):
    assert http.get(f"{path}?speaker=nobody").status_code == 409
    http.put("/train", json=half(TRAIN, 0)).raise_for_status()
    refused = http.get(path)
    assert (refused.status_code, list(refused.json()["errors"])) == (409, ["speaker"])
    for query, field in (("limit=0", "limit"), ("limit=51", "limit"), ("speaker=a/b", "speaker")):
        refused = http.get(f"{path}?{query}")
        assert (refused.status_code, list(refused.json()["errors"])) == (400, [field])
