"""The shipped system as the domain asks it: its thresholds, and where frames are missing."""

from dataclasses import replace

import numpy as np
import pytest
from example_messages import OTHER, TEST, TRAIN
from test_embedding_mode import embedded

from cepstra.config import Config
from cepstra.gmm import open_set
from cepstra.gmm.calibration import probability
from cepstra.store.network_embedding import NO_FRAMES, NetworkEmbedding
from cepstra.store.takes import Take
from cepstra.verification.decision import Assessment, Quality
from cepstra.verification.fusion_verifier import FusionVerifier
from cepstra.verification.message import Message
from cepstra.verification.registry import load_verifiers
from cepstra.verification.shipped import FRONT_END

SYSTEM = load_verifiers(Config()).by_frontend[FRONT_END]
OWN, AGAIN = (np.array(each["mfcc"])[:400] for each in (TRAIN, TEST))


def embedding(message: dict, **more) -> NetworkEmbedding:
    told = embedded(message)
    vector, n_frames = np.array(told["embedding"]), told["speech_frames"]
    return replace(NetworkEmbedding(vector, n_frames, told["network"]), **more)


def frames(values: np.ndarray) -> Message:
    return Message(values, frontend=FRONT_END)


def sent(told: NetworkEmbedding) -> Message:
    return Message(NO_FRAMES, frontend=FRONT_END, embedding=told)


def prepared(message: Message):
    take = Take("train", None, 0, message.frames, embedding=message.embedding)
    return SYSTEM.prepare(SYSTEM.build([take]).arrays)


def test_an_adopted_threshold_is_held_to_and_moves_that_of_identification():
    assert SYSTEM.at(None) is SYSTEM
    moved = SYSTEM.at(SYSTEM.policy.threshold + 40)
    assert moved.policy == replace(SYSTEM.policy, threshold=SYSTEM.policy.threshold + 40)
    assert moved.at(1.0, 2.0).policy == SYSTEM.at(None, 3.0 - SYSTEM.policy.threshold).policy
    same = ("name", "scorer", "embeddings")
    assert [getattr(moved, each) for each in same] == [getattr(SYSTEM, each) for each in same]
    shipped = open_set.threshold(SYSTEM.scorer.calibration, SYSTEM.policy.false_accept_rate, 9)
    assert SYSTEM.open_set_threshold(9) == pytest.approx(shipped)
    assert moved.open_set_threshold(9) == pytest.approx(SYSTEM.open_set_threshold(9) + 40)
    for message in (frames(OWN), sent(embedding(TRAIN))):
        model = prepared(message)
        before, after = (each.score(model, [frames(AGAIN)]).assessment for each in (SYSTEM, moved))
        assert (before.decision, after.decision) == ("accept", "reject")
        assert after.threshold == pytest.approx(before.threshold + 40)
        assert (after.llr, after.probability) == (before.llr, probability(before.llr))


SENT, SENT_AGAIN = sent(embedding(TRAIN)), sent(embedding(TEST))


@pytest.mark.parametrize(
    ("enrolled", "attempt"),
    [(SENT, frames(AGAIN)), (frames(OWN), SENT_AGAIN), (SENT, SENT_AGAIN)],
)
def test_where_one_side_is_an_embedding_embeddings_decide_and_no_frame_is_scored(enrolled, attempt):
    model, policy = prepared(enrolled), SYSTEM.policy
    as_enrolled = prepared(attempt).embedding  # the same speech is the same embedding
    [llr], [allowance] = SYSTEM.embeddings.scores([model.embedding], as_enrolled)
    calibrations = SYSTEM.embeddings.calibration, SYSTEM.scorer.calibration
    own, of_frames = (each.threshold(policy.false_accept_rate) for each in calibrations)
    told = SYSTEM.score(model, [attempt])
    assert told.frame_scores.shape == (0,)
    of_frames_alone = SYSTEM.frame_scores(model, [frames(AGAIN)])
    assert of_frames_alone.shape == (0 if enrolled is SENT else len(AGAIN),)
    assessment = told.assessment
    assert (assessment.llr, assessment.decision) == (pytest.approx(llr), "accept")
    assert assessment.threshold == pytest.approx(policy.threshold + allowance + own - of_frames)
    assert assessment.quality == Quality(as_enrolled.speech_frames / 100, ())


def test_an_attempt_of_frames_and_an_embedding_is_one_embedding_of_all_its_speech():
    parts = SENT_AGAIN, frames(AGAIN)
    both, *each = (SYSTEM.prepare_attempt(one) for one in (parts, *([part] for part in parts)))
    of_all = sum(SYSTEM.speech_s(one) for one in each)
    assert SYSTEM.speech_s(both) == pytest.approx(of_all)
    assert min(SYSTEM.probe(both) @ SYSTEM.probe(one) for one in each) > 0.9


def test_frames_on_both_sides_are_scored_one_by_one():
    model, attempt = prepared(frames(OWN)), [frames(AGAIN), frames(AGAIN[:50])]
    scores = SYSTEM.score(model, attempt).frame_scores
    assert len(scores) == len(AGAIN) + 50
    np.testing.assert_allclose(scores, SYSTEM.frame_scores(model, attempt))


def test_an_enrolment_without_speech_decides_nothing():
    of_another = sent(embedding(OTHER, network="tdnn-0123456789abcdef"))
    for message in (frames(np.zeros((80, 20))), of_another):
        told = SYSTEM.score(prepared(message), [frames(AGAIN), frames(AGAIN[:50])])
        quality = Quality(None, ("no speech was found in the enrolment",))
        threshold = SYSTEM.policy.threshold
        assert told.assessment == Assessment(None, None, "inconclusive", quality, threshold)
        assert told.frame_scores.tolist() == [0.0] * (len(AGAIN) + 50)


def test_a_system_without_embeddings_compares_frames_alone():
    alone = FusionVerifier(SYSTEM.scorer, SYSTEM.name, SYSTEM.policy)
    with pytest.raises(ValueError, match="^embeddings: this system compares frames alone$"):
        alone.embedding_llrs([], prepared(frames(OWN)).embedding)
    with pytest.raises(ValueError, match="^takes: expected at least one$"):
        alone.build([])
