"""The shipped mixtures and network under one calibration, on the shipped messages."""

import json
from functools import reduce

import numpy as np
import pytest
from surroundings import ROOT

from cepstra.gmm import statistics
from cepstra.gmm.batch_scoring import score_batch
from cepstra.gmm.fusion_scorer import (
    CAMPPLUS,
    CAMPPLUS_SCORES,
    EMBEDDING,
    FUSED_SCORES,
    MIXTURE_SCORES,
    NETWORK_SCORES,
    FusionScorer,
    SpokenMessage,
    conditions,
)
from cepstra.verification import shipped


def pieces(name: str) -> list[SpokenMessage]:
    mfcc = np.array(json.loads((ROOT / name).read_text())["mfcc"])
    return [SpokenMessage(part) for part in np.array_split(mfcc, 8)]


OWN, AGAIN, OTHER = map(pieces, ("mfcc_train.json", "mfcc_test.json", "mfcc_other_speaker.json"))


@pytest.fixture(scope="module")
def fusion() -> FusionScorer:
    return shipped.load_fusion()


def enrolled(scorer: FusionScorer, messages: list[SpokenMessage]):
    return scorer.model(reduce(statistics.add, (scorer.statistics(m.mfcc) for m in messages)))


def test_three_digits_are_enough_to_tell_two_voices_apart(fusion):
    model, threshold = enrolled(fusion, OWN), fusion.threshold(0.01)
    own, other = (fusion.score(model, attempt[:3]) for attempt in (AGAIN, OTHER))
    assert own.llr > threshold + own.allowance + 2
    assert other.llr < threshold + other.allowance - 2


def test_every_input_of_the_calibration_is_there_and_counts(fusion):
    score = fusion.score(enrolled(fusion, OWN), AGAIN[:3])
    assert tuple(score.raw) == FUSED_SCORES == fusion.raw_names
    calibration = fusion.calibration
    assert ((calibration.weights != 0) | (calibration.allowance_weights != 0)).all()
    of_scores = [
        FUSED_SCORES.index(name) for name in (*MIXTURE_SCORES, *NETWORK_SCORES, *CAMPPLUS_SCORES)
    ]
    assert (calibration.allowance_weights[of_scores] == 0).all()


@pytest.mark.parametrize(
    ("load", "name", "other"),
    [
        (shipped.load_network_alone, EMBEDDING, CAMPPLUS),
        (shipped.load_campplus_alone, CAMPPLUS, EMBEDDING),
    ],
)
def test_a_network_alone_listens_to_nothing_else(load, name, other):
    alone = load()
    weights = dict(zip(alone.raw_names, alone.calibration.weights, strict=True))
    assert weights[name] > 0
    assert weights["frames"] == weights["wide"] == weights["narrow"] == weights.get(other, 0) == 0


def test_many_speakers_at_a_time_score_like_one_by_one(fusion):
    models = [enrolled(fusion, part) for part in (OWN[:4], OTHER[:4], AGAIN[:4], OTHER[4:])]
    attempt = fusion.attempt(OWN[5:7])
    together = score_batch(fusion, [model.statistics for model in models], attempt)
    alone = [fusion.score(model, attempt) for model in models]
    np.testing.assert_allclose(together[0], [score.llr for score in alone], atol=1e-3)
    np.testing.assert_allclose(together[1], [score.allowance for score in alone], atol=1e-3)


def test_adding_takes_one_by_one_moves_the_embedding_to_where_all_lie(fusion):
    few, many = enrolled(fusion, OWN[:2]), enrolled(fusion, OWN)
    tested = fusion.attempt(AGAIN).embeddings
    for name in (EMBEDDING, CAMPPLUS):
        assert many.embeddings[name] @ tested[name] > few.embeddings[name] @ tested[name]


def test_noise_and_a_narrow_line_show_in_the_conditions(fusion):
    model, rng = enrolled(fusion, OWN), np.random.default_rng(0)

    def heard(attempt: list[SpokenMessage]) -> dict[str, float]:
        return conditions(model.statistics, fusion.attempt(attempt))

    plain = heard(AGAIN[:3])
    narrow = [SpokenMessage(_without_lows(m.mfcc)) for m in AGAIN[:3]]
    noisy = [SpokenMessage(m.mfcc * 0.3 + rng.normal(0, 3, m.mfcc.shape)) for m in AGAIN[:3]]
    assert heard(narrow)["low_band_db"] < plain["low_band_db"] - 5
    assert heard(noisy)["ubm_log_likelihood"] > plain["ubm_log_likelihood"]
    assert heard(AGAIN[:1])["log_attempted_frames"] < plain["log_attempted_frames"]


def _without_lows(mfcc: np.ndarray) -> np.ndarray:
    from scipy.fft import dct

    from cepstra.gmm.speech import mel_from_cepstra

    log_mel = mfcc @ mel_from_cepstra()
    log_mel[:, :2] -= 4.0
    return dct(log_mel, type=2, axis=1)[:, :20]
