"""Who of all enrolled speakers is it, or nobody: a search, then the full score of the best."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np

from cepstra.gmm.open_set import posteriors
from cepstra.store import models, thresholds
from cepstra.store.arrays import Arrays
from cepstra.verification.decision import Decision, Quality
from cepstra.verification.fusion_verifier import FusionVerifier, PreparedAttempt
from cepstra.verification.message import Message
from cepstra.verification.service import Service

SHORTLIST = 30  # scored in full: two thirds of the time of a call among ten thousand

Outcome = Literal["identified", "none", "inconclusive"]
OUTCOMES: Mapping[Decision, Outcome] = {
    "accept": "identified",
    "reject": "none",
    "inconclusive": "inconclusive",
}


@dataclass(frozen=True)
class Rank:
    """A candidate with its calibrated ratio and its probability among all answers."""

    alias: str
    llr: float
    probability: float


@dataclass(frozen=True)
class Identification:
    """What /identify replies.

    Attributes:
        decision: identified, none of them, or too little speech to tell.
        speaker: alias of the speaker identified.
        ranking: the likeliest candidates, most likely first.
        probability_none: of nobody enrolled.
        threshold: the ratio that identifies, for so many speakers.
        n_speakers: how many were searched.
        quality: what the decision rests on.
    """

    decision: Outcome
    speaker: str | None
    ranking: Sequence[Rank]
    probability_none: float
    threshold: float
    n_speakers: int
    quality: Quality


def identify(service: Service, attempt: Sequence[Message], top: int) -> Identification:
    """Rank the enrolled speakers of the attempt's front end and decide; nothing is kept.

    Raises:
        UncalibratedError: the front end has no calibrated system.
    """
    system = service.verifiers.calibrated(attempt[0].frontend, "frontend")
    tested = system.prepare_attempt(attempt)
    gallery = service.gallery(system.name, attempt[0].frontend or "")
    found = gallery.nearest(service.store, system.probe(tested), SHORTLIST)
    with service.store.reading() as connection:
        ids = [candidate.speaker_id for candidate in found.candidates]
        arrays = models.load_arrays(connection, ids, system.name)
        system = system.at(thresholds.in_force(connection, system.name))
    scored = {c.alias: arrays[c.speaker_id] for c in found.candidates if c.speaker_id in arrays}
    ranked = rank(system, tested, scored, found.n_speakers)
    warnings = (*ranked.quality.warnings, *_left_out(found.n_left_out))
    return replace(
        ranked, ranking=ranked.ranking[:top], quality=replace(ranked.quality, warnings=warnings)
    )


def rank(
    system: FusionVerifier,
    tested: PreparedAttempt,
    of_candidates: Mapping[str, Arrays],
    n_speakers: int,
) -> Identification:
    """Score the candidates in full and decide; no I/O.

    Args:
        system: made the models.
        tested: the attempt, from its `prepare_attempt`.
        of_candidates: their models, likeliest first, by alias.
        n_speakers: how many were searched.
    """
    aliases = list(of_candidates)
    llrs, allowances = system.llrs(list(of_candidates.values()), tested)
    probabilities = posteriors(llrs, n_speakers)
    best = np.argsort(-llrs, kind="stable")
    ranking = [Rank(aliases[i], float(llrs[i]), float(probabilities[i])) for i in best]
    allowance = float(allowances[best[0]]) if len(best) else 0.0
    threshold = system.open_set_threshold(n_speakers) + allowance
    policy = replace(system.policy, threshold=threshold)
    speech_s = system.speech_s(tested)
    verdict, warnings = policy.decide(ranking[0].llr if ranking else -np.inf, speech_s)
    return Identification(
        decision=OUTCOMES[verdict],
        speaker=ranking[0].alias if verdict == "accept" else None,
        ranking=ranking,
        probability_none=float(probabilities[-1]),
        threshold=threshold,
        n_speakers=n_speakers,
        quality=Quality(speech_s, warnings),
    )


def _left_out(n_speakers: int) -> Sequence[str]:
    text = f"{n_speakers} enrolled speakers have no voiceprint: no speech, or run upgrade-models"
    return (text,) if n_speakers else ()
