"""Error rates of the digit check: single digits, and simulated attempts."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from cepstra.digits.alignment import distances
from cepstra.digits.digit_scores import attempt_score, digit_scores, repeated_digit
from cepstra.digits.trajectories import trajectories
from cepstra.evaluation.metrics import eer
from cepstra.evaluation.recordings import FeatureCache
from cepstra.frontend import page_definition
from cepstra.verification.spoken_digits import OTHER_DIGIT_BELOW

DIGITS = re.compile(r"(?P<word>\d)_[^_]+_(?P<take>\d+)")  # of fsdd and Speech Commands
N_ATTEMPTS = 1000
N_REPEATED = 5

Words = Mapping[int, Sequence[NDArray[np.float64]]]
Challenge = tuple[NDArray[np.int_], NDArray[np.int_]]  # digits asked for, digits said
Draw = Callable[[np.random.Generator, NDArray[np.int_]], Challenge]


@dataclass(frozen=True)
class ScoredSpeaker:
    """A speaker's later takes against the enrolled ones.

    Attributes:
        said: (n,) digit of each later take.
        digits: (D,) enrolled.
        scores: (n, D) of each later take as each digit.
    """

    said: NDArray[np.int_]
    digits: NDArray[np.int_]
    scores: NDArray[np.float32]


@dataclass(frozen=True)
class DigitErrors:
    """Error rates of single digits, 0 to 1.

    Attributes:
        eer: of right against wrong digits.
        first_rank: share of takes that are nearest to the right digit.
        right_refused: share of right takes that enrolment refuses.
        wrong_refused: share of wrong ones.
    """

    eer: float
    first_rank: float
    right_refused: float
    wrong_refused: float


@dataclass(frozen=True)
class FirstTakeErrors:
    """What enrolment refuses of first takes, 0 to 1.

    Attributes:
        honest_refused: share of takes of digits said as asked, from the second digit on.
        repeated_refused: share of takes of one word, said for every digit.
        repeated_throughout: share of enrolments of five digits that are all one word.
    """

    honest_refused: float
    repeated_refused: float
    repeated_throughout: float


def read_words(
    corpus: Path, cache: FeatureCache, names: re.Pattern[str] = DIGITS
) -> dict[str, Words]:
    """Return the takes (T, 20) of every speaker by digit, in the order of their numbers.

    Args:
        corpus: a folder for each speaker.
        cache: of what was read before.
        names: of the files that are read, with the groups `word`, a number, and `take`.
    """
    named = ((path, names.fullmatch(path.stem)) for path in corpus.glob("*/*.flac"))
    found = [(int(name["take"]), int(name["word"]), path) for path, name in named if name]
    takes = cache.takes({str(path): path for *_, path in found}, page_definition())
    speakers: dict[str, dict[int, list[NDArray[np.float64]]]] = {}
    for _, word, path in sorted(found):
        words = speakers.setdefault(path.parent.name, {})
        words.setdefault(word, []).append(takes[str(path)].features.mfcc)
    return dict(sorted(speakers.items()))


def score_speaker(words: Words, metric: NDArray[np.float32], n_enrolled: int) -> ScoredSpeaker:
    """Enrol the first takes of each digit and score all others."""
    enrolled = [(digit, take) for digit in words for take in words[digit][:n_enrolled]]
    later = [(digit, take) for digit in words for take in words[digit][n_enrolled:]]
    known = trajectories([take for _, take in enrolled], metric)
    said = trajectories([take for _, take in later], metric)
    labels = np.array([digit for digit, _ in enrolled])
    scores, digits = digit_scores(distances(said, known), labels)
    return ScoredSpeaker(np.array([digit for digit, _ in later]), digits, scores)


def digit_errors(speakers: Sequence[ScoredSpeaker]) -> DigitErrors:
    """Pool right and wrong digits of all speakers under one threshold."""
    right = [one.said[:, None] == one.digits for one in speakers]
    pairs = list(zip(speakers, right, strict=True))
    targets = np.concatenate([one.scores[is_right] for one, is_right in pairs])
    others = np.concatenate([one.scores[~is_right] for one, is_right in pairs])
    refused = [float(np.mean(scores < OTHER_DIGIT_BELOW)) for scores in (targets, others)]
    return DigitErrors(eer(targets, others), float(np.mean(targets > 0)), *refused)


def first_take_errors(
    speakers: Sequence[Words], metric: NDArray[np.float32], n_rounds: int, seed: int
) -> FirstTakeErrors:
    """Enrol speakers with a take of each digit, in random order, and with five of one digit."""
    rng = np.random.default_rng(seed)
    refused, repeated, kept = [], [], []
    for words in speakers:
        takes = [(digit, take) for digit in words for take in words[digit]]
        paths = trajectories([take for _, take in takes], metric)
        apart, labels = distances(paths, paths), np.array([digit for digit, _ in takes])
        places = {digit: np.flatnonzero(labels == digit) for digit in words}
        long = [digit for digit in words if len(places[digit]) >= N_REPEATED]
        for _ in range(n_rounds):
            said = np.array([rng.choice(places[digit]) for digit in rng.permutation(list(words))])
            refused += _refused_in_turn(apart[np.ix_(said, said)])
            if long:
                same = rng.permutation(places[rng.choice(long)])[:N_REPEATED]
                outcome = _refused_in_turn(apart[np.ix_(same, same)])
                repeated += outcome
                kept.append(not any(outcome))
    return FirstTakeErrors(*(float(np.mean(each or [False])) for each in (refused, repeated, kept)))


def _refused_in_turn(apart: NDArray[np.float32]) -> list[bool]:
    """Tell for each word after the first, of (n, n) distances, whether enrolment refuses it."""
    kept, refused = [0], []
    for place in range(1, len(apart)):
        is_refused = repeated_digit(apart[place, kept], np.array(kept)) is not None
        refused.append(is_refused)
        if not is_refused:
            kept.append(place)
    return refused


def honest(n_digits: int) -> Draw:
    """Return a draw of a challenge that is said as asked."""
    return lambda rng, digits: (asked := rng.permutation(digits)[:n_digits], asked)


def old_attempt(n_digits: int, fewest_wrong: int) -> Draw:
    """Return a draw of two challenges that differ in so many places; one answers the other."""

    def draw(rng: np.random.Generator, digits: NDArray[np.int_]) -> Challenge:
        while True:
            asked, said = (rng.permutation(digits)[:n_digits] for _ in range(2))
            if np.count_nonzero(asked != said) >= fewest_wrong:
                return asked, said

    return draw


def with_wrong(n_digits: int, n_wrong: int) -> Draw:
    """Return a draw that says exactly so many digits wrong, each any other one."""

    def draw(rng: np.random.Generator, digits: NDArray[np.int_]) -> Challenge:
        asked = rng.permutation(digits)[:n_digits]
        said = asked.copy()
        for place in rng.permutation(n_digits)[:n_wrong]:
            said[place] = rng.choice(digits[digits != asked[place]])
        return asked, said

    return draw


def attempt_scores(
    speakers: Sequence[ScoredSpeaker], draw: Draw, seed: int, n_attempts: int = N_ATTEMPTS
) -> NDArray[np.float64]:
    """(n_attempts,) scores of attempts put together from later takes of random speakers."""
    rng = np.random.default_rng(seed)
    results = np.empty(n_attempts)
    for index in range(n_attempts):
        one = speakers[int(rng.integers(len(speakers)))]
        asked, said = draw(rng, one.digits)
        rows = [rng.choice(np.flatnonzero(one.said == digit)) for digit in said]
        results[index] = attempt_score(one.scores[rows, np.searchsorted(one.digits, asked)])
    return results
