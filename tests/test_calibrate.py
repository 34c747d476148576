"""The threshold that one's own voices ask for: measured on real speech, adopted, taken back."""

import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import numpy as np
import pytest
from caller_driver import HTTP, bearer, make_key
from client_commands import Commands
from digit_speaker import joined
from example_messages import OTHER, TEST, TRAIN

from cepstra.config import Config
from cepstra.evaluation.kept_speakers import is_kept
from cepstra.evaluation.protocol import digit_of, read_enrolment
from cepstra.frontend import extract, to_message
from cepstra.frontend.audio import read_audio
from cepstra.gmm.operating_point import (
    error_rates,
    halves,
    operating_points,
    resampled,
    threshold_at,
)
from cepstra.store import thresholds as thresholds_kept
from cepstra.store.takes import Take
from cepstra.verification import enrolment, own_threshold, trial_rounds
from cepstra.verification.errors import TooFewVoicesError, UnderWayError
from cepstra.verification.message import Message
from cepstra.verification.own_threshold import InForce, Judged
from cepstra.verification.registry import load_verifiers
from cepstra.verification.security_policy import SecurityPolicy
from cepstra.verification.service import Service
from cepstra.verification.trial_rounds import OwnTrials

FRONT_END = "meyda-16k-1"
SYSTEMS = load_verifiers(Config())
SYSTEM = SYSTEMS.by_frontend[FRONT_END]
OWN, AGAIN, OTHER = (np.array(each["mfcc"]) for each in (TRAIN, TEST, OTHER))


@pytest.fixture
def service(store):
    return Service(store, SYSTEMS)


def takes(frames: np.ndarray, device: str | None = None) -> list[Message]:
    parts = enumerate(np.split(frames[:600], 5))
    return [Message(part, digit=n, frontend=FRONT_END, device=device) for n, part in parts]


def enrol(service: Service, alias: str, messages: list[Message]) -> None:
    for message in messages:
        enrolment.train(service, alias, message)


def score(enrolled: list[Message], attempt: list[Message]) -> float:
    """What the service would say of an attempt, less the allowance."""
    built = SYSTEM.build([Take("train", m.digit, 0, m.frames) for m in enrolled])
    llrs, allowances = SYSTEM.llrs([built.arrays], SYSTEM.prepare_attempt(attempt))
    return float(llrs[0] - allowances[0])


def tried(service: Service, n_digits: int) -> OwnTrials:
    """What all calls together find."""
    while (found := service.trial_rounds.go_on(service.store, SYSTEM, n_digits, 10)).n_waiting:
        pass
    return found


def test_attempts_meet_models_that_know_nothing_of_their_sitting(service):
    desk, phone, bobs = takes(OWN, "desk"), takes(AGAIN, "phone"), takes(OTHER)
    enrol(service, "ann", [*desk, *phone])
    enrol(service, "bob", bobs)
    found = tried(service, 2)
    assert (found.n_speakers, found.n_left_out, found.n_apart) == (2, 0, 1)
    halves = [desk[0:2], desk[2:4], phone[0:2], phone[2:4]]
    anns = [
        score(known, half) for known, half in zip([phone] * 2 + [desk] * 2, halves, strict=True)
    ]
    bobs_own = [score(bobs[2:], bobs[0:2]), score([*bobs[:2], bobs[4]], bobs[2:4])]
    assert found.trials.own == pytest.approx([*bobs_own, *anns], abs=1e-4)
    others = [score([*desk, *phone], bobs[0:2]), score([*desk, *phone], bobs[2:4])]
    others += [score(bobs, half) for half in halves]
    assert found.trials.others == pytest.approx(others, abs=1e-4)
    assert min(found.trials.own) > max(found.trials.others)


def test_attempts_are_of_reference_takes_where_there_are_any(service):
    anns, bobs = takes(OWN), takes(OTHER)
    enrol(service, "ann", anns)
    enrol(service, "bob", bobs)
    tried(service, 5)  # what was found before holds no longer
    for message in takes(AGAIN):
        enrolment.set_reference(service, "ann", message)
    found = tried(service, 5)
    assert found.n_left_out == 1  # five takes are no attempt of five and a model beside
    assert found.trials.own == pytest.approx([score(anns, takes(AGAIN))], abs=1e-4)


def test_a_call_tries_one_voice_at_least_and_the_next_goes_on(service, monkeypatch):
    for alias, frames in (("ann", OWN), ("bob", OTHER), ("carl", AGAIN)):
        enrol(service, alias, takes(frames))
    at_once = tried(service, 2)
    monkeypatch.setattr(trial_rounds, "MOST_S", 0.0)
    rounds, again = Service(service.store, SYSTEMS).trial_rounds, Service(service.store, SYSTEMS)
    _, first_two = (rounds.go_on(service.store, SYSTEM, 2, 10) for _ in range(2))
    found = [own_threshold.calibrate(again, 0.1, 2, 10) for _ in range(2)]
    enrol(service, "dora", takes(OWN))  # waits for the next round
    found += [own_threshold.calibrate(again, 0.1, 2, 10) for _ in range(2)]
    assert [each.n_waiting for each in found] == [2, 1, 0, 3]
    assert [each.n_speakers for each in found] == [1, 2, 3, 1]
    now = own_threshold.in_force(service)
    assert found[1] == described(now, first_two, 50)  # rough while a voice is waiting
    assert found[2] == described(now, replace(at_once, n_left_out=1), 400)


def described(now: InForce, tried: OwnTrials, n_draws: int) -> own_threshold.Calibration:
    """What trials of attempts of two digits come to at a rate of 10%."""
    trials, least = tried.trials, SYSTEM.policy.threshold
    weights = resampled(trials, n_draws)
    named, *rates = operating_points(trials, [0.1, 0.1, 0.05, 0.03, 0.01, 0.003, 0.001], weights)
    first, second = halves(trials)
    of_half = threshold_at(first.others, 0.1)
    judged = error_rates(second, of_half, resampled(second, n_draws))
    counts = tried.n_speakers, tried.n_waiting, tried.n_left_out, tried.n_apart
    return own_threshold.Calibration(
        now, 2, *counts, trials.own.tolist(), trials.others.tolist(), named,
        Judged(of_half, *judged), Judged(least, *error_rates(trials, least, weights)), rates,
    )  # fmt: skip


def test_what_is_not_asked_for_is_as_the_settings_say(service):
    service = replace(service, security_policy=SecurityPolicy(n_digits=3))
    with pytest.raises(TooFewVoicesError) as refused:
        own_threshold.calibrate(service, None, None, 10)
    text = "expected two speakers, each with takes for an attempt of 3 and two more"
    text += ", 0.6 s of speech in the attempt, got 0"
    assert (refused.value.field, refused.value.description) == ("digits", text)
    for alias, frames in (("ann", OWN), ("bob", OTHER)):
        enrol(service, alias, takes(frames))
    found = own_threshold.calibrate(service, None, None, 10)
    assert (found.digits, found.named.false_accept_rate) == (3, 0.01)
    assert found.other_half is None, "five takes are one attempt of three"
    policy = SYSTEM.policy
    shipped = InForce(SYSTEM.name, policy.threshold, policy.threshold, 0.01, None)
    assert found.in_force == own_threshold.in_force(service) == shipped
    adopted = own_threshold.adopt(service, 9.0)
    since = datetime.now(UTC) - adopted.adopted_at
    assert adopted == replace(shipped, threshold=9.0, adopted_at=adopted.adopted_at)
    assert timedelta(0) <= since < timedelta(minutes=1)


def test_a_call_ends_though_no_voice_has_enough_takes_yet(service, monkeypatch):
    for alias, frames in (("ann", OWN), ("bob", OTHER), ("carl", AGAIN)):
        enrol(service, alias, takes(frames)[: 5 if alias == "ann" else 3])  # the newest come first
    monkeypatch.setattr(trial_rounds, "MOST_S", 0.0)
    for _ in range(2):
        with pytest.raises(UnderWayError, match="voices are still to be tried"):
            own_threshold.calibrate(service, 0.1, 2, 10)
    assert own_threshold.calibrate(service, 0.1, 2, 10).n_speakers == 1


@pytest.fixture(scope="module")
def voices(shared_dir) -> dict[str, list[dict]]:
    """Twelve real speakers, twelve digits each, as the protocol enrols them."""
    corpus = shared_dir / "corpora" / "speech_commands" / "dev"
    lists = read_enrolment(shared_dir / "protocol" / "speech_commands_dev.enrol.csv")
    return {
        alias: [
            to_message(extract(read_audio(corpus / f"{file}.flac"))) | {"digit": digit_of(file)}
            for file in lists[alias]
        ]
        for alias in sorted(lists)[:12]
    }


@pytest.fixture(scope="module")
def enrolled(module_server, voices):
    """A server that knows them."""
    for alias, messages in voices.items():
        for message in messages:
            sure = {**message, "confirm_voice": True}  # one word in a hundred sounds like another
            HTTP.put(f"{module_server.url}/speakers/{alias}/train", json=sure).raise_for_status()
    return module_server


def call(server, verb: str, path: str, body: dict | None = None) -> dict:
    return HTTP.request(verb, server.url + path, json=body).raise_for_status().json()


def said(messages: list[dict]) -> dict:
    return joined(messages, [message["digit"] for message in messages])


def thresholds(server, voices) -> list[float]:
    """The thresholds that verification, identification and comparison tell."""
    alias, messages = next(iter(voices.items()))
    first, second = said(messages[:5]), said(messages[5:10])
    told = (
        call(server, "PUT", f"/speakers/{alias}/score", first),
        call(server, "PUT", "/identify", first),
        call(server, "PUT", "/compare", {"first": first, "second": second}),
    )
    return [reply["threshold"] for reply in told]


def test_the_named_threshold_holds_everywhere_until_it_is_undone(enrolled, voices):
    while (found := call(enrolled, "GET", "/calibration?rate=0.1&digits=3"))["n_waiting"]:
        pass
    named, shipped = found["named"], found["in_force"]["threshold"]
    assert (found["n_speakers"], found["n_apart"], found["digits"]) == (12, 0, 3)
    assert (len(found["own"]), len(found["others"])) == (12 * 4, 12 * 4 * 11)
    assert named["refusal"] is None
    accepted = np.mean(np.array(found["others"]) >= named["threshold"]["value"])
    assert accepted == pytest.approx(named["far"]["value"]) == pytest.approx(0.1, abs=0.003)
    assert min(found["own"]) > np.median(found["others"])
    before, wanted = thresholds(enrolled, voices), named["threshold"]["value"]
    moved = wanted - shipped
    adopted = call(enrolled, "PUT", "/calibration", {"threshold": wanted})
    assert (adopted["threshold"], adopted["shipped_threshold"]) == (wanted, shipped)
    assert thresholds(enrolled, voices) == pytest.approx([each + moved for each in before])
    alias, messages = next(iter(voices.items()))
    for threshold, decision in ((-20, "accept"), (50, "reject")):
        call(enrolled, "PUT", "/calibration", {"threshold": threshold})
        assert (
            call(enrolled, "PUT", f"/speakers/{alias}/score", said(messages[:5]))["decision"]
            == decision
        )
        assert call(enrolled, "DELETE", "/calibration")["threshold"] == wanted
    back = call(enrolled, "DELETE", "/calibration")
    assert (back["threshold"], back["adopted_at"]) == (shipped, None)
    assert thresholds(enrolled, voices) == pytest.approx(before)
    assert HTTP.delete(f"{enrolled.url}/calibration").status_code == 409


def test_the_command_adopts_and_takes_back_and_the_audit_log_tells(enrolled):
    commands = Commands(CEPSTRA_URL=enrolled.url)
    query = "SELECT decision, reason FROM audit_log WHERE action = 'calibrate' ORDER BY id DESC"
    done = commands.run("calibrate", "--digits", 3, "--rate", 0.1, "--apply")
    assert done.exit_code == 0, done.output
    assert "12 of the speakers attempted in the sitting" in done.output
    now = call(enrolled, "GET", "/calibration?digits=3&speakers=2")["in_force"]
    assert f"in force: threshold {now['threshold']:.2f}" in done.output
    entry = enrolled.database.execute(query)[0]
    assert tuple(entry) == ("done", f"threshold {now['threshold']:.3f} adopted")
    undone = commands.json("calibrate", "--undo")
    assert undone["threshold"] == now["shipped_threshold"]
    assert commands.run("calibrate", "--undo").exit_code == 5
    latest = [tuple(row) for row in enrolled.database.execute(query)[:2]]
    assert latest == [
        ("refused", "NothingAdoptedError"),
        ("done", "threshold adopted last taken back"),
    ]
    refused = commands.run("calibrate", "--digits", 3, "--rate", 0.0001, "--apply")
    assert (refused.exit_code, "not named for 0.01%: too few voices (" in refused.output) == (
        3,
        True,
    )
    assert (
        commands.json("calibrate", "--digits", 3, "--speakers", 2, status=3)["in_force"] == undone
    )


def test_thresholds_are_measured_on_voices_that_trained_nothing(shared_dir, tmp_path):
    voices = sorted((shared_dir / "corpora" / "wuw" / "background").iterdir())
    kept = [voice for voice in voices if is_kept("wuw", voice.name)][:2]
    heard = [voice for voice in voices if not is_kept("wuw", voice.name)][:1]
    folder, page = tmp_path / "corpora" / "wuw" / "background", tmp_path / "page.md"
    folder.mkdir(parents=True)
    for voice in [*kept, *heard]:
        (folder / voice.name).symlink_to(voice)
    (tmp_path / "protocol").symlink_to(shared_dir / "protocol")
    page.write_text("<!-- evaluate-calibration -->\n<!-- end of evaluate-calibration -->\n")
    done = Commands().run("evaluate-calibration", "--shared", tmp_path, "--page", page)
    assert done.exit_code == 0, done.output
    [row] = re.findall(r"(?m)^\| wuw/background.*$", page.read_text())
    assert row.startswith("| wuw/background, one sitting | 2 |") and "too few voices" in row


def test_only_an_admin_key_may(guarded_server):
    url, body = f"{guarded_server.url}/calibration", {"threshold": 3.0}
    weak = bearer(make_key(guarded_server, "enrol", "verify", "identify", "scores"))
    admin = bearer(make_key(guarded_server, "admin"))
    for verb, expected in (("GET", 409), ("PUT", 200), ("DELETE", 200)):  # nobody is enrolled
        statuses = [
            HTTP.request(verb, url, json=body, headers=headers).status_code
            for headers in ({}, weak, admin)
        ]
        assert statuses == [401, 403, expected], verb


@pytest.mark.parametrize(
    ("verb", "query", "body", "field"),
    [
        ("GET", "?rate=0", None, "rate"),
        ("GET", "?digits=7", None, "digits"),
        ("GET", "?speakers=1", None, "speakers"),
        ("GET", "?speaker=ann", None, "speaker"),
        ("PUT", "", {"threshold": 51}, "threshold"),
        ("PUT", "", {}, "threshold"),
    ],
)
def test_what_cannot_be_tried_or_adopted_is_refused(module_server, verb, query, body, field):
    refused = HTTP.request(verb, f"{module_server.url}/calibration{query}", json=body)
    assert (refused.status_code, list(refused.json()["errors"])) == (400, [field])


def test_a_threshold_adopted_for_another_system_does_not_hold(service):
    with service.store.writing() as connection:
        thresholds_kept.adopt(connection, "fusion-before", 1.0)
    assert own_threshold.is_outdated(service.store, SYSTEM)
    assert own_threshold.in_force(service).threshold == SYSTEM.policy.threshold
    own_threshold.adopt(service, 2.0)
    own_threshold.adopt(service, 2.0)  # the same again is nothing to take back
    assert not own_threshold.is_outdated(service.store, SYSTEM)
    assert own_threshold.undo(service).threshold == SYSTEM.policy.threshold
