"""A speaker's own data come back as they were given."""

import json

import pytest
from client_commands import Commands
from example_messages import TEST, TRAIN, WORD

from cepstra.api import create_app

pytestmark = pytest.mark.every_database


@pytest.fixture(scope="module")
def module_database(new_database):
    return new_database()


@pytest.fixture(scope="module")
def client(module_database):
    client = create_app(module_database.config()).test_client()
    client.post("/consent?speaker=ann", json={"version": "7"})
    client.put("/train?speaker=ann", json={**TRAIN, "digit": 3, "device": "laptop"})
    client.put("/test?speaker=ann", json={"mfcc": TEST["mfcc"], "frontend": TEST["frontend"]})
    client.put("/score?speaker=ann", json=TEST)
    client.put("/train?speaker=bob", json=TEST)
    return client


def test_everything_kept_is_in_it(client):
    exported = client.get("/export?speaker=ann").get_json()
    train, reference = exported["takes"]
    assert (train["role"], train["digit"], reference["role"]) == ("train", 3, "reference")
    assert (train["device"], reference["device"]) == ("laptop", None)
    assert train["mfcc"] == TRAIN["mfcc"]
    assert reference["mfcc"] == TEST["mfcc"]
    assert exported["consent"]["version"] == "7"
    assert (exported["alias"], exported["frontend"]) == ("ann", TRAIN["frontend"])
    assert len(exported["scoring_log"]) == 1
    actions = [entry["action"] for entry in exported["audit_log"]]
    assert actions == ["export", "score", "reference", "train", "consent"]
    assert all(take["datetime"].endswith("+00:00") for take in exported["takes"])


def test_a_speaker_gets_no_other_data(client):
    exported = client.get("/speakers/bob/export").get_json()
    assert len(exported["takes"]) == 1 and exported["scoring_log"] == []
    assert [entry["action"] for entry in exported["audit_log"]] == ["export", "train"]


@pytest.mark.parametrize("address", ["/export", "/export?speaker=eve", "/speakers/eve/export"])
def test_an_unknown_speaker_is_404(client, address):
    assert client.get(address).status_code == 404


def test_the_command_writes_the_same(client, module_database, tmp_path):
    out = tmp_path / "ann.json"
    commands = Commands(**module_database.settings)
    assert commands.run("export", "ann", "--out", out).exit_code == 0
    written, served = json.loads(out.read_text()), client.get("/export?speaker=ann").get_json()
    assert written["takes"] == served["takes"]
    assert written["audit_log"][0]["caller"] == "cli"
    done = commands.run("export", "eve")
    assert done.exit_code == 5 and "there is no speaker eve" in done.stderr


def test_why_an_attempt_was_rejected_is_not_told(client):
    for digit in range(5):
        take = {**TRAIN, "mfcc": TRAIN["mfcc"][150 * digit : 150 * (digit + 1)], "digit": digit}
        take = {name: take[name] for name in ("mfcc", "digit", "frontend")}
        assert client.put("/train?speaker=bob", json=take).status_code == 200
    challenge = client.post("/challenges?speaker=bob").get_json()
    wrong = {**WORD, "challenge": challenge["challenge"], "digit": challenge["digits"][0]}
    wrong["segments"] = [{"digit": wrong.pop("digit"), "frames": len(WORD["mfcc"])}]
    assert client.put("/score?speaker=bob", json=wrong).get_json()["decision"] == "reject"
    entries = client.get("/export?speaker=bob").get_json()["audit_log"]
    (entry,) = (entry for entry in entries if entry["action"] == "score")
    assert (entry["decision"], entry["reason"]) == ("reject", None)
