"""PUT /recognise: the voice decides whose speech it is, and who is new is registered."""

import signal
import subprocess
import sys

import pytest
from caller_driver import HTTP, bearer, create_account, make_key
from example_messages import OTHER, TEST, TRAIN, part
from surroundings import ROOT

from cepstra.api import create_app
from cepstra.config import Config

DIES_AFTER_ITS_FIRST_COMMIT = """
import os, signal, sys
from cepstra.api import create_app
from cepstra.config import Config
from cepstra.verification import audit

client = create_app(Config(database_url=sys.argv[1])).test_client()
audit.listen(lambda entry: os.kill(os.getpid(), signal.SIGKILL))
body = open("mfcc_other_speaker.json").read()
client.put("/recognise?speaker=ann&re_register=true", data=body, content_type="application/json")
"""


HALF = len(OTHER["mfcc"]) // 2
GEORGE, GEORGE_AGAIN = part(OTHER, 0, HALF), part(OTHER, HALF, 2 * HALF)


def recognise(http, name: str, message: dict, **query: str) -> tuple:
    reply = http.put("/recognise", params={"speaker": name, **query}, json=message)
    assert reply.status_code == 200, reply.text
    told = reply.json()
    return told["outcome"], told["speaker"]


def names(http) -> list[str]:
    return [speaker["alias"] for speaker in http.get("/speakers").json()["speakers"]]


@pytest.mark.every_database
def test_the_voice_decides(http):
    assert recognise(http, "ann", TRAIN) == ("registered", "ann")
    assert recognise(http, "ann", TEST) == ("identified", "ann")
    assert recognise(http, "george", GEORGE) == ("registered", "george")
    assert recognise(http, "bob", GEORGE_AGAIN) == ("other-voice", "george")
    assert recognise(http, "ann", GEORGE_AGAIN) == ("other-voice", "george")
    assert names(http) == ["ann", "george"]
    kept = http.get("/status?speaker=ann").json()
    assert kept["mfcc_train_store_length"] == len(TRAIN["mfcc"])
    assert kept["score_threshold"] is not None, "one message is enough to score by"


def test_half_a_message_in_which_nobody_speaks_stops_no_registration(http):
    quiet = {**TRAIN, "mfcc": [*TRAIN["mfcc"], *([TRAIN["mfcc"][0]] * len(TRAIN["mfcc"]))]}
    assert recognise(http, "ann", quiet) == ("registered", "ann")
    assert http.get("/status?speaker=ann").json()["mfcc_train_store_length"] == len(TRAIN["mfcc"])


def test_takes_that_do_not_express_the_voice_are_replaced_on_request_alone(http):
    http.post("/consent?speaker=ann", json={"version": "7"})
    recognise(http, "ann", TRAIN)
    before = http.get("/export?speaker=ann").json()["takes"]
    assert recognise(http, "ann", OTHER) == ("none", None)
    assert http.get("/export?speaker=ann").json()["takes"] == before
    assert recognise(http, "ann", OTHER, re_register="true") == ("re-registered", "ann")
    after = http.get("/export?speaker=ann").json()
    assert sum(len(take["mfcc"]) for take in after["takes"]) == len(OTHER["mfcc"])
    assert after["consent"]["version"] == "7"
    assert recognise(http, "ann", TEST) == ("none", None)


def test_no_more_takes_are_put_in_place_than_are_kept(http):
    recognise(http, "ann", TRAIN)
    frames = (OTHER["mfcc"] * (70 * 30 // len(OTHER["mfcc"]) + 1))[: 70 * 30]
    segments = [{"digit": n % 10, "frames": 30} for n in range(70)]
    long = {**OTHER, "mfcc": frames, "segments": segments}
    assert recognise(http, "ann", long, re_register="true") == ("re-registered", "ann")
    takes = http.get("/export?speaker=ann").json()["takes"]
    assert [take["digit"] for take in takes] == [n % 10 for n in range(10, 70)]


def test_a_crash_never_leaves_takes_of_two_voices(tmp_path):
    url = f"sqlite:///{tmp_path}/c.db"
    client = create_app(Config(database_url=url)).test_client()
    assert client.put("/recognise?speaker=ann", json=TRAIN).json["outcome"] == "registered"
    command = [sys.executable, "-c", DIES_AFTER_ITS_FIRST_COMMIT, url]
    died = subprocess.run(command, cwd=ROOT, timeout=300, check=False)
    assert died.returncode == -signal.SIGKILL
    kept = client.get("/export?speaker=ann").json["takes"]
    frames = [len(take["mfcc"]) for take in kept]
    assert (len(frames), sum(frames)) == (2, len(OTHER["mfcc"]))
    again = client.put("/recognise?speaker=ann&re_register=true", json=OTHER).json
    assert (again["outcome"], again["speaker"]) == ("identified", "ann")


def test_speech_too_short_to_decide_on_registers_nobody(http):
    assert recognise(http, "ann", part(TEST, 0, 20)) == ("inconclusive", None)
    assert names(http) == []


def test_it_takes_an_admin_key_and_leaves_persons_alone(guarded_server):
    create_account(guarded_server, "zoe")
    call = {"url": f"{guarded_server.url}/recognise?speaker=zoe", "json": TRAIN, "timeout": 60}
    weak = make_key(guarded_server, "identify", "enrol", "verify")
    assert HTTP.put(**call, headers=bearer(weak)).status_code == 403
    refused = HTTP.put(**call, headers=bearer(make_key(guarded_server)))
    assert (refused.status_code, list(refused.json()["errors"])) == (403, ["speaker"])
