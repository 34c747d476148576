"""Decisions, frame statistics and texts of the domain, at their boundaries and word by word."""

import numpy as np
import pytest

from cepstra.store.takes import Take
from cepstra.verification.callers import LOCAL, METRICS_READER, Caller
from cepstra.verification.classic_verifier import split, without_c0
from cepstra.verification.coarse_scores import (
    coarse_cosine,
    coarse_frame_score,
    coarse_llr,
    coarse_probability,
    coarse_share,
)
from cepstra.verification.decision import Policy
from cepstra.verification.digit_check import faults_of_order
from cepstra.verification.enrolment import progress
from cepstra.verification.frame_scores import (
    FrameScores,
    count_above,
    describe_reference,
    percent,
    score_threshold,
    smoothed,
)
from cepstra.verification.message import Message

POLICY = Policy(threshold=2.5, min_speech_s=1.0, false_accept_rate=0.01)


@pytest.mark.parametrize(("llr", "decision"), [(2.5, "accept"), (2.4999, "reject")])
def test_the_threshold_itself_is_accepted(llr, decision):
    assert POLICY.decide(llr, 1.0) == (decision, ())


def test_less_speech_than_needed_decides_nothing_and_says_so():
    text = "0.9 s of speech, 1.0 s are needed"
    assert POLICY.decide(99.0, 0.94) == ("inconclusive", (text,))


def test_a_frame_matches_above_the_mean_minus_the_deviation():
    scores = FrameScores.of(np.array([1.0, 2.0, 6.0, 7.0]))
    assert vars(scores) == pytest.approx(
        {"average": 4.0, "deviation": np.sqrt(6.5), "min": 1.0, "max": 7.0}
    )
    assert scores.threshold == pytest.approx(4.0 - np.sqrt(6.5))
    assert count_above(np.array([1.0, 1.5, 2.0]), 1.5) == 1
    assert [percent(1, 3), percent(2, 3), percent(4, 4)] == [33, 67, 100]


def test_reference_speech_is_described_together():
    takes = [np.array([0.0, 2.0]), np.array([4.0])]
    assert describe_reference(takes) == {
        "test_data_length": 3,
        "reference": pytest.approx(
            {"average": 2.0, "deviation": np.sqrt(8 / 3), "min": 0.0, "max": 4.0}
        ),
        "result_reference": 67,
    }
    empty = {"test_data_length": 0, "reference": None, "result_reference": None}
    assert describe_reference([]) == empty
    assert score_threshold(empty) is None
    assert score_threshold(describe_reference(takes)) == pytest.approx(2.0 - np.sqrt(8 / 3))


@pytest.mark.parametrize(("n_frames", "reach"), [(1, 0), (2, 1), (30, 15), (31, 15), (100, 15)])
def test_scores_are_averaged_over_31_frames_with_the_ends_repeated(n_frames, reach):
    scores = np.random.default_rng(n_frames).normal(size=n_frames)
    places = np.arange(n_frames)[:, None] + np.arange(-reach, reach + 1)
    expected = scores[np.clip(places, 0, n_frames - 1)].mean(axis=1)
    np.testing.assert_allclose(smoothed(scores), expected)


@pytest.mark.parametrize(
    ("n_digits", "expected"), [(0, 0), (1, 1), (30, 50), (59, 98), (60, 100), (90, 100)]
)
def test_progress_is_the_share_of_sixty_digits_rounded_down(n_digits, expected):
    assert progress(n_digits) == expected


@pytest.mark.parametrize(
    ("rounded", "given", "expected"),
    [
        (coarse_llr, [(3.0,), (2.99,), (0.0,), (-0.1,)], [3.0, 2.5, 0.0, -0.5]),
        (coarse_probability, [(3.49,), (0.4,)], [1 / (1 + np.exp(-3.0)), 0.5]),
        (coarse_frame_score, [(2.24,), (2.26,), (-0.3,)], [2.0, 2.5, -0.5]),
        (coarse_cosine, [(0.449,), (-0.06,), (1.0,)], [0.4, -0.1, 1.0]),
        (coarse_share, [(51, 240), (59, 240), (1, 240), (2, 3), (972, 1000)], [48, 60, 0, 2, 950]),
    ],
)
def test_scores_are_told_in_steps(rounded, given, expected):
    assert [rounded(*each) for each in given] == pytest.approx(expected)


def take(role: str, ordinal: int) -> Take:
    return Take(role, 1, ordinal, np.zeros((3, 4)))


def test_reference_takes_are_those_sent_or_every_second_of_a_digit():
    trained = [take("train", ordinal) for ordinal in range(5)]
    sent = [take("reference", 0)]
    assert split([*trained, *sent]) == (trained, sent)
    assert split(trained) == (trained[::2], trained[1::2])
    assert split(trained[1:2]) == (trained[1:2], [])
    assert without_c0(np.arange(6.0).reshape(2, 3)).tolist() == [[1.0, 2.0], [4.0, 5.0]]


def test_digits_declared_in_another_order_are_a_fault():
    messages = [Message(np.zeros((1, 20)), digit=digit) for digit in (4, None, 7)]
    assert faults_of_order([4, 1, 7], messages) == ("asked for 4 1 7, declared 4 None 7",)
    assert faults_of_order((4, 7), [messages[0], messages[2]]) == ()


def test_a_message_is_cut_into_its_segments():
    frames = np.arange(40.0).reshape(10, 4)
    whole = Message(frames, frontend="f", device="d")
    first, second = whole.split([(8, 3), (2, 7)])
    assert (first.digit, second.digit) == (8, 2)
    assert first.frames.tolist() == frames[:3].tolist()
    assert second.frames.tolist() == frames[3:].tolist()
    assert (second.frontend, second.device) == ("f", "d")


def test_a_caller_reaches_its_own_speaker_only():
    ann = Caller("account 1", frozenset({"verify"}), "ann")
    assert [ann.reaches(alias) for alias in ("ann", "default", None)] == [True] * 3
    assert not ann.reaches("bob")
    assert Caller("key 1", frozenset()).reaches("bob")
    assert METRICS_READER.scopes == {"metrics"}
    assert "session" not in LOCAL.scopes and {"admin", "public", "metrics"} <= LOCAL.scopes
