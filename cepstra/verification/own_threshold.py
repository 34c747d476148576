"""The threshold of a service's own voices: measured, adopted, and taken back.

It stands on the scale of ratios less the allowances of their conditions, in place of the shipped
`Calibration.threshold(rate)`, so that an attempt's conditions still count.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from cepstra.gmm.operating_point import REFUSALS as REFUSALS
from cepstra.gmm.operating_point import (
    Estimate,
    OperatingPoint,
    Trials,
    error_rates,
    halves,
    operating_points,
    resampled,
    threshold_at,
)
from cepstra.store import Store, thresholds
from cepstra.verification import audit
from cepstra.verification.errors import NothingAdoptedError, TooFewVoicesError, UnderWayError
from cepstra.verification.fusion_verifier import FusionVerifier
from cepstra.verification.service import Service
from cepstra.verification.shipped import FRONT_END
from cepstra.verification.trial_rounds import OwnTrials

RATES = (0.1, 0.05, 0.03, 0.01, 0.003, 0.001)
DRAWS, ROUGH_DRAWS = 400, 50  # of the speakers, for the intervals; while some are waiting
LOWEST, HIGHEST = -20.0, 50.0  # beyond them everybody passes, or nobody


@dataclass(frozen=True)
class InForce:
    """The threshold that attempts are held to.

    Attributes:
        system: that it is for.
        threshold: the least ratio, less allowances, that is accepted.
        shipped_threshold: what it would be had nothing been adopted.
        false_accept_rate: share of impostors that the shipped one lets pass.
        adopted_at: since when another than the shipped one holds; None where that holds.
    """

    system: str
    threshold: float
    shipped_threshold: float
    false_accept_rate: float
    adopted_at: datetime | None


@dataclass(frozen=True)
class Judged:
    """A threshold and its error rates, 0 to 1, among the trials."""

    threshold: float
    far: Estimate
    frr: Estimate


@dataclass(frozen=True)
class Calibration:
    """What the voices that are enrolled say about a threshold.

    Attributes:
        in_force: the threshold of now.
        digits: how many takes made an attempt.
        n_speakers: whose takes were tried.
        n_waiting: whose takes the next calls will try; intervals are rough until it is 0.
        n_left_out: who is enrolled too, but has too few takes, too little speech in them, no
            model of the system in force, or was enrolled too long ago.
        n_apart: whose attempts are of another sitting than their enrolment.
        own: scores of own attempts.
        others: scores of others'.
        named: the threshold for the rate that was asked for, or why there is none.
        other_half: how a threshold from half of the attempts does on the other half; None where
            nobody made two.
        now: how the threshold in force does.
        rates: the same for other rates, the strictest last: what a stricter one would cost.
    """

    in_force: InForce
    digits: int
    n_speakers: int
    n_waiting: int
    n_left_out: int
    n_apart: int
    own: Sequence[float]
    others: Sequence[float]
    named: OperatingPoint
    other_half: Judged | None
    now: Judged
    rates: Sequence[OperatingPoint]


def calibrate(
    service: Service, rate: float | None, n_digits: int | None, most_speakers: int
) -> Calibration:
    """Try some of those who are enrolled on one another, more with each call; nothing changes.

    Args:
        service: whose voices.
        rate: of false accepts; None for the one that the settings ask for.
        n_digits: takes an attempt; None for as many as a challenge has digits.
        most_speakers: how many of those enrolled last take part.

    Raises:
        TooFewVoicesError: nobody can be tried on anybody else.
        UnderWayError: so far nobody could be, or another call is trying voices.
    """
    system = _system(service)
    n_digits = n_digits or service.security_policy.n_digits
    tried = service.trial_rounds.go_on(service.store, system, n_digits, most_speakers)
    trials = tried.trials
    if not len(trials.own) or not len(trials.others):
        if tried.n_waiting:
            text = f"{tried.n_waiting} voices are still to be tried: ask again"
            raise UnderWayError("calibration", text)
        text = f"expected two speakers, each with takes for an attempt of {n_digits} and two more"
        text += f", {system.policy.min_speech_s:g} s of speech in the attempt"
        raise TooFewVoicesError("digits", f"{text}, got {tried.n_speakers}")
    return _described(in_force(service), tried, rate or system.policy.false_accept_rate, n_digits)


def in_force(service: Service) -> InForce:
    """Return the threshold that attempts are held to."""
    system = _system(service)
    with service.store.reading() as connection:
        adopted = thresholds.find(connection, system.name)
    shipped, rate = system.policy.threshold, system.policy.false_accept_rate
    if adopted is None:
        return InForce(system.name, shipped, shipped, rate, None)
    return InForce(system.name, adopted.threshold, shipped, rate, adopted.created_at)


def adopt(service: Service, threshold: float) -> InForce:
    """Hold attempts to another threshold from now on, in every process.

    Without a tenant that goes for those tenants, too, that have adopted none of their own.
    """
    with service.store.writing(synced=True) as connection:
        thresholds.adopt(connection, _system(service).name, threshold)
        text = f"threshold {threshold:.3f} adopted"
        audit.note(connection, service.origin, "calibrate", None, reason=text)
    return in_force(service)


def undo(service: Service) -> InForce:
    """Go back to the threshold before the one adopted last, in the end to the shipped one.

    A tenant goes back, in the end, to the one that holds without a tenant.

    Raises:
        NothingAdoptedError: the shipped one holds already.
    """
    with service.store.writing(synced=True) as connection:
        if not thresholds.undo(connection, _system(service).name):
            text = "the shipped threshold is in force already"
            if service.store.tenant:
                text = "this tenant has adopted none of its own"
            raise NothingAdoptedError("threshold", text)
        text = "threshold adopted last taken back"
        audit.note(connection, service.origin, "calibrate", None, reason=text)
    return in_force(service)


def is_outdated(store: Store, system: FusionVerifier) -> bool:
    """Tell whether a threshold was adopted, but for another system than the one in force."""
    with store.reading() as connection:
        return thresholds.of_others(connection, system.name)


def _system(service: Service) -> FusionVerifier:
    return service.verifiers.calibrated(FRONT_END, "frontend")


def _described(now: InForce, tried: OwnTrials, rate: float, n_digits: int) -> Calibration:
    trials = tried.trials
    n_draws = ROUGH_DRAWS if tried.n_waiting else DRAWS
    weights = resampled(trials, n_draws)
    named, *points = operating_points(trials, [rate, *RATES], weights)
    return Calibration(
        in_force=now,
        digits=n_digits,
        n_speakers=tried.n_speakers,
        n_waiting=tried.n_waiting,
        n_left_out=tried.n_left_out,
        n_apart=tried.n_apart,
        own=trials.own.tolist(),
        others=trials.others.tolist(),
        named=named,
        other_half=_on_other_half(trials, rate, n_draws),
        now=Judged(now.threshold, *error_rates(trials, now.threshold, weights)),
        rates=points,
    )


def _on_other_half(trials: Trials, rate: float, n_draws: int) -> Judged | None:
    """None where nobody made two attempts."""
    first, second = halves(trials)
    if not len(first.others) or not len(second.own):
        return None
    threshold = threshold_at(first.others, rate)
    return Judged(threshold, *error_rates(second, threshold, resampled(second, n_draws)))
