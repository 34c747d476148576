"""The whole scorer, trained in seconds on made-up voices."""

from functools import reduce

import numpy as np
import pytest
from scipy.fft import dct

from cepstra.gmm import parameters, statistics
from cepstra.gmm.batch_scoring import score_batch
from cepstra.gmm.calibration import Calibration
from cepstra.gmm.fusion_scorer import MIXTURE_SCORES, RAW_SCORES, FusionScorer, SpokenMessage
from cepstra.jobs.cluster import local_cluster
from cepstra.jobs.single_process import SingleProcess
from cepstra.training.background import ALL_CONDITIONS, Recipe, train
from cepstra.training.calibration_trials import calibrate, scored_trials
from cepstra.training.sessions import Utterance

SMALL = Recipe(
    n_components={"cmn": 8, "wide": 8, "narrow": 8},
    n_factors={"wide": 6, "narrow": 5},
    n_dims=4,
    n_cohort=100,
)
FEWER_SPEAKERS = 30  # to compare engines by


def voice(speaker: int) -> np.ndarray:
    """(4, 26) log mel shapes of a speaker's four sounds."""
    sounds = np.random.default_rng(0).normal(0.0, 2.0, (4, 26))
    own = np.random.default_rng(1000 + speaker).normal(0.0, 0.8, (4, 26))
    return sounds + own


def take(speaker: int, seed: int, n_frames: int = 60) -> np.ndarray:
    """(n_frames, 20) cepstra: sounds between two pauses."""
    rng = np.random.default_rng([speaker, seed])
    order = rng.permutation(4)[np.arange(n_frames) * 4 // n_frames]
    log_mel = 12.0 + voice(speaker)[order] + 0.4 * rng.standard_normal((n_frames, 26))
    pause = 3.0 + 0.4 * rng.standard_normal((20, 26))
    return dct(np.vstack([pause, log_mel, pause]), type=2, axis=1)[:, :20]


def made_up_background(n_speakers: int = 150, name: str = "speaker") -> list[Utterance]:
    result = []
    for speaker in range(n_speakers) if name == "speaker" else range(500, 500 + n_speakers):
        for number in range(4):
            clean = take(speaker, number).astype(np.float32)
            colour = np.random.default_rng([speaker, 77]).normal(0, 3.0, (5, 20))
            mfcc = {c: clean + colour[i] * (i > 0) for i, c in enumerate(ALL_CONDITIONS)}
            mfcc = {c: values.astype(np.float32) for c, values in mfcc.items()}
            result.append(Utterance("made-up", f"{name}{speaker}", number, mfcc))
    return result


@pytest.fixture(scope="module")
def arrays() -> dict[str, np.ndarray]:
    return train(made_up_background(), seed=1, engine=SingleProcess(), recipe=SMALL)


@pytest.fixture(scope="module")
def scorer(arrays) -> FusionScorer:
    background = parameters.background(arrays)
    plain = FusionScorer(background, Calibration.none(len(RAW_SCORES)))
    trials = scored_trials(plain, made_up_background(40, "stranger"), 1, SingleProcess())
    return FusionScorer(background, calibrate(plain, trials, MIXTURE_SCORES))


def enrolled(scorer: FusionScorer, speaker: int, digits=(0, 1, 2, None)):
    takes = [scorer.statistics(take(speaker, 100 + i), d) for i, d in enumerate(digits)]
    return scorer.model(reduce(statistics.add, takes))


def test_training_on_two_workers_gives_the_same_bits():
    background = made_up_background(FEWER_SPEAKERS)
    alone = train(background, seed=1, engine=SingleProcess(), recipe=SMALL)
    with local_cluster(2) as engine:
        again = train(background, seed=1, engine=engine, recipe=SMALL)
    assert alone.keys() == again.keys()
    for name, values in alone.items():
        assert values.tobytes() == again[name].tobytes(), name


def test_strangers_are_told_apart(scorer):
    own, other = [], []
    for speaker in range(200, 215):
        model = enrolled(scorer, speaker)
        for attempt in range(200, 215):
            messages = [SpokenMessage(take(attempt, 300 + i), i) for i in range(2)]
            llr = scorer.score(model, messages).llr
            (own if speaker == attempt else other).append(llr)
    assert np.median(own) > scorer.threshold(0.01) > np.median(other)


def test_forgetting_a_take_restores_the_score(scorer):
    takes = [scorer.statistics(take(6, i), i) for i in range(3)]
    before = reduce(statistics.add, takes[:2])
    after = statistics.subtract(statistics.add(before, takes[2]), takes[2])
    attempt = scorer.attempt([SpokenMessage(take(6, 50), 1)])
    scores = [scorer.score(scorer.model(s), attempt).llr for s in (before, after)]
    assert scores[0] == pytest.approx(scores[1], abs=1e-4)


def test_the_digit_said_counts_when_it_is_known(scorer):
    model = enrolled(scorer, 7)
    mfcc = take(7, 60)
    known, unseen, unknown = (scorer.score(model, [SpokenMessage(mfcc, d)]) for d in (1, 9, None))
    assert known.raw["wide"] != unknown.raw["wide"]
    assert unseen.raw == unknown.raw
    assert known.raw["frames"] == unknown.raw["frames"]


def test_one_joined_message_scores_like_its_parts(scorer):
    model = enrolled(scorer, 8)
    parts = [take(8, 70), take(8, 71)]
    apart = scorer.score(model, [SpokenMessage(part) for part in parts])
    joined = scorer.score(model, [SpokenMessage(np.vstack(parts))])
    assert joined.llr == pytest.approx(apart.llr, abs=1.0)
    assert len(joined.frame_llrs) == len(apart.frame_llrs) == 200


def test_frame_ratios_alone_equal_those_of_the_whole_score(scorer):
    model = enrolled(scorer, 8)
    alone = scorer.frame_llrs(model.mixture, take(8, 70))
    whole = scorer.score(model, [SpokenMessage(take(8, 70))]).frame_llrs
    np.testing.assert_allclose(alone, whole, atol=1e-5)


def test_an_attempt_can_be_prepared_once_for_many_speakers(scorer):
    messages = [SpokenMessage(take(9, 80), 0)]
    attempt = scorer.attempt(messages)
    for speaker in (9, 10):
        model = enrolled(scorer, speaker)
        assert scorer.score(model, attempt).llr == scorer.score(model, messages).llr


@pytest.mark.parametrize("digits", [(None, None), (0, 3), (1, 9)])
def test_many_speakers_at_a_time_score_like_one_by_one(scorer, digits):
    models = [enrolled(scorer, speaker) for speaker in range(20, 32)]
    attempt = scorer.attempt([SpokenMessage(take(25, 90 + i), d) for i, d in enumerate(digits)])
    together = score_batch(scorer, [model.statistics for model in models], attempt)
    alone = [scorer.score(model, attempt) for model in models]
    np.testing.assert_allclose(together[0], [score.llr for score in alone], atol=1e-3)
    np.testing.assert_allclose(together[1], [score.allowance for score in alone], atol=1e-3)
    assert np.argmax(together[0]) == 5


def test_many_speakers_at_a_time_and_no_evidence(scorer):
    silence = scorer.attempt([SpokenMessage(np.zeros((40, 20)))])
    models = [enrolled(scorer, 20).statistics] * 3
    assert np.array(score_batch(scorer, models, silence)).tolist() == [[0.0] * 3] * 2
    assert np.array(score_batch(scorer, [], silence)).shape == (2, 0)
    said = scorer.attempt([SpokenMessage(take(20, 90))])
    both = score_batch(scorer, [scorer.no_statistics(), models[0]], said)
    (llr,), (allowance,) = score_batch(scorer, models[:1], said)
    assert np.array(both).tolist() == [[0.0, llr], [0.0, allowance]]


@pytest.mark.parametrize("n_frames", [1, 2, 2000])
def test_silence_is_no_evidence(scorer, n_frames):
    model = enrolled(scorer, 11)
    score = scorer.score(model, [SpokenMessage(np.zeros((n_frames, 20)))])
    assert (score.llr, score.speech_s) == (0.0, 0.0)
    assert score.raw == {}
    assert score.frame_llrs.shape == (n_frames,)
    assert np.isfinite(score.frame_llrs).all()


def test_a_silent_take_enrols_nothing(scorer):
    silence = scorer.statistics(np.zeros((30, 20)), 4)
    assert all(np.all(values == 0.0) for values in silence.values())
    with pytest.raises(ValueError, match="no speech is enrolled"):
        scorer.score(scorer.model(silence), [SpokenMessage(take(1, 1))])


def test_a_long_message_has_a_score_for_each_frame(scorer):
    mfcc = np.vstack([take(12, i) for i in range(20)])
    score = scorer.score(enrolled(scorer, 12), [SpokenMessage(mfcc)])
    assert score.frame_llrs.shape == score.speech.shape == (2000,)
    assert score.speech_s == pytest.approx(np.count_nonzero(score.speech) / 100)
    assert np.isfinite(score.llr)


def test_wrong_messages_are_refused(scorer):
    with pytest.raises(ValueError, match="at least one"):
        scorer.attempt([])
    with pytest.raises(ValueError, match=r"\(T, 20\)"):
        scorer.attempt([SpokenMessage(np.zeros((5, 13)))])
    with pytest.raises(ValueError, match=r"\(T, 20\)"):
        scorer.statistics(np.zeros((0, 20)))
    with pytest.raises(ValueError, match="digit"):
        scorer.statistics(np.zeros((5, 20)), 10)
