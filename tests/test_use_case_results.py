"""What the domain's use cases return, figure by figure, on a real store of two real voices."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

import jwt
import numpy as np
import pytest
from database_driver import Database
from example_messages import OTHER, TEST, TRAIN

from cepstra.config import Config
from cepstra.gmm.open_set import posteriors
from cepstra.store import speakers
from cepstra.verification import (
    api_keys,
    attempts,
    challenges,
    comparison,
    enrolment,
    identification,
    intrusion,
    recognition,
)
from cepstra.verification import (
    speakers as use_speakers,
)
from cepstra.verification.assertions import Assertions
from cepstra.verification.challenges import SentAttempt
from cepstra.verification.coarse_scores import coarse_llr
from cepstra.verification.current_model import current_model, snapshot
from cepstra.verification.errors import MovedError
from cepstra.verification.frame_scores import FrameScores
from cepstra.verification.lockout import LockoutRule
from cepstra.verification.message import Message
from cepstra.verification.registry import load_verifiers
from cepstra.verification.security_policy import SecurityPolicy
from cepstra.verification.service import Service
from cepstra.verification.signing import KEY_FORM, SigningKey, SigningKeys, fresh_key
from cepstra.verification.verify import verify

OWN, AGAIN, OTHER = (np.array(each["mfcc"]) for each in (TRAIN, TEST, OTHER))
FRONT_END = "meyda-16k-1"
SYSTEMS = load_verifiers(Config())
SYSTEM = SYSTEMS.by_frontend[FRONT_END]
ASSERTIONS = Assertions(SigningKeys.from_text("33" * 32), "https://issuer", "https://shop", 60)
# RFC 8037, appendix A: a private key, and the thumbprint that names it.
RFC_PRIVATE = "nWGxne_9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A"
RFC_THUMBPRINT = "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k"


def message(frames: np.ndarray, digit: int | None = None) -> Message:
    return Message(frames, digit=digit, frontend=FRONT_END)


def digits_of(frames: np.ndarray, digits, start: int = 0) -> list[Message]:
    return [message(frames[start + 120 * i :][:120], digit) for i, digit in enumerate(digits)]


@contextmanager
def two_enrolled(database: Database) -> Iterator[Service]:
    store = database.open()
    service = Service(
        store, SYSTEMS, SecurityPolicy(n_digits=2, fewest_digits=2, assertions=ASSERTIONS)
    )
    for alias, frames in (("ann", OWN), ("bob", OTHER)):
        for take in digits_of(frames, (1, 2, 1, 2)):
            enrolment.train(service, alias, take)
    yield service
    store.close()


@pytest.fixture(scope="module")
def service(new_database):
    with two_enrolled(new_database()) as service:
        yield service


@pytest.fixture
def untried_service(database):
    """One that has heard no attempt yet: what was said before is a repetition."""
    with two_enrolled(database) as service:
        yield service


def frame_scores(service: Service, alias: str, spoken: list[Message]) -> np.ndarray:
    _, model = current_model(service, alias)
    return SYSTEM.score(model.prepared, spoken).frame_scores


def threshold(service: Service, alias: str) -> float:
    return FrameScores(**current_model(service, alias)[1].summary["reference"]).threshold


def share_above(scores: np.ndarray, least: float) -> int:
    return round(100 * np.count_nonzero(scores > least) / len(scores))


def test_training_reports_what_is_kept(service):
    report = enrolment.train(service, "cid", message(OWN[:120], 4))
    assert (report.mfcc_train_store_length, report.training_progress) == (120, 1)
    assert [entry.digit for entry in report.training_log] == [4]
    assert (report.score_threshold, report.result_reference) == (None, None)
    report = enrolment.train(service, "cid", message(OWN[120:300], 4))
    summary = current_model(service, "cid")[1].summary
    assert (report.mfcc_train_store_length, report.training_progress) == (300, 3)
    assert report.train_data_length == summary["train_data_length"] > 0
    assert report.test_data_length == summary["test_data_length"] == 180
    assert report.score_threshold == threshold(service, "cid")
    assert report.result_reference == summary["result_reference"]
    assert 0 < report.training_time < 60
    scored = attempts.score(service, "cid", [message(OWN[:120])])
    assert scored.result_reference == summary["result_reference"]
    reference = enrolment.set_reference(service, "cid", message(OWN[300:400]))
    assert reference.mfcc_test_store_length == 100
    assert reference.score_threshold == reference.average - reference.deviation
    assert reference.min < reference.average < reference.max
    status = use_speakers.status(service, "cid")
    assert (status.mfcc_train_store_length, status.mfcc_test_store_length) == (300, 100)
    assert status.test_data_length == 100
    assert (status.score_threshold, status.training_progress) == (reference.score_threshold, 3)
    assert use_speakers.delete(service, "cid")
    assert not use_speakers.delete(service, "cid")
    assert use_speakers.status(service, "cid") == use_speakers.Status("cid")


def test_a_score_is_made_of_the_frames_above_the_threshold(service):
    spoken = digits_of(AGAIN, (1, 2))
    report = attempts.score(service, "ann", spoken)
    scores = frame_scores(service, "ann", spoken)
    assessment = SYSTEM.score(current_model(service, "ann")[1].prepared, spoken).assessment
    assert (report.average, report.deviation) == pytest.approx((scores.mean(), scores.std()))
    assert (report.min, report.max) == (scores.min(), scores.max())
    assert report.length == len(scores) == 240
    assert report.score == np.count_nonzero(scores > threshold(service, "ann"))
    assert (report.llr, report.probability) == (assessment.llr, assessment.probability)
    assert (report.decision, report.threshold) == ("accept", assessment.threshold)
    assert report.quality == assessment.quality
    newest = report.scoring_log[0]
    assert (newest.digit, newest.result) == (2, share_above(scores, threshold(service, "ann")))
    assert attempts.score(service, "ann", [message(OTHER[500:800])]).decision == "reject"


def test_others_speech_is_tried_on_the_own_model_and_the_own_on_theirs(service):
    own, other = (intrusion.intrusion_test(service, "ann", 5)[i] for i in (0, 1))
    summary = current_model(service, "ann")[1].summary
    assert (own.alias, other.alias) == ("ann", "bob")
    assert own.result == summary["result_reference"]
    assert own.test_data_length == summary["test_data_length"]
    theirs = digits_of(OTHER, (1, 2, 1, 2))
    scores = frame_scores(service, "ann", theirs)
    assert other.test_data_length == 480
    assert other.result == share_above(scores, threshold(service, "ann")) < own.result
    expected = [part.mean() for part in np.split(scores, [120, 240, 360])]
    assert other.take_scores == pytest.approx(expected, rel=1e-4)
    assert len(own.take_scores) == 3  # the first take was scored by no model
    [exchange] = intrusion.benchmark(service, "ann", 5)
    mine = frame_scores(service, "bob", digits_of(OWN, (1, 2, 1, 2)))
    assert exchange.alias == "bob"
    assert exchange.result_user_model == other.result
    assert exchange.result_alias_model == share_above(mine, threshold(service, "bob"))


def test_a_voice_is_compared_both_ways(service):
    first, second = digits_of(OWN, (1, 2)), digits_of(AGAIN, (1,))
    there, back = (
        comparison.compare(service, first, second),
        comparison.compare(service, second, first),
    )
    assert there.llr == pytest.approx(back.llr)
    assert there.decision == back.decision == "accept"
    assert there.probability == pytest.approx(1 / (1 + np.exp(-there.llr)))
    assert there.quality.speech_s == SYSTEM.speech_s(SYSTEM.prepare_attempt(second))
    assert there.threshold == pytest.approx(back.threshold)
    assert there.llr >= there.threshold != SYSTEM.policy.threshold  # little is enrolled
    assert comparison.compare(service, first, digits_of(OTHER, (1, 2))).decision == "reject"
    silence = [message(np.zeros((100, 20)))]
    nothing = comparison.compare(service, silence, first)
    assert (nothing.decision, nothing.quality.speech_s) == ("inconclusive", 0.0)
    assert nothing.llr == pytest.approx(comparison.compare(service, first, silence).llr)


def test_identification_ranks_everybody_and_nobody(service):
    spoken = digits_of(AGAIN, (1, 2, 3))
    found = identification.identify(service, spoken, 10)
    assert (found.decision, found.speaker, found.n_speakers) == ("identified", "ann", 2)
    assert [rank.alias for rank in found.ranking] == ["ann", "bob"]
    llrs = np.array([rank.llr for rank in found.ranking])
    expected = posteriors(llrs, 2)
    assert [rank.probability for rank in found.ranking] == pytest.approx(expected[:2])
    assert found.probability_none == pytest.approx(expected[2])
    for rank in found.ranking:
        _, model = current_model(service, rank.alias)
        alone = SYSTEM.score(model.prepared, spoken).assessment
        assert rank.llr == pytest.approx(alone.llr, 1e-3)
        if rank.alias == "ann":
            more = SYSTEM.open_set_threshold(2) - SYSTEM.policy.threshold
            assert found.threshold == pytest.approx(alone.threshold + more, abs=1e-3)
            assert more > 0
    assert found.quality.speech_s == SYSTEM.speech_s(SYSTEM.prepare_attempt(spoken))
    [best] = identification.identify(service, spoken, 1).ranking
    told = ("identified", "ann", "ann", [best], found.threshold, 2, found.quality)
    assert recognition.recognise(service, "ann", spoken) == recognition.Recognition(*told)
    short = identification.identify(service, [message(AGAIN[20:40])], 10)
    assert (short.decision, short.speaker) == ("inconclusive", None)


def answered(service: Service, alias: str, said, frames: np.ndarray, start: int):
    challenge = challenges.pose(service, alias, "me")
    spoken = digits_of(frames, said or challenge.digits, start)
    answer = attempts.answer(service, alias, "me", SentAttempt(spoken, challenge.id, is_whole=True))
    return challenge, answer


def claims_of(token: str) -> dict:
    [key] = ASSERTIONS.keys.keys
    public = key.private.public_key()
    return jwt.decode(token, public, ["EdDSA"], audience="https://shop", issuer="https://issuer")


@pytest.mark.parametrize(
    ("alias", "said", "frames", "start", "decision", "reason"),
    [
        pytest.param("ann", None, AGAIN, 0, "accept", None, id="right"),
        pytest.param("ann", (7, 8), AGAIN, 300, "reject", "wrong-digits", id="digits"),
        pytest.param("ann", None, OWN, 0, "reject", "repeated", id="repeated"),
        pytest.param("ann", None, OTHER, 500, "reject", "another-voice", id="voice"),
        pytest.param("nobody", None, AGAIN, 0, "reject", "not-enrolled", id="nobody"),
    ],
)
@pytest.mark.parametrize("is_guarded", [False, True])
def test_a_challenge_ends_with_what_may_be_told(
    untried_service, alias, said, frames, start, decision, reason, is_guarded
):
    security_policy = replace(untried_service.security_policy, is_guarded=is_guarded)
    service = replace(untried_service, security_policy=security_policy)
    challenge, answer = answered(service, alias, said, frames, start)
    assert (answer.challenge, answer.remaining, answer.decision) == (challenge.id, 0, decision)
    is_kept_back = is_guarded and decision == "reject"
    assert answer.reason == (None if is_kept_back else reason)
    tells_figures = decision == "accept" or not (is_guarded or reason == "not-enrolled")
    assert (answer.llr is not None) == tells_figures
    assert (answer.threshold is not None) == tells_figures
    if decision == "accept":
        assert answer.llr >= answer.threshold
    assert (answer.probability is not None) == tells_figures
    claims = claims_of(answer.assertion)
    assert (claims["speaker"], claims["decision"]) == (alias, decision)
    with service.store.reading() as connection:
        known = speakers.find(connection, alias)
    assert re.fullmatch("[0-9a-f]{32}", claims["sub"]), "nobody's looks like anybody's"
    assert known is None or claims["sub"] == known.subject
    assert (claims["challenge"], claims["digits"]) == (challenge.id, 2)
    assert claims["exp"] - claims["iat"] == 60 and len(claims["jti"]) == 22
    assert claims["llr"] == (coarse_llr(answer.llr) if decision == "accept" else None)
    header = jwt.get_unverified_header(answer.assertion)
    assert header == {"alg": "EdDSA", "kid": ASSERTIONS.keys.current.id, "typ": "assertion+jwt"}


@pytest.mark.parametrize("between", ["an answer", "a take"])
def test_what_came_in_between_makes_an_answer_be_judged_again(untried_service, between):
    service, said = untried_service, digits_of(AGAIN, (1, 2))
    seen = snapshot(service, "ann", is_challenged=True)
    result = verify(seen.template, said, seen.evidence, (1, 2))
    assert result.decision == "accept"
    if between == "an answer":
        attempts._commit(service, "ann", seen, said, result)
    else:
        enrolment.train(service, "ann", said[0])
    with pytest.raises(MovedError):
        attempts._commit(service, "ann", seen, said, result)
    seen = snapshot(service, "ann", is_challenged=True)
    assert verify(seen.template, said, seen.evidence, (1, 2)).reason == "repeated"
    # takes are compared with answers while auth is on alone
    assert enrolment.train(service, "ann", message(AGAIN[300:420], 1)).training_progress


def test_speakers_come_a_hundred_a_page(store):
    names = [f"s{number:03}" for number in range(102)]
    with store.writing() as connection:
        for name in reversed(names):
            speakers.obtain(connection, name)
    pages = use_speakers.page(store, ""), use_speakers.page(store, "s099")
    assert [[each.alias for each in page] for page in pages] == [names[:100], names[100:]]
    assert [each.alias for each in use_speakers.page(store, "", "S101")] == ["s101"]
    assert use_speakers.count(store) == 102


@pytest.mark.parametrize("is_challenged", [False, True])
def test_tries_beyond_the_lock_need_a_higher_ratio_until_an_answer_is_accepted(
    untried_service, is_challenged
):
    rule = LockoutRule(after=2, first_delay_s=0)
    policy = replace(untried_service.security_policy, is_guarded=not is_challenged)
    service = replace(untried_service, security_policy=replace(policy, lockout=rule))

    model = current_model(service, "ann")[1].prepared

    def tried(frames: np.ndarray, start: int) -> tuple[str, float]:
        """Decision, and how far its threshold lies above the one of these conditions."""
        spoken = digits_of(frames, (1, 2), start)
        if is_challenged:
            told = answered(service, "ann", (), frames, start)[1]
        else:
            told = attempts.score(service, "ann", spoken)
        usual = SYSTEM.score(model, spoken).assessment.threshold
        return told.decision, round(told.threshold - usual, 6)

    others = [tried(OTHER, 500 + 7 * number) for number in range(7)]
    assert others == [("reject", offset) for offset in (0, 0, 1, 2, 3, 3, 3)]
    assert tried(AGAIN, 0) == ("accept", 3)
    after = 0 if is_challenged else 3  # a plain attempt could be a repetition
    assert tried(OTHER, 630) == ("reject", after)


def test_signing_keys_are_named_by_their_thumbprint():
    key = SigningKey.from_text(RFC_PRIVATE)
    assert key.id == RFC_THUMBPRINT
    assert key.public_jwk() == {
        "kty": "OKP",
        "crv": "Ed25519",
        "x": key.public_jwk()["x"],
        "kid": RFC_THUMBPRINT,
        "alg": "EdDSA",
        "use": "sig",
    }
    assert key.to_text() == RFC_PRIVATE
    keys = SigningKeys.from_text(f"{RFC_PRIVATE}, {'ab' * 32} {'AB' * 32}")
    assert [k.id for k in keys.keys] == [RFC_THUMBPRINT, keys.keys[1].id, keys.keys[1].id]
    assert keys.current == keys.find(RFC_THUMBPRINT) == keys.keys[0]
    assert (keys.find("other"), SigningKeys([]).current) == (None, None)
    rotated = keys.rotated()
    assert len(rotated.keys) == 2 and rotated.keys[1] == keys.keys[0]
    assert rotated.current.id not in {key.id for key in keys.keys}
    assert SigningKeys.from_text(rotated.to_text()).current.id == rotated.current.id
    assert fresh_key().id != fresh_key().id


@pytest.mark.parametrize("text", ["ab" * 31, RFC_PRIVATE[:-2], RFC_PRIVATE + "!", "ä" * 43])
def test_what_is_no_signing_key_is_refused_without_being_repeated(text):
    with pytest.raises(ValueError) as refused:
        SigningKeys.from_text(text)
    assert str(refused.value) == f"expected {KEY_FORM}, got something else"


@pytest.mark.parametrize("scopes", [(), ("everything",), ("verify", "public")])
def test_a_key_for_nothing_or_for_more_than_there_is_is_not_made(service, scopes):
    with pytest.raises(ValueError) as refused:
        api_keys.create(service.store, "shop", scopes, None)
    expected = f"expected some of enrol, verify, identify, scores, admin, got {sorted(scopes)}"
    assert str(refused.value) == expected
