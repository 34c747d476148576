"""The study of embeddings scores as the service does, and finds what is there."""

from __future__ import annotations

import numpy as np
import pytest
from digit_speaker import OTHER_VOICE, VOICE

from cepstra.evaluation.embedding_leaks import Word, leaks
from cepstra.evaluation.embedding_mode import EmbeddingMode
from cepstra.evaluation.recordings import FeatureCache
from cepstra.frontend import page_definition
from cepstra.verification.message import Message

SPEAKERS, TAKES = 30, 12


def words(rng: np.random.Generator, first: int, *, is_told: bool) -> list[Word]:
    """Words whose embeddings tell the digit or do not; their trajectories always do."""
    result = []
    for speaker in range(first, first + SPEAKERS):
        for take in range(TAKES):
            digit = take % 6
            told = np.eye(6)[digit]
            vector = np.append(told if is_told else rng.normal(size=6), rng.normal(size=3))
            result.append(Word(str(speaker), digit, vector, vector[None], told))
    return result


def test_a_classifier_finds_digits_where_they_are_and_only_there():
    rng = np.random.default_rng(1)

    def study(is_told: bool):
        known, asked = (words(rng, first, is_told=is_told) for first in (0, SPEAKERS))
        return leaks(known, asked, lambda sums: sums[0], seed=1)

    open_, closed = study(is_told=True), study(is_told=False)
    assert open_.chance == closed.chance == pytest.approx(1 / 6)
    assert open_.of_embeddings > 0.95 and open_.in_attempts > 0.95
    assert closed.of_embeddings < 0.3 and abs(closed.in_attempts - 0.5) < 0.1
    assert min(open_.of_frames, closed.of_frames) > 0.95


def test_every_mode_scores_what_the_service_would(shared_dir):
    folder = shared_dir / "corpora" / "fsdd"
    paths = {
        f"{voice}{digit}{take}": folder / voice / f"{digit}_{voice}_{take}.flac"
        for voice in (VOICE, OTHER_VOICE)
        for digit in (1, 2, 3)
        for take in (0, 1)
    }
    takes = FeatureCache().takes(paths, page_definition())
    enrolled = [takes[f"{VOICE}{digit}0"] for digit in (1, 2, 3)]
    own, other = ([takes[f"{v}{digit}1"] for digit in (1, 2, 3)] for v in (VOICE, OTHER_VOICE))
    for enrols, attempts in ((False, True), (True, False), (True, True)):
        mode = EmbeddingMode(enrols, attempts)
        model = mode.enrol(enrolled)
        judged = [mode.scores_and_thresholds([model], said) for said in (own, other)]
        ((llr,), (threshold,)), ((foreign,), _) = judged
        assert llr > threshold > foreign
    sent = mode.sent([Message(take.features.mfcc) for take in own])
    scored = mode.system.score(
        mode.system.prepare(model.arrays),
        [Message(np.zeros((0, 20)), frontend="meyda-16k-1", embedding=sent)],
    )
    assert (scored.assessment.llr, scored.assessment.threshold) == pytest.approx((llr, threshold))
