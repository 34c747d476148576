"""What a stored model keeps of takes: added, taken away, read back."""

from __future__ import annotations

from functools import reduce

import numpy as np
import pytest

from cepstra.gmm.embedding_scoring import SpokenEmbedding
from cepstra.verification.enrolled_speech import EnrolledSpeech, TakeStatistics

NOTHING = EnrolledSpeech.nothing({"speech_frames": np.zeros(11), "sums": np.zeros(3)}, n_dims=2)
ALONG, ACROSS = np.array([1.0, 0.0]), np.array([0.0, 1.0])


def spoken(n_frames: float, at: int, role: str = "train") -> TakeStatistics:
    """A take of frames, whose embedding and sums are unlike those of another place."""
    if role == "reference":
        return TakeStatistics(role, None, None, None, np.zeros((0, 2), np.float16))
    counted = np.zeros(11)
    counted[10] = n_frames
    summed = {"speech_frames": counted, "sums": np.full(3, 10.0**at)}
    return TakeStatistics(role, None, None, summed, np.full((1, 2), at, np.float16))


def sent(vector: np.ndarray, n_frames: float) -> TakeStatistics:
    """A take that came as an embedding."""
    embedding = SpokenEmbedding(vector, n_frames)
    return TakeStatistics("train", None, None, None, vector[None].astype(np.float16), embedding)


def enrolled(*takes: TakeStatistics) -> EnrolledSpeech:
    """All takes, the scores of each as many as there were takes before."""

    def add(before: EnrolledSpeech, take: TakeStatistics) -> EnrolledSpeech:
        n_before = sum(map(len, before.frame_scores.values()))
        return before.with_take(take, np.full(n_before, n_before, np.float32))

    return reduce(add, takes, NOTHING)


def assert_same(found: EnrolledSpeech, expected: EnrolledSpeech) -> None:
    arrays = expected.arrays()
    assert found.arrays().keys() == arrays.keys()
    for name, values in found.arrays().items():
        np.testing.assert_allclose(values, arrays[name], atol=1e-9, err_msg=name)


def test_what_is_stored_is_read_back():
    speech = enrolled(spoken(50, 1), spoken(0, 0, "reference"), sent(ALONG, 20), spoken(30, 2))
    assert_same(EnrolledSpeech.of(speech.arrays()), speech)
    assert speech.n_training_takes == 3
    assert (speech.speech_frames, speech.sent_frames) == (80, 20)
    assert speech.summary()["train_data_length"] == 100
    np.testing.assert_array_equal(speech.embedding_sum, [20, 0, 20])


def test_models_from_before_embeddings_could_be_sent_hold_none():
    arrays = dict(enrolled(spoken(50, 1)).arrays())
    del arrays["embeddings.train"]
    assert_same(EnrolledSpeech.of(arrays), enrolled(spoken(50, 1)))


def test_the_oldest_take_leaves_with_all_that_is_its_own():
    oldest, *others = spoken(50, 1), sent(ALONG, 20), sent(ACROSS, 5), spoken(30, 2)
    left = enrolled(oldest, *others).without_oldest(oldest)
    assert [len(each) for each in left.frame_scores["train"]] == [1, 2, 3]
    np.testing.assert_array_equal(left.voices, [[1, 0], [0, 1], [2, 2]])
    np.testing.assert_allclose(left.statistics["sums"], np.full(3, 100.0))
    left = left.without_oldest(others[0])
    np.testing.assert_allclose(left.embedding_sum, [0, 5, 5])
    assert (left.speech_frames, left.sent_frames, left.n_training_takes) == (30, 5, 2)


def test_a_reference_take_leaves_its_scores_alone():
    takes = spoken(50, 1), spoken(0, 0, "reference"), spoken(30, 2), spoken(0, 0, "reference")
    speech = enrolled(*takes)
    assert [len(each) for each in speech.reference_scores] == [1, 3]
    left = speech.without_oldest(takes[1])
    assert [len(each) for each in left.reference_scores] == [3]
    assert left.n_training_takes == 2
    np.testing.assert_array_equal(left.voices, speech.voices)


def test_training_takes_stand_for_reference_speech_that_did_not_come():
    speech = enrolled(spoken(50, 1), spoken(30, 2), spoken(10, 1))
    assert [len(each) for each in speech.reference_scores] == [1, 2]  # the first one had no model


def test_sums_without_a_take_leave_what_takes_say_of_themselves():
    newest = sent(ACROSS, 5)
    speech = enrolled(spoken(50, 1), spoken(30, 2), newest)
    left = speech.without(newest).without(spoken(30, 2))
    assert (left.speech_frames, left.sent_frames) == (50, 0)
    np.testing.assert_allclose(left.statistics["sums"], np.full(3, 10.0))
    np.testing.assert_array_equal(left.voices, speech.voices)
    assert left.n_training_takes == 3


@pytest.mark.parametrize(
    ("n_frames", "n_sent", "expected"),
    [(0, 0, False), (0, 10, False), (10, 0, True), (10, 10, True), (10, 11, False)],
)
def test_frames_decide_where_half_of_the_speech_came_as_such(n_frames, n_sent, expected):
    assert enrolled(spoken(n_frames, 1), sent(ALONG, n_sent)).is_mostly_frames is expected


def test_one_embedding_weighs_what_came_by_how_much_speech_it_is():
    speech = enrolled(spoken(30, 1), sent(ALONG, 20), sent(ACROSS, 20))
    together = speech.embedding(ALONG)
    assert together.speech_frames == 70
    np.testing.assert_allclose(together.vector, np.array([50, 20]) / np.hypot(50, 20))
    assert enrolled(spoken(30, 1)).embedding(ALONG) == SpokenEmbedding(ALONG, 30)
    of_mixtures = enrolled(spoken(30, 1)).embedding(None)
    assert of_mixtures.speech_frames == 0 and not of_mixtures.vector.any()
    of_silence = NOTHING.embedding(ALONG)
    assert of_silence.speech_frames == 0 and not of_silence.vector.any()
