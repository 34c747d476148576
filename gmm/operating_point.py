"""A threshold for a rate of false accepts from one's own trials, and how sure it is.

Intervals come from resampling speakers, for trials of one voice rise and fall together: each draw
counts a trial as often as its model's speaker times as often as who speaks. Those of shares are
never narrower than that of as many independent trials. Sources: Efron and
Tibshirani, "An Introduction to the Bootstrap", 1993, chapter 13; Bengio and Mariéthoz, "A
statistical significance test for person authentication", 2004, on trials that share a person.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal, get_args

import numpy as np
from numpy.typing import NDArray

FloatArray = NDArray[Any]
IntArray = NDArray[np.int64]

Refusal = Literal["too-few-voices", "scores-overlap"]
REFUSALS: tuple[str, ...] = get_args(Refusal)
PERCENTILES = (2.5, 97.5)
NORMAL_QUANTILE = 1.959963984540054  # of 97.5%
FEWEST_SPEAKERS = 10
FEWEST_FALSE_ACCEPTS = 5  # among the trials at the rate: fewer are chance
LARGEST_FACTOR = 3.0  # by which the rate may be missed upwards, at the end of its interval
MOST_REFUSED = 0.5  # of own attempts


@dataclass(frozen=True)
class Trials:
    """N comparisons of an attempt with a speaker's model.

    Attributes:
        scores: (N,) log-likelihood ratios less the allowances of their conditions.
        models: (N,) number of the model's speaker, 0 to S - 1.
        voices: (N,) number of who speaks.
        attempts: (N,) number of the attempt; an attempt meets several models.
    """

    scores: FloatArray
    models: IntArray
    voices: IntArray
    attempts: IntArray

    @property
    def is_own(self) -> NDArray[np.bool_]:
        """(N,) whether the model's own speaker speaks."""
        return np.equal(self.models, self.voices)

    @property
    def own(self) -> FloatArray:
        """Scores of the models' own speakers."""
        return self.scores[self.is_own]

    @property
    def others(self) -> FloatArray:
        """Scores of everybody else."""
        return self.scores[~self.is_own]

    @property
    def n_voices(self) -> int:
        """How many speakers attempt; others may be there as models alone."""
        return len(np.unique(self.voices))

    def __getitem__(self, chosen: NDArray[Any]) -> Trials:
        """Some of the trials."""
        return Trials(**{name: values[chosen] for name, values in vars(self).items()})


@dataclass(frozen=True)
class Estimate:
    """A value and the 95% interval of it."""

    value: float
    low: float
    high: float


@dataclass(frozen=True)
class OperatingPoint:
    """What a threshold does to the trials that it is judged by.

    Attributes:
        false_accept_rate: that was asked for.
        threshold: the least score that is accepted.
        far: share of others' attempts accepted, 0 to 1.
        frr: share of own attempts rejected, 0 to 1.
        refusal: why the threshold should not be used; None where nothing speaks against it.
        because: the same in words, with figures.
    """

    false_accept_rate: float
    threshold: Estimate
    far: Estimate
    frr: Estimate
    refusal: Refusal | None
    because: str | None


def operating_points(
    trials: Trials, rates: Sequence[float], weights: FloatArray
) -> list[OperatingPoint]:
    """The thresholds that others reach at some rates, with intervals, and whether to trust them.

    Args:
        trials: with at least one of the own speaker and one of another.
        rates: shares of others that may be accepted.
        weights: (B, N) from `resampled`.

    Raises:
        ValueError: a rate is not between 0 and 1.
    """
    for rate in rates:
        if not 0 < rate < 1:
            raise ValueError(f"rate: expected 0 to 1, got {rate}")
    order = np.flatnonzero(~trials.is_own)[np.argsort(-trials.others, kind="stable")]
    falling = trials.scores[order]
    values = _thresholds(falling, np.ones(len(falling)), rates)
    drawn = (weight[order] for weight in weights)
    spread = np.array([_thresholds(falling, weight, rates) for weight in drawn if weight.any()])
    lows, highs = np.percentile(spread, PERCENTILES, axis=0).tolist()
    points = []
    for rate, value, low, high in zip(rates, values, lows, highs, strict=True):
        far, frr = error_rates(trials, value, weights)
        refusal = _refusal(trials, rate, far, frr)
        points.append(OperatingPoint(rate, Estimate(value, low, high), far, frr, *refusal))
    return points


def threshold_at(scores: FloatArray, rate: float) -> float:
    """The least threshold that at most a share of scores (N,), N >= 1, reaches.

    It lies half way between the lowest score that is accepted and the next one; a rounding above
    the highest where none may be accepted.
    """
    return _thresholds(-np.sort(-scores), np.ones(len(scores)), [rate])[0]


def error_rates(trials: Trials, threshold: float, weights: FloatArray) -> tuple[Estimate, Estimate]:
    """Share of others accepted and of own attempts rejected, with intervals."""
    is_own = trials.is_own
    accepted = trials.scores >= threshold
    return _share(accepted, ~is_own, weights), _share(~accepted, is_own, weights)


def resampled(trials: Trials, n_draws: int = 400) -> FloatArray:
    """(B, N) how often each draw of the speakers, with replacement, counts each trial."""
    numbers, indices = np.unique(
        np.concatenate([trials.models, trials.voices]), return_inverse=True
    )
    models, voices = np.split(indices, 2)
    rng = np.random.default_rng(0)
    draws = rng.integers(len(numbers), size=(n_draws, len(numbers)))
    times = np.stack([np.bincount(draw, minlength=len(numbers)) for draw in draws])
    times = times.astype(np.float32)
    counted: FloatArray = times[:, models]
    apart = models != voices
    counted[:, apart] *= times[:, voices[apart]]
    return counted


def halves(trials: Trials) -> tuple[Trials, Trials]:
    """The trials of every second attempt of each speaker, and those of the others."""
    is_odd = np.zeros(len(trials.scores), dtype=bool)
    for voice in np.unique(trials.voices):
        own = trials.voices == voice
        order = np.unique(trials.attempts[own], return_inverse=True)[1]
        is_odd[own] = order % 2 == 1
    return trials[~is_odd], trials[is_odd]


def share_interval(n_found: int, n_trials: int) -> tuple[float, float]:
    """95% interval of a share, 0 to 1, of trials taken for independent (Wilson, 1927).

    Draws of trials without an error have none either: their interval would be 0 to 0.
    """
    square = NORMAL_QUANTILE**2
    middle = n_found + square / 2
    half = NORMAL_QUANTILE * np.sqrt(n_found * (n_trials - n_found) / n_trials + square / 4)
    low, high = (middle - half) / (n_trials + square), (middle + half) / (n_trials + square)
    return max(0.0, float(low)), min(1.0, float(high))


def _thresholds(falling: FloatArray, weight: FloatArray, rates: Sequence[float]) -> list[float]:
    """As `threshold_at`, of scores in falling order that count as often as their weight says."""
    counted = weight > 0
    falling, shares = falling[counted], np.cumsum(weight[counted])
    refused = np.searchsorted(shares / shares[-1], rates, side="right").tolist()
    return [_below(falling, each) for each in refused]


def _below(falling: FloatArray, refused: int) -> float:
    """The threshold that the scores before a place reach, and those from it on do not."""
    if refused == len(falling):
        return float(falling[-1])
    above = falling[:refused][falling[:refused] > falling[refused]]
    if not len(above):  # of equal scores all are accepted or none
        return float(np.nextafter(falling[refused], np.inf))
    return float(above[-1] + falling[refused]) / 2


def _share(happened: NDArray[np.bool_], among: NDArray[np.bool_], weights: FloatArray) -> Estimate:
    """The share of some trials of which something is true, with the wider of both intervals."""
    masks = np.stack([happened & among, among], axis=1)  # no part of the weights is copied
    counts, totals = (weights @ masks.astype(weights.dtype)).T
    shares = counts[totals > 0] / totals[totals > 0]
    n_found, n_trials = int(np.count_nonzero(happened & among)), int(np.count_nonzero(among))
    low, high = share_interval(n_found, n_trials)
    drawn_low, drawn_high = np.percentile(shares, PERCENTILES)
    return Estimate(n_found / n_trials, min(low, float(drawn_low)), max(high, float(drawn_high)))


def _refusal(
    trials: Trials, rate: float, far: Estimate, frr: Estimate
) -> tuple[Refusal, str] | tuple[None, None]:
    n_others, needed = len(trials.others), int(np.ceil(FEWEST_FALSE_ACCEPTS / rate))
    most = LARGEST_FACTOR * rate
    if trials.n_voices < FEWEST_SPEAKERS:
        text = f"{trials.n_voices} speakers, at least {FEWEST_SPEAKERS} are needed"
    elif n_others < needed:
        text = f"{n_others} attempts of others, at least {needed} are needed"
    elif far.high > most:
        text = f"others could pass in {far.high:.2%}, more than {most:.2%}"
    elif frr.value > MOST_REFUSED:
        return "scores-overlap", f"{frr.value:.0%} of own attempts would be rejected"
    else:
        return None, None
    return "too-few-voices", text
