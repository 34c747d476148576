"""Operators' own networks: what they compare an attempt with, and the decision that comes of it.

Shipped networks stand for trained ones: their files are what `cepstra train` writes.
"""

import shutil
from dataclasses import replace

import numpy as np
import pytest
from example_messages import OTHER, TEST, TRAIN, part
from surroundings import ROOT
from test_embedding_mode import embedded

from cepstra.config import Config
from cepstra.neural.gallery_verifier import GalleryVerifier
from cepstra.neural.model_folder import ModelFolderError
from cepstra.neural.utterance import Utterance
from cepstra.store import audit_log
from cepstra.store.network_embedding import NetworkEmbedding
from cepstra.store.takes import Take
from cepstra.verification import attempts, enrolment
from cepstra.verification.decision import Quality
from cepstra.verification.errors import (
    FramesNeededError,
    UncalibratedError,
    UnknownSystemError,
)
from cepstra.verification.message import Message
from cepstra.verification.own_network import NO_SPEECH, load_own_networks
from cepstra.verification.registry import load_verifiers
from cepstra.verification.service import Service

FRONT_END = "meyda-16k-1"
FAMILIES = {"ours": "cnn-lstm", "theirs": "dense-stats"}
NETWORKS = {name: ROOT / "models" / f"{family}.onnx" for name, family in FAMILIES.items()}
RATE, LEAST_S = 0.05, 0.3
OWN, AGAIN, STRANGE = (np.array(each["mfcc"]) for each in (TRAIN, TEST, OTHER))
TAKES = [OWN[start : start + 120] for start in (0, 120, 240)]
SILENCE = np.zeros((100, 20))
TOO_SHORT = f"0.0 s of speech, {LEAST_S} s are needed"


def said(frames: np.ndarray, **more) -> Message:
    return Message(frames, **{"frontend": FRONT_END, **more})


def embedding(message: dict) -> NetworkEmbedding:
    told = embedded(message)
    return NetworkEmbedding(np.array(told["embedding"]), told["speech_frames"], told["network"])


def expected_llr(name: str, attempt: list[np.ndarray], takes: list[np.ndarray] = TAKES) -> float:
    """What the network itself says, on the takes as they are kept."""
    verifier = GalleryVerifier.from_bytes(NETWORKS[name].read_bytes())
    gallery = verifier.gallery([Utterance(take.astype(np.float32)) for take in takes])
    return verifier.llr(gallery, [Utterance(frames) for frames in attempt])


def threshold_of(name: str) -> float:
    return GalleryVerifier.from_bytes(NETWORKS[name].read_bytes()).threshold(RATE)


@pytest.fixture(scope="module")
def folders(tmp_path_factory) -> str:
    root = tmp_path_factory.mktemp("models")
    for name, path in NETWORKS.items():
        (root / name).mkdir()
        shutil.copy(path, root / name / "network.onnx")
    return f"{root / 'ours'}, {root / 'theirs'} ,"


@pytest.fixture(scope="module")
def service(new_database, folders):
    """One in which ann has three takes of her own; what else is kept is of somebody else."""
    store = new_database().open()
    config = Config(target_false_accept_rate=RATE, min_speech_s=LEAST_S)
    service = Service(store, load_verifiers(config, folders))
    for alias, takes in {"bob": [STRANGE], "ann": TAKES}.items():
        for frames in takes:
            enrolment.train(service, alias, said(frames))
    enrolment.set_reference(service, "ann", said(STRANGE[:300], confirm_voice=True))
    sent = Message(np.zeros((0, 20)), frontend=FRONT_END, embedding=embedding(part(OTHER, 0, 150)))
    enrolment.train(service, "ann", replace(sent, confirm_voice=True))
    enrolment.train(service, "sent", sent)
    enrolment.train(service, "plain", said(OWN[:200], frontend=None))
    yield service
    store.close()


@pytest.mark.parametrize("name", FAMILIES)
def test_the_network_that_is_asked_for_decides(service, name):
    for frames, decision in ((AGAIN, "accept"), (STRANGE, "reject")):
        attempt = [frames[:240], frames[240:420]]
        shipped = attempts.score(service, "ann", [said(each) for each in attempt])
        told = attempts.score(service, "ann", [said(each) for each in attempt], name)
        llr = expected_llr(name, attempt)
        assert (told.llr, told.probability) == pytest.approx((llr, 1 / (1 + np.exp(-llr))))
        assert (told.threshold, told.decision) == (threshold_of(name), decision)
        assert told.scoring_log[0].decided == decision
        same = ("average", "length", "score", "quality", "result_reference")
        assert [getattr(told, each) for each in same] == [getattr(shipped, each) for each in same]
        assert told.threshold != shipped.threshold
        with service.store.reading() as connection:
            found = audit_log.search(connection, audit_log.Search(action="score"), 1)
        assert f"decided by {name}" in str(found)


REFUSALS = {
    "no such network": (
        ("ann", said(AGAIN), "other"),
        UnknownSystemError("system", "expected a network of this service (ours, theirs)"),
    ),
    "takes of no known front end": (
        ("plain", said(AGAIN, frontend=None), "ours"),
        UncalibratedError("system", f"expected takes of {FRONT_END}, got none"),
    ),
    "an embedding": (
        ("ann", said(AGAIN, embedding=embedding(TEST)), "ours"),
        FramesNeededError(
            "embedding",
            "expected frames (mfcc) for the network ours, got an embedding of another",
        ),
    ),
}


@pytest.mark.parametrize("case", REFUSALS)
def test_what_a_network_cannot_decide_is_refused(service, case):
    (alias, message, name), expected = REFUSALS[case]
    with pytest.raises(type(expected)) as refused:
        attempts.score(service, alias, [message], name)
    assert (refused.value.field, str(refused.value)) == (expected.field, str(expected))


def test_a_speaker_of_whom_there_are_embeddings_alone_is_not_decided_on(service):
    told = attempts.score(service, "sent", [said(AGAIN)], "ours")
    assert (told.llr, told.probability, told.decision) == (None, None, "inconclusive")
    assert told.threshold == threshold_of("ours")
    assert told.quality.warnings[-1] == NO_SPEECH
    assert told.quality.speech_s == attempts.score(service, "sent", [said(AGAIN)]).quality.speech_s


@pytest.mark.parametrize(
    ("frames", "speech_s", "decision", "is_told", "warnings"),
    [
        (AGAIN, LEAST_S, "accept", True, ("before",)),
        (AGAIN, None, "inconclusive", True, ("before", TOO_SHORT)),
        (SILENCE, 5.0, "inconclusive", False, ("before", TOO_SHORT)),
    ],
)
def test_too_little_speech_is_told_once_and_decides_nothing(
    folders, frames, speech_s, decision, is_told, warnings
):
    network = load_own_networks(folders, RATE, LEAST_S)["ours"]
    takes = [Take("train", 1, ordinal, frames) for ordinal, frames in enumerate(TAKES)]
    for before in (warnings[:1], warnings):
        told = network.assess(takes, [said(frames)], Quality(speech_s, before))
        assert told.quality == Quality(speech_s, warnings)
        assert (told.decision, told.threshold) == (decision, threshold_of("ours"))
        assert told.llr == (pytest.approx(expected_llr("ours", [frames])) if is_told else None)
        assert (told.probability is not None) == is_told


@pytest.mark.parametrize(("more", "decision"), [(-0.001, "accept"), (0.001, "reject")])
def test_a_raised_threshold_is_held_to_and_told(folders, more, decision):
    network = load_own_networks(folders, RATE, LEAST_S)["ours"]
    takes = [Take("train", 1, ordinal, frames) for ordinal, frames in enumerate(TAKES)]
    offset = expected_llr("ours", [AGAIN]) - threshold_of("ours") + more
    told = network.assess(takes, [said(AGAIN)], Quality(LEAST_S), offset)
    assert told.decision == decision
    assert told.threshold == pytest.approx(threshold_of("ours") + offset)
    told = network.assess([], [said(AGAIN)], Quality(LEAST_S), offset)
    assert told.threshold == pytest.approx(threshold_of("ours") + offset)


def test_two_networks_of_one_name_are_refused(folders, tmp_path):
    shutil.copytree(folders.split(",")[0], tmp_path / "ours")
    expected = f"MODEL_FOLDERS: {tmp_path / 'ours'}: expected folders of different names"
    with pytest.raises(ModelFolderError) as refused:
        load_own_networks(f"{folders}{tmp_path / 'ours'}", RATE, LEAST_S)
    assert str(refused.value) == expected
    assert load_own_networks(" , ", RATE, LEAST_S) == {}
