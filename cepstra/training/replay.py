"""Learn on background speakers what tells altered recordings from honest repetitions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray
from scipy.linalg import eigh

from cepstra.digits.fingerprint import WINDOW_FRAMES, Fingerprint, Words, fingerprint, windows
from cepstra.digits.replay_detector import ReplayParameters
from cepstra.digits.replay_evidence import AS_IT_IS, VARIANTS, evidence
from cepstra.evaluation.attack_species import SPECIES, Recorded, heard
from cepstra.frontend import page_definition
from cepstra.training.augmentation import simulate

FloatArray = NDArray[np.float32]
Evidence = Mapping[str, Sequence[NDArray[np.float32]]]

DEVICES = ("telephone", "microphone", "noisy")
ALTERED = (
    "noise, 50%",
    "mean of two takes",
    "speed 0.90",
    "speed 0.95",
    "speed 1.05",
    "speed 1.10",
)
PIECES = "12-frame pieces of two takes in turn"
FAMILIES: Mapping[str, Sequence[str]] = MappingProxyType(
    {
        "altered": ("noise, 50%", "speed 0.90", "speed 0.95", "speed 1.05", "speed 1.10"),
        "pieces": (PIECES,),
        "mean": ("mean of two takes",),
        "device": DEVICES,
    }
)
N_ALTERED, N_COPIED = 48, 28
METRIC_ROUNDS = 3
LIFTER_EXPONENT = 0.5  # of the distance that the first search goes by
METRIC_SHRINKAGE = 0.02
WEIGHT_SHRINKAGE = 0.05
TURNS = 2
LONGEST_PAUSE_S, SOFTEST, ROOM_NOISE = 0.5, 0.2, 1e-4  # of a message between pauses

Pair = tuple[Words, Words, Sequence[tuple[float, float]]]


@dataclass(frozen=True)
class Repeated:
    """A digit that a background speaker said more than once.

    Attributes:
        speaker: the name, for the simulated devices.
        sounds: (n,) samples of each take, at least two.
    """

    speaker: str
    sounds: Sequence[NDArray[np.float64]]


def train_replay(repeated: Sequence[Repeated], seed: int = 0) -> ReplayParameters:
    """Learn metrics from all repetitions, and weights from digits that were said three times.

    Raises:
        ValueError: no digit was said three times.
    """
    rng = np.random.default_rng(seed)
    if not any(len(one.sounds) > 2 for one in repeated):
        raise ValueError("repeated: expected digits that a speaker said three times")
    honest = [tuple(heard(sound) for sound in one.sounds[:2]) for one in repeated]
    prints = [(fingerprint(first), fingerprint(again)) for first, again in honest]
    made = [_made(rng, one, one.sounds[0], honest[i][1]) for i, one in enumerate(repeated)]
    altered = [_pair(made[i][s], prints[i][0], s) for i in range(len(made)) for s in ALTERED]
    copied = [_heard_pair(made[i][d], prints[i][0]) for i in range(len(made)) for d in DEVICES]
    metrics = (
        _metric(altered, [_pair(b, a, "") for a, b in prints], N_ALTERED),
        _metric(copied, [_heard_pair(b, a) for a, b in prints], N_COPIED),
    )
    found = _evidence(rng, [one for one in repeated if len(one.sounds) > 2], metrics)
    return ReplayParameters(*metrics, *_decision(found))


def _made(
    rng: np.random.Generator, one: Repeated, sound: NDArray[np.float64], other: NDArray[np.float64]
) -> dict[str, Fingerprint]:
    """What can be made of one take, by species, and its copies on simulated devices."""
    recorded = Recorded(sound, heard(sound), other, {})
    names = [*ALTERED, PIECES]
    made = {name: fingerprint(SPECIES[name](rng, recorded)) for name in names}
    for device in DEVICES:
        seed = int(rng.integers(2**31))
        made[device] = fingerprint(heard(simulate(sound, device, one.speaker, "0", seed)))
    return made


def _pair(new: Fingerprint, known: Fingerprint, species: str) -> Pair:
    """Two words and the variants to search: all of them unless the species is known for none."""
    is_plain = species in ("noise, 50%", "mean of two takes")
    return Words.of([new]), Words.of([known]), (AS_IT_IS,) if is_plain else VARIANTS


def _heard_pair(new: Fingerprint, known: Fingerprint) -> Pair:
    query = Words.of([new])
    words = Words.of([known]).under(query.loud(), new.floor[None])
    return query, words, (AS_IT_IS,)


def _metric(copies: Sequence[Pair], honest: Sequence[Pair], n_dimensions: int) -> FloatArray:
    """(228, K) directions in which honest repetitions differ most and copies least.

    Both are looked up as the detector does, by the metric of the round before. A direction weighs
    by the ratio of the likelihoods of a copy's and of a repetition's difference, both Gaussian.
    """
    lifter = np.tile(np.arange(1, 20) ** LIFTER_EXPONENT, WINDOW_FRAMES)
    metric = np.diag(lifter).astype(np.float32)
    for _ in range(METRIC_ROUNDS):
        within, between = (_scatter(pairs, metric) for pairs in (copies, honest))
        within += METRIC_SHRINKAGE * np.trace(within) / len(within) * np.eye(len(within))
        ratios, directions = eigh(between, within)
        ratios, directions = ratios[::-1][:n_dimensions], directions[:, ::-1][:, :n_dimensions]
        metric = (directions * np.sqrt(np.maximum(1 - 1 / ratios, 0))).astype(np.float32)
    return metric


def _scatter(pairs: Sequence[Pair], metric: FloatArray) -> NDArray[np.float64]:
    differences = np.concatenate([_differences(*pair, metric) for pair in pairs])
    result: NDArray[np.float64] = differences.T.astype(np.float64) @ differences
    return result / len(differences)


def _differences(
    query: Words, words: Words, variants: Sequence[tuple[float, float]], metric: FloatArray
) -> FloatArray:
    """(n, 228) from every third window to the nearest one of the other word."""
    seen = windows(words, words.shapes())[0]
    tempos, warps = zip(*variants, strict=True)
    asked = windows(query, query.shapes(*warps), 3, [1 / tempo for tempo in tempos])
    projected, known = asked @ metric, seen @ metric
    squares = (projected**2).sum(axis=2)[:, :, None] + (known**2).sum(axis=1)
    distances = squares - 2 * projected @ known.T
    nearest = distances.argmin(axis=2)
    variant = distances.min(axis=2).argmin(axis=0)
    rows = np.arange(asked.shape[1])
    difference: FloatArray = asked[variant, rows] - seen[nearest[variant, rows]]
    return difference


def _evidence(
    rng: np.random.Generator,
    triples: Sequence[Repeated],
    metrics: tuple[FloatArray, FloatArray],
) -> Evidence:
    """Two takes in turn as the honest one, against the two others, and copies of one of those."""
    found: dict[str, list[FloatArray]] = {}
    for one in triples:
        for turn in range(TURNS):
            first, other, new = (one.sounds[(turn + place) % 3] for place in range(3))
            known = [fingerprint(heard(first)), fingerprint(heard(other))]
            made = _made(rng, one, first, heard(other)) | {"honest": fingerprint(heard(new))}
            device = DEVICES[len(found.get("honest", ())) % len(DEVICES)]
            again = simulate(new, device, one.speaker, str(turn), turn)
            made["honest, another device"] = fingerprint(heard(again))
            made["honest, between pauses"] = fingerprint(heard(_between_pauses(rng, new)))
            for name, print_ in made.items():
                found.setdefault(name, []).append(evidence([print_], [known], metrics)[0])
    return found


def _between_pauses(rng: np.random.Generator, sound: NDArray[np.float64]) -> NDArray[np.float64]:
    """Softer sound with silence, or hardly any noise, around it, as another recorder cuts it."""
    longest = int(LONGEST_PAUSE_S * page_definition().sample_rate_hz)
    padded = np.pad(rng.uniform(SOFTEST, 1) * sound, rng.integers(longest, size=2))
    noise: NDArray[np.float64] = rng.normal(size=padded.shape) * rng.choice([0, ROOM_NOISE])
    return padded + noise


def _decision(found: Evidence) -> tuple[FloatArray, FloatArray, FloatArray]:
    """(F, 24) weights, (F,) offsets, and (F, C, 3) how honest words score, for each family.

    The weights are Fisher's linear discriminant.
    """
    honest = [np.array(rows) for name, rows in found.items() if name.startswith("honest")]
    usual = np.concatenate(honest)
    rows: list[tuple[NDArray[np.float64], float, list[tuple[float, float, float]]]] = []
    for names in FAMILIES.values():
        attacks = np.concatenate([found[name] for name in names])
        spread = np.cov(usual.T) + np.cov(attacks.T)
        spread += WEIGHT_SHRINKAGE * np.diag(np.diag(spread))
        between = usual.mean(axis=0) - attacks.mean(axis=0)
        weights = np.linalg.solve(spread, between)
        weights *= 2 / (weights @ between)
        offset = -float(weights @ (usual.mean(axis=0) + attacks.mean(axis=0))) / 2
        rows.append((weights, offset, [_spread(each @ weights + offset) for each in honest]))
    weights_, offsets, scores = (
        np.array(part, dtype=np.float32) for part in zip(*rows, strict=True)
    )
    return weights_, offsets, scores


def _spread(scores: NDArray[np.floating]) -> tuple[float, float, float]:
    """Mean, deviation from speaker to speaker, and from word to word of one speaker.

    Source: Searle, Casella and McCulloch, "Variance Components", 1992, the balanced one-way layout.

    Args:
        scores: (n,) of honest words, two of a speaker in a row.
    """
    first, second = scores.reshape(-1, TURNS).T
    of_words = float(np.mean((first - second) ** 2) / 2)
    of_speakers = max(0.0, float(np.var((first + second) / 2)) - of_words / 2)
    return float(scores.mean()), of_speakers**0.5, of_words**0.5
