"""The shipped models on the shipped messages, number by number.

The numbers are those of the release. Whoever trains a new background or network writes the new
ones here; a change to anything else that moves them is a mistake.
"""

import numpy as np
import pytest
from test_shipped_fusion import AGAIN, OTHER, OWN, enrolled

from cepstra.gmm.fusion_scorer import FUSED_SCORES, SpokenMessage
from cepstra.verification import shipped

OF_OWN = (
    3.3581,
    6.852,
    7.9583,
    5.8377,
    4.8598,
    -108.0,
    -0.776,
    -7.1285,
    2.0,
    8.0,
    8.0,
    7.9661,
    7.7188,
    0.2232,
    0.2197,
    9.3089,
    8.9432,
)
OF_OTHER = (
    -0.552,
    0.0262,
    -0.8083,
    5.8377,
    5.4765,
    -108.0,
    -8.3264,
    1.6932,
    2.0,
    8.0,
    11.81,
    -1.5242,
    -2.0963,
    0.2232,
    0.1594,
    -0.6716,
    -0.6515,
)


@pytest.fixture(scope="module")
def fusion():
    return shipped.load_fusion()


@pytest.fixture(scope="module")
def model(fusion):
    return enrolled(fusion, OWN)


@pytest.mark.parametrize(
    ("attempt", "raw", "llr", "allowance", "speech_s"),
    [
        pytest.param(AGAIN[:3], OF_OWN, 12.2696, -1.2590, 1.29, id="own"),
        pytest.param(OTHER[:3], OF_OTHER, -6.3210, -1.3086, 2.39, id="other"),
    ],
)
def test_raw_scores_and_ratio(fusion, model, attempt, raw, llr, allowance, speech_s):
    score = fusion.score(model, attempt)
    assert tuple(score.raw) == FUSED_SCORES
    assert tuple(score.raw.values()) == pytest.approx(raw, abs=2e-3)
    assert score.llr == pytest.approx(llr, abs=5e-3)
    assert score.allowance == pytest.approx(allowance, abs=5e-3)
    assert score.speech_s == speech_s == np.count_nonzero(score.speech) / 100
    assert score.frame_llrs[score.speech].mean() == pytest.approx(raw[0], abs=2e-3)


def test_takes_of_the_digit_said_count_more(fusion, model):
    of_digits = [fusion.statistics(m.mfcc, digit) for digit, m in enumerate(OWN)]
    total = {name: sum(s[name] for s in of_digits) for name in of_digits[0]}
    known = fusion.model(total)
    plain = fusion.score(known, AGAIN[:2])
    said = fusion.score(
        known, [SpokenMessage(m.mfcc, digit) for m, digit in zip(AGAIN[:2], (1, 4), strict=True)]
    )
    assert plain.raw == pytest.approx(fusion.score(model, AGAIN[:2]).raw, abs=2e-3)
    assert said.raw["frames"] == plain.raw["frames"]
    moved = [said.raw[name] - plain.raw[name] for name in ("wide", "narrow")]
    assert moved == pytest.approx([0.9452, 0.2907], abs=2e-3)


def test_thresholds(fusion):
    assert fusion.threshold() == fusion.threshold(0.01) == pytest.approx(2.5900, abs=1e-4)
    assert fusion.threshold(0.001) == pytest.approx(4.6379, abs=1e-4)
