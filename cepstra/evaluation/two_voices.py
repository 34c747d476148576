"""How often takes are refused at enrolment: the speaker's own, and another voice's."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from cepstra.evaluation.attacks import N_DIGITS, Victim
from cepstra.evaluation.system import RecordedTake
from cepstra.evaluation.systems import messages, stored_takes
from cepstra.verification.enrolled_speech import EnrolledSpeech
from cepstra.verification.enrolled_voice import parted
from cepstra.verification.fusion_verifier import FusionVerifier
from cepstra.verification.verifier import Built
from cepstra.verification.voice_of_take import FEWEST_BEFORE, MOST_COMPARED, is_another_voice

N_TAKES = 12  # of either voice
ENROLLED_ROUNDS, LATER_ROUNDS = (0, 1), (2, 3)
N_OTHERS, N_ATTEMPTS = 2, 4  # of each speaker, and of each voice on a profile


@dataclass
class Count:
    """How many of all."""

    n: int = 0
    total: int = 0

    def add(self, n: int, total: int) -> None:
        """Count some more."""
        self.n, self.total = self.n + n, self.total + total

    def __str__(self) -> str:
        return f"{100 * self.n / max(self.total, 1):.1f}% of {self.total}"


@dataclass
class TwoVoices:
    """What came of it.

    Attributes:
        honest_refused: own takes, from the third on.
        let_in: takes of another voice, after 12 of the speaker's.
        accepted: attempts with five digits by voice ("own", "other") and profile: of one voice, of
            both, and where each take was compared.
        told: profiles of which /status names takes unlike the others.
    """

    honest_refused: Count = field(default_factory=Count)
    let_in: Count = field(default_factory=Count)
    accepted: dict[tuple[str, str], Count] = field(default_factory=dict)
    told: dict[str, Count] = field(default_factory=dict)


def two_voices(
    system: FusionVerifier, victims: Mapping[str, Victim], names: Sequence[str], seed: int
) -> TwoVoices:
    """Enrol some of the speakers, and others on their profiles."""
    rng = np.random.default_rng(seed)
    result = TwoVoices()
    for name in names:
        victim = victims[name]
        own = _takes(victim, ENROLLED_ROUNDS)
        all_own = own + _takes(victim, LATER_ROUNDS)
        _, kept = _enrol(system, all_own, is_compared=True)
        result.honest_refused.add(len(all_own) - len(kept), len(all_own) - FEWEST_BEFORE)
        for other in rng.permutation([each for each in victims if each != name])[:N_OTHERS]:
            _attack(system, victim, victims[str(other)], rng, result)
    return result


def _attack(
    system: FusionVerifier,
    victim: Victim,
    other: Victim,
    rng: np.random.Generator,
    result: TwoVoices,
) -> None:
    own, foreign = (_takes(each, ENROLLED_ROUNDS)[:N_TAKES] for each in (victim, other))
    compared, kept = _enrol(system, own + foreign, is_compared=True, sure=len(own))
    result.let_in.add(len(kept) - len(own), len(foreign))
    profiles = {
        "one voice": _enrol(system, own, is_compared=False)[0],
        "two voices": _enrol(system, own + foreign, is_compared=False)[0],
        "two voices, compared": compared,
    }
    for profile, model in profiles.items():
        _, unlike = parted(EnrolledSpeech.of(model.arrays).voices)
        result.told.setdefault(profile, Count()).add(bool(len(unlike)), 1)
    for said_by, speaker in (("own", victim), ("other", other)):
        attempts = [_attempt(speaker, rng) for _ in range(N_ATTEMPTS)]
        for profile, model in profiles.items():
            prepared = system.prepare(model.arrays)
            decisions = [system.score(prepared, messages(each)).assessment for each in attempts]
            n_accepted = sum(each.decision == "accept" for each in decisions)
            count = result.accepted.setdefault((said_by, profile), Count())
            count.add(n_accepted, N_ATTEMPTS)


def _enrol(
    system: FusionVerifier, takes: Sequence[RecordedTake], is_compared: bool, sure: int = 0
) -> tuple[Built, list[int]]:
    """The model, and the indices of the takes that were kept; the first `sure` ones all are."""
    model, stored = None, stored_takes(takes)
    kept: list[int] = []
    for number, take in enumerate(stored):
        added = system.accumulate(take)
        newest = [stored[i] for i in kept[-MOST_COMPARED:]]
        if model and is_compared and number >= sure:
            if is_another_voice(system, model.arrays, added, newest):
                continue
        model = system.extend(model, added, ())
        kept.append(number)
    if model is None:
        raise ValueError("takes: expected at least one")
    return model, kept


def _takes(victim: Victim, rounds: Sequence[int]) -> list[RecordedTake]:
    return [take for place in rounds for take in victim.round(place)]


def _attempt(speaker: Victim, rng: np.random.Generator) -> list[RecordedTake]:
    said = speaker.round(int(rng.choice(LATER_ROUNDS)))
    return [said[i] for i in rng.permutation(len(said))[:N_DIGITS]]
