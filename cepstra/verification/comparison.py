"""Two attempts, nobody enrolled: the same voice or not."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from cepstra.gmm.calibration import probability
from cepstra.store import thresholds
from cepstra.store.takes import Take
from cepstra.verification.decision import Assessment, Quality
from cepstra.verification.errors import FrontEndMismatchError
from cepstra.verification.fusion_verifier import FusionVerifier
from cepstra.verification.message import Message
from cepstra.verification.registry import VerifierRegistry
from cepstra.verification.service import Service


def compare(service: Service, first: Sequence[Message], second: Sequence[Message]) -> Assessment:
    """Say how much likelier one voice is than two, at the threshold in force; nothing is kept.

    Raises:
        UncalibratedError, FrontEndMismatchError: as `common_system` does.
    """
    system = common_system(service.verifiers, first, second)
    with service.store.reading() as connection:
        system = system.at(thresholds.in_force(connection, system.name))
    return same_voice(system, first, second)


def common_system(
    verifiers: VerifierRegistry, first: Sequence[Message], second: Sequence[Message]
) -> FusionVerifier:
    """Return the system of both sides' front end.

    Raises:
        UncalibratedError: a side's front end has no calibrated system.
        FrontEndMismatchError: the two come from different front ends.
    """
    system = verifiers.calibrated(first[0].frontend, "first.frontend")
    verifiers.calibrated(second[0].frontend, "second.frontend")
    if first[0].frontend != second[0].frontend:
        text = f"expected {first[0].frontend} as in first, got {second[0].frontend}"
        raise FrontEndMismatchError("second.frontend", text)
    return system


def same_voice(
    system: FusionVerifier, first: Sequence[Message], second: Sequence[Message]
) -> Assessment:
    """Say how much likelier one voice is than two; no I/O.

    A score depends on which side is enrolled, so each is enrolled in memory and scored with the
    other, and the log-likelihood ratio is the mean of both: the order of the two does not matter.
    The shorter side's speech decides whether there is enough of it.
    """
    ways = [_enrolled_and_scored(system, *pair) for pair in ((first, second), (second, first))]
    speech_s = min(way.quality.speech_s or 0.0 for way in ways)
    llr = sum(way.llr or 0.0 for way in ways) / len(ways)  # silence is no evidence
    threshold = sum(way.threshold or 0.0 for way in ways) / len(ways)
    decision, warnings = replace(system.policy, threshold=threshold).decide(llr, speech_s)
    return Assessment(llr, probability(llr), decision, Quality(speech_s, warnings), threshold)


def _enrolled_and_scored(
    system: FusionVerifier, enrolled: Sequence[Message], attempt: Sequence[Message]
) -> Assessment:
    takes = [Take("train", m.digit, 0, m.frames, embedding=m.embedding) for m in enrolled]
    return system.score(system.prepare(system.build(takes).arrays), attempt).assessment
