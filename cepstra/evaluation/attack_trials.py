"""One kind of attack on the speakers of one corpus, as a part of a long job."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from cepstra.evaluation.attack_species import (
    BY_CODEC,
    DEVICES,
    SPECIES,
    blended,
    cleaned,
    mirrored,
    with_fine_movement,
)
from cepstra.evaluation.attacks import (
    N_DIGITS,
    DigitFrames,
    Findings,
    Judge,
    Target,
    Victim,
    as_take,
    read_victims,
)
from cepstra.evaluation.hill_climb import climbed
from cepstra.evaluation.synthetic_voice import is_installed
from cepstra.evaluation.systems import default_system
from cepstra.verification.lockout import LockoutRule
from cepstra.verification.replay import load_replay_detector
from cepstra.verification.spoken_digits import load_spoken_digits

HONEST = "honest"
IMPOSTOR = "somebody else says the digits"
FOREIGN = "the asked digit in another voice, the speaker's words behind it"
SYNTHETIC = "a synthetic voice says the digits"
AMID = "played while three others speak, 10 dB"
CLEANED = "phone copy, with the mean and deviation of another take"
MIRRORED = "from its end to its beginning"
FINE = "slow movement of a recording, another voice's from frame to frame"
BLENDED = "another voice, 30% of a recording mixed in"
ABROAD = {f"honest, {device}": device for device in DEVICES}
N_NEWEST, N_SPEAKING = 3, 3
N_CLIMBERS, N_CLIMBED = 8, 5
RULE = LockoutRule()

Frames = NDArray[np.float64]
Draw = Callable[[np.random.Generator, str], DigitFrames]


@dataclass(frozen=True)
class Scene:
    """Where the speakers of a corpus are found.

    Attributes:
        corpus: folder of recordings.
        n_enrolled: takes of each digit that are enrolled.
        copies: folders with the same recordings as other devices heard them, and those devices.
    """

    corpus: Path
    n_enrolled: int
    copies: tuple[tuple[str, Path], ...] = ()


@dataclass(frozen=True)
class Trial:
    """What is tried.

    Attributes:
        scene: on whom.
        kind: of `kinds`.
        n_attempts: how often, each on a victim drawn at random.
        seed: of the draws, with the kind's number.
    """

    scene: Scene
    kind: str
    n_attempts: int
    seed: int


@dataclass(frozen=True)
class Climb:
    """Hill-climbing by one attacker on several victims.

    Attributes:
        scene: whose speakers they are.
        attacker: the place of the attacker among them.
        n_queries: to each victim.
    """

    scene: Scene
    attacker: int
    n_queries: int


def kinds() -> list[str]:
    """Return honest attempts, then all kinds of attacks that can be made here."""
    synthetic = [SYNTHETIC] if is_installed() else []
    mixed = CLEANED, MIRRORED, FINE, BLENDED
    last = (AMID, *ABROAD, *mixed, *BY_CODEC)  # new ones go behind: places are seeds
    return [HONEST, IMPOSTOR, *synthetic, FOREIGN, *SPECIES, *last]


def n_speakers(scene: Scene) -> int:
    """Return how many speakers a corpus has."""
    return len(_victims(scene))


def tried(trial: Trial) -> list[Findings]:
    """Make the attempts of a trial and judge them."""
    victims = _victims(trial.scene)
    draw = _draw(victims, trial.kind)
    rng = np.random.default_rng([trial.seed, kinds().index(trial.kind)])
    names = [str(name) for name in rng.choice(list(victims), size=trial.n_attempts)]
    return [_judge().findings(_target(trial.scene, name), draw(rng, name)) for name in names]


def climb(wanted: Climb) -> NDArray[np.int_]:
    """Return after how many queries each of the victims accepted; 0 where it never did.

    As the service does, a victim asks for more after each query beyond those that lock.
    """
    victims, judge = _victims(wanted.scene), _judge()
    names = list(victims)
    attacker = names[wanted.attacker]
    rng = np.random.default_rng(wanted.attacker)
    others = rng.permutation([name for name in names if name != attacker])[:N_CLIMBED]
    models = [_target(wanted.scene, str(name)).model for name in others]

    def ask(number: int, said: Sequence[Frames]) -> NDArray[np.bool_]:
        takes = [as_take(None, frames) for frames in said]
        least = judge.system.threshold + RULE.threshold_offset(number)
        return judge.system.scores(models, takes) >= least

    own = [victims[attacker].sound(digit, 0) for digit in victims[attacker].digits]
    return climbed(rng, own, N_DIGITS, ask, wanted.n_queries)


def _draw(victims: Mapping[str, Victim], kind: str) -> Draw:
    def another(rng: np.random.Generator, name: str) -> Victim:
        digits = set(victims[name].digits)
        able = [n for n, one in victims.items() if n != name and digits <= set(one.digits)]
        return victims[str(rng.choice(able))]

    special: Mapping[str, Draw] = {
        HONEST: lambda rng, name: victims[name].honest(rng),
        IMPOSTOR: lambda rng, name: victims[name].digits_of(rng, another(rng, name)),
        SYNTHETIC: lambda rng, name: victims[name].in_synthetic_voice(rng),
        FOREIGN: lambda rng, name: victims[name].with_foreign_digits(rng, another(rng, name)),
        CLEANED: lambda rng, name: victims[name].attacked(rng, cleaned("phone")),
        MIRRORED: lambda rng, name: victims[name].attacked(rng, mirrored),
        FINE: lambda rng, name: victims[name].mixed(rng, another(rng, name), with_fine_movement),
        BLENDED: lambda rng, name: victims[name].mixed(rng, another(rng, name), blended),
        AMID: lambda rng, name: victims[name].amid(
            rng, [another(rng, name) for _ in range(N_SPEAKING)]
        ),
    }
    if device := ABROAD.get(kind):
        return lambda rng, name: victims[name].honest(rng, device)
    species = {**SPECIES, **BY_CODEC}
    return special.get(kind) or (lambda rng, name: victims[name].attacked(rng, species[kind]))


@cache
def _judge() -> Judge:
    return Judge(default_system(), load_spoken_digits(N_NEWEST), load_replay_detector())


@cache
def _victims(scene: Scene) -> dict[str, Victim]:
    return read_victims(scene.corpus, scene.n_enrolled, dict(scene.copies))


@cache
def _target(scene: Scene, name: str) -> Target:
    return _judge().enrolled(_victims(scene)[name])
