"""What the service writes into the audit log has German words on the operators' page."""

import json

import numpy as np
import pytest
from example_messages import OTHER, TEST, TRAIN, part

from cepstra.api import create_app
from cepstra.digits.single_word import crowded_words
from cepstra.resources.request_scope import UNKNOWN
from cepstra.store.fingerprints import Fingerprint
from cepstra.verification import errors
from cepstra.verification.callers import LOCAL
from cepstra.verification.decision import Policy
from cepstra.verification.digit_check import Word, faults_of_order
from cepstra.verification.message import Message
from cepstra.verification.replay import ReplayGuard
from cepstra.verification.spoken_digits import load_spoken_digits
from cepstra.verification.verify import ANOTHER_VOICE, NO_REFERENCE


@pytest.fixture
def without_words(run_node):
    """Return a function reasons or callers -> those that have no words."""
    return lambda reasons: json.loads(run_node("audit_words.mjs", json.dumps(reasons)))


def test_everything_that_speaks_against_an_attempt_has_words(without_words):
    frames = np.array(TRAIN["mfcc"])
    replays, checker = ReplayGuard(), load_spoken_digits(3)
    prints = replays.fingerprint(frames)
    heard = {name: [Fingerprint(7, content)] * 2 for name, content in prints.items()}
    stretches = [frames[at : at + 60] for at in range(0, 360, 60)]
    words = [Word(digit, checker.print_of(each)) for digit, each in enumerate(stretches)]
    texts = [
        ANOTHER_VOICE[1],
        NO_REFERENCE,
        *faults_of_order([4, 1], [Message(frames, digit) for digit in (4, None)]),
        *crowded_words([frames]),
        *replays.find(heard, {}, {}),
        *checker.check(words[:1], words),
        *checker.check(words[:4], words),
        *checker.check(words, [Word(0, checker.print_of(frames[:60, :13]))]),
        *checker.check(words, [Word(0, words[3].print), Word(4, words[1].print)]),
        *Policy(0.0, 0.6, 0.01).decide(1.0, 0.2)[1],
        "; ".join(["decided by ours", ANOTHER_VOICE[1]]),
    ]
    assert len(texts) > 10
    assert without_words(texts) == []


def test_every_refusal_has_words(without_words):
    kinds = errors.VerificationError.__subclasses__()
    names = [each.__name__ for kind in kinds for each in kind.__subclasses__() or [kind]]
    assert len(names) > 25
    assert without_words([*names, "NewError"]) == ["NewError"]


def test_every_caller_has_words(without_words):
    callers = [LOCAL.id, UNKNOWN, "cli", "key 3", "account 7"]
    assert without_words([*callers, "robot 1"]) == ["robot 1"]


def test_every_change_that_is_noted_has_words(database, without_words):
    client = create_app(database.config()).test_client()
    client.post("/consent?speaker=ann", json={"version": "terms 2"})
    for at in (0, 300):
        take = {**part(TRAIN, at, at + 300), "take": f"take-{at}", "device": "laptop"}
        client.put("/train?speaker=ann", json=take)
    client.put("/train?speaker=bob", json=OTHER)
    client.put("/score?speaker=ann", json=TEST)
    client.put("/score?speaker=bob", json=TEST)
    client.put("/import", json={**client.get("/export?speaker=ann").json, "alias": "eve"})
    client.put("/recognise?speaker=ann&re_register=true", json=TEST)
    client.delete("/speakers/eve/devices/laptop")
    client.put("/calibration", json={"threshold": 3.0})
    client.delete("/calibration")
    made = client.post("/keys", json={"name": "till", "scopes": ["verify", "enrol"]}).json
    client.delete(f"/keys/{made['number']}")
    entries = client.get("/audit?limit=1000").json["entries"]
    reasons = sorted({entry["reason"] for entry in entries if entry["reason"]})
    assert len(reasons) >= 6, reasons
    assert without_words(reasons) == []
