"""A decision from a calibrated score and the policy in force."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Literal

Decision = Literal["accept", "reject", "inconclusive"]


@dataclass(frozen=True)
class Quality:
    """What an attempt's decision rests on.

    Attributes:
        speech_s: seconds of speech found in the message, None where it cannot be told.
        warnings: what stands in the way of a decision, in words for people.
    """

    speech_s: float | None
    warnings: Sequence[str] = field(default_factory=tuple)


@dataclass(frozen=True)
class Assessment:
    """How sure the service is that the speaker is the claimed one.

    Attributes:
        llr: calibrated natural log-likelihood ratio, None without a calibrated system.
        probability: of the claim, at even prior odds.
        decision: by the policy's threshold; inconclusive without enough speech.
        quality: what the decision rests on.
        threshold: the least ratio that is accepted, None without a calibrated system.
    """

    llr: float | None
    probability: float | None
    decision: Decision
    quality: Quality
    threshold: float | None = None


UNCALIBRATED = Assessment(
    llr=None,
    probability=None,
    decision="inconclusive",
    quality=Quality(None, ("frames without a known front end have no calibrated score",)),
)


@dataclass(frozen=True)
class Policy:
    """When to accept.

    Attributes:
        threshold: the least log-likelihood ratio that is accepted.
        min_speech_s: the least speech that decides anything.
        false_accept_rate: share of impostors that the threshold was set for.
    """

    threshold: float
    min_speech_s: float
    false_accept_rate: float

    def decide(self, llr: float, speech_s: float) -> tuple[Decision, Sequence[str]]:
        """Return the decision and the warnings that explain an inconclusive one."""
        if speech_s < self.min_speech_s:
            needed = f"{speech_s:.1f} s of speech, {self.min_speech_s:.1f} s are needed"
            return "inconclusive", (needed,)
        return ("accept" if llr >= self.threshold else "reject"), ()
