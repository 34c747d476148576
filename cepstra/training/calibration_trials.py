"""Score held-out background speakers against one another, as people will use the service.

Speakers are enrolled with few takes and many, attempts hold one word and several, in quiet and on
poor devices. Impostors are of the same corpus: the same kind of room, microphone and words.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import reduce
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cepstra.gmm import statistics
from cepstra.gmm.calibration import Calibration
from cepstra.gmm.calibration_training import fit_calibration
from cepstra.gmm.fusion_scorer import COHORT_LEVELS, CONDITIONS, Attempt, FusionScorer, SpeakerModel
from cepstra.gmm.speech_features import SpeechFeatures, analyse, joined_speech
from cepstra.jobs.engine import Engine
from cepstra.training.augmentation import CLEAN
from cepstra.training.augmentation import CONDITIONS as DEVICES
from cepstra.training.sessions import Utterance, by_speaker

FloatArray = NDArray[Any]

# Enrolled condition, attempted condition, how often. Most people enrol with a good recording;
# some have one poor device only and use it for both.
PAIRS = (
    (CLEAN, CLEAN, 2),
    *((CLEAN, device, 1) for device in DEVICES),
    *((device, device, 1) for device in ("narrowband", "telephone", "microphone")),
)
ENROLLED_TAKES = (1, 3, 6, 12, 30)
ATTEMPTED_WORDS = (1, 2, 3, 5)
# How usual each amount is: the page enrols six to twenty digits and asks for three to five.
TAKES_SHARE = np.array([0.3, 1.0, 1.0, 1.5, 1.5])
WORDS_SHARE = np.array([0.3, 0.6, 1.5, 1.5])
N_IMPOSTORS = 6
ENROLLED_SHARE = 0.65  # of a speaker's only recording
WORD_FRAMES = (28, 65)  # of speech, as long as a digit
LONGEST_WORD_FRAMES = 75
FEWEST_FRAMES = 12
SHORT_CORPUS = "speech_commands"  # four short takes a speaker: all but one are enrolled

THRESHOLD_CONDITIONS = (*CONDITIONS, *COHORT_LEVELS)


@dataclass(frozen=True)
class ScoredTrials:
    """N trials.

    Attributes:
        inputs: (N, Q) in the order of the scorer's `raw_names`.
        targets: (N,) whether the speakers are the same.
        corpora: (N,) names.
        pairs: (N,) indices into `PAIRS`.
        enrolled: (N,) number of takes.
        attempted: (N,) number of words.
    """

    inputs: FloatArray
    targets: NDArray[np.bool_]
    corpora: NDArray[np.str_]
    pairs: NDArray[np.int64]
    enrolled: NDArray[np.int64]
    attempted: NDArray[np.int64]

    def __getitem__(self, chosen: NDArray[Any]) -> ScoredTrials:
        """Some of the trials."""
        return ScoredTrials(**{name: values[chosen] for name, values in vars(self).items()})

    def weights(self) -> FloatArray:
        """(N,) corpora weigh alike; usual amounts and rare kinds of trial more than their share."""
        names, corpus = np.unique(self.corpora, return_inverse=True)
        kinds = np.stack([corpus, self.pairs, self.enrolled, self.attempted, self.targets], axis=1)
        _, kind, counts = np.unique(kinds, axis=0, return_inverse=True, return_counts=True)
        weights = 1 / np.sqrt(counts[kind.ravel()])
        for index in range(len(names)):
            for same in (True, False):
                group = (corpus == index) & (self.targets == same)
                weights[group] /= max(weights[group].sum(), 1e-12)
        weights *= TAKES_SHARE[np.searchsorted(ENROLLED_TAKES, self.enrolled)]
        weights *= WORDS_SHARE[np.searchsorted(ATTEMPTED_WORDS, self.attempted)]
        return np.asarray(weights / weights.mean())


def calibrate(scorer: FusionScorer, trials: ScoredTrials, inputs: Sequence[str]) -> Calibration:
    """Fit a calibration.

    Args:
        scorer: whose raw scores the trials hold.
        trials: of speakers that none of its models has seen.
        inputs: names of the scores that count; the others get no weight.

    Raises:
        ValueError: target or impostor trials are missing.
    """
    names = scorer.raw_names
    return fit_calibration(
        trials.inputs,
        trials.targets,
        trials.weights(),
        trials.corpora,
        np.array([name in (*inputs, *CONDITIONS) for name in names]),
        np.array([name in THRESHOLD_CONDITIONS for name in names]),
    )


def scored_trials(
    scorer: FusionScorer, utterances: Sequence[Utterance], seed: int, engine: Engine
) -> ScoredTrials:
    """Score speakers against others of their corpus, for all pairs of conditions.

    Args:
        scorer: whose own calibration does not matter.
        utterances: of speakers that none of its models has seen.
        seed: of the choice of takes, words and impostors.
        engine: what the scoring runs on.

    Raises:
        ValueError: no speaker has both an enrolment and an attempt.
    """
    corpora: dict[str, list[Utterance]] = {}
    for utterance in utterances:
        corpora.setdefault(utterance.corpus, []).append(utterance)
    parts = [
        (number, repetition, own)
        for number, (*_, times) in enumerate(PAIRS)
        for repetition in range(times)
        for own in corpora.values()
    ]
    scored = [part for part in engine.map(_of_corpus, parts, scorer, seed) if part]
    if not scored:
        raise ValueError("utterances: no speaker has both an enrolment and an attempt")
    names = vars(scored[0])
    columns = {name: np.concatenate([vars(part)[name] for part in scored]) for name in names}
    return ScoredTrials(**columns)


@dataclass(frozen=True)
class _Enrolment:
    speaker: str
    n_takes: int
    model: SpeakerModel


@dataclass(frozen=True)
class _Words:
    speaker: str
    n_words: int
    attempt: Attempt


def _of_corpus(
    part: tuple[int, int, Sequence[Utterance]], scorer: FusionScorer, seed: int
) -> ScoredTrials | None:
    """All trials of one corpus in one pair of conditions."""
    number, repetition, utterances = part
    rng = np.random.default_rng([seed, number, repetition])
    enrolments: list[_Enrolment] = []
    attempts: list[_Words] = []
    for speaker, own in by_speaker(utterances).items():
        enrolled, attempted = _split(own, PAIRS[number], rng)
        if enrolled and attempted:
            enrolments += _enrolments(scorer, speaker, enrolled, rng)
            attempts += _attempts(scorer, speaker, attempted, rng)
    if not enrolments or not attempts:
        return None
    rows, targets, takes, words = [], [], [], []
    for words_said in attempts:
        for known in _candidates(enrolments, words_said.speaker, rng):
            raw = scorer.score(known.model, words_said.attempt).raw
            rows.append([raw[name] for name in scorer.raw_names])
            targets.append(known.speaker == words_said.speaker)
            takes.append(known.n_takes)
            words.append(words_said.n_words)
    n_trials = len(rows)
    return ScoredTrials(
        np.array(rows),
        np.array(targets),
        np.repeat(utterances[0].corpus, n_trials),
        np.repeat(number, n_trials),
        np.array(takes),
        np.array(words),
    )


def _split(
    utterances: Sequence[Utterance], pair: tuple[str, str, int], rng: np.random.Generator
) -> tuple[list[SpeechFeatures], list[SpeechFeatures]]:
    """The words to enrol and those to attempt with; of different recordings where there are two."""
    enrolled, attempted, _ = pair
    order = [utterances[i] for i in rng.permutation(len(utterances))]
    if len(order) == 1:
        first, second = (list(_words(order[0], condition)) for condition in (enrolled, attempted))
        border = max(1, int(len(first) * ENROLLED_SHARE))
        return first[:border], second[border:]
    border = len(order) - 1 if order[0].corpus == SHORT_CORPUS else (len(order) + 1) // 2
    return (
        [word for utterance in order[:border] for word in _words(utterance, enrolled)],
        [word for utterance in order[border:] for word in _words(utterance, attempted)],
    )


def _words(utterance: Utterance, condition: str) -> Iterator[SpeechFeatures]:
    """The speech of a recording, a long one in pieces as long as words."""
    mfcc = utterance.mfcc.get(condition, utterance.mfcc[CLEAN])
    if len(mfcc) < FEWEST_FRAMES:
        return
    features = analyse([mfcc])
    n_frames = len(features.spoken)
    if FEWEST_FRAMES <= n_frames <= LONGEST_WORD_FRAMES:
        yield features.piece(0, n_frames)
    elif n_frames > LONGEST_WORD_FRAMES:
        name = f"{utterance.corpus}/{utterance.speaker}/{n_frames}"
        rng = np.random.default_rng(list(hashlib.sha256(name.encode()).digest()[:8]))
        first = 0
        while first < n_frames - FEWEST_FRAMES:
            length = int(rng.integers(*WORD_FRAMES))
            yield features.piece(first, length)
            first += length


def _enrolments(
    scorer: FusionScorer, speaker: str, words: Sequence[SpeechFeatures], rng: np.random.Generator
) -> Iterator[_Enrolment]:
    takes = [scorer.statistics(word) for word in words[: max(ENROLLED_TAKES)]]
    for n_takes in ENROLLED_TAKES:
        if n_takes <= len(takes):
            chosen = [takes[i] for i in rng.permutation(len(takes))[:n_takes]]
            yield _Enrolment(speaker, n_takes, scorer.model(reduce(statistics.add, chosen)))


def _attempts(
    scorer: FusionScorer, speaker: str, words: Sequence[SpeechFeatures], rng: np.random.Generator
) -> Iterator[_Words]:
    for n_words in ATTEMPTED_WORDS:
        for _ in range(min(2, len(words) // n_words)):
            first = int(rng.integers(0, len(words) - n_words + 1))
            spoken = joined_speech(words[first : first + n_words])
            yield _Words(speaker, n_words, scorer.attempt_of(spoken))


def _candidates(
    enrolments: Sequence[_Enrolment], speaker: str, rng: np.random.Generator
) -> list[_Enrolment]:
    """All enrolments of the speaker and some of others."""
    own = [known for known in enrolments if known.speaker == speaker]
    others = [known for known in enrolments if known.speaker != speaker]
    chosen = rng.permutation(len(others))[:N_IMPOSTORS]
    return own + [others[i] for i in chosen]
