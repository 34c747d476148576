"""Consent is recorded, shown, and demanded where the settings say so."""

import pytest
from database_driver import Database
from example_messages import TEST, TRAIN

from cepstra.api import create_app

pytestmark = pytest.mark.every_database


def client_of(database: Database, require_consent: bool):
    return create_app(database.config(require_consent=require_consent)).test_client()


@pytest.fixture(scope="module")
def free(new_database):
    return client_of(new_database(), require_consent=False)


@pytest.fixture(scope="module")
def strict(new_database):
    return client_of(new_database(), require_consent=True)


def test_without_consent_training_is_refused_and_nothing_is_kept(strict):
    reply = strict.put("/train", json=TRAIN)
    assert reply.status_code == 403
    assert list(reply.get_json()["errors"]) == ["consent"]
    assert "expected the consent of default first" in reply.get_json()["description"]
    assert strict.get("/speakers").get_json() == {"speakers": []}


@pytest.mark.parametrize("address", ["/{}?speaker=ann", "/speakers/ann/{}"])
def test_with_consent_training_goes_on(strict, address):
    given = strict.post(address.format("consent"), json={"version": "2026-11"}).get_json()
    assert given["version"] == "2026-11" and given["datetime"].endswith("+00:00")
    assert strict.put(address.format("train"), json=TRAIN).status_code == 200
    assert strict.put(address.format("test"), json=TEST).status_code == 200
    assert strict.get("/status?speaker=ann").get_json()["consent"] == given
    strict.delete("/speakers/ann")
    assert strict.get("/status?speaker=ann").get_json()["consent"] is None
    assert strict.put(address.format("train"), json=TRAIN).status_code == 403


def test_consent_counts_for_its_speaker_only(strict):
    strict.post("/consent?speaker=ann", json={"version": "1"})
    assert strict.put("/train?speaker=bob", json=TRAIN).status_code == 403


def test_locally_it_is_not_demanded(free):
    assert free.put("/train", json=TRAIN).status_code == 200
    assert free.get("/status").get_json()["consent"] is None


def test_a_new_consent_replaces_the_one_before(free):
    first = free.post("/consent?speaker=eve", json={"version": "1"}).get_json()
    second = free.post("/consent?speaker=eve", json={"version": "2"}).get_json()
    assert free.get("/status?speaker=eve").get_json()["consent"] == second
    assert first["datetime"] <= second["datetime"]


@pytest.mark.parametrize(
    "body", [{}, {"version": ""}, {"version": 1}, {"version": "a b"}, {"version": "x" * 65}]
)
def test_a_bad_version_is_named(free, body):
    reply = free.post("/consent", json=body)
    assert (reply.status_code, list(reply.get_json()["errors"])) == (400, ["version"])
