"""Learn on background speakers what tells altered recordings from honest repetitions."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray
from scipy.linalg import eigh

from cepstra.digits.fingerprint import WINDOW_FRAMES, Fingerprint, Words, fingerprint, windows
from cepstra.digits.in_step import distances, lag_distances
from cepstra.digits.replay_candidates import Compared
from cepstra.digits.replay_detector import ReplayParameters
from cepstra.digits.replay_evidence import (
    AS_IT_IS,
    AT_ANY_SPEED,
    BY_WINDOW,
    IN_STEP,
    N_EVIDENCE,
    VARIANTS,
    evidence,
)
from cepstra.evaluation.attack_species import SPECIES, Recorded, cleaned, heard
from cepstra.frontend import page_definition
from cepstra.training.augmentation import simulate
from cepstra.training.replayed_sound import (
    CHANNELS,
    at_another_speed,
    at_changing_speed,
    through_codec,
)

FloatArray = NDArray[np.float32]
Evidence = Mapping[str, Sequence[NDArray[np.float32]]]

DEVICES = ("telephone", "microphone", "noisy")
CLEANED = "telephone, with the mean and deviation of another take"
CHANGING = "speed changing"
FASTER = tuple(f"{device}, faster or slower" for device in DEVICES[:2])
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
        "changing": (CHANGING,),
        "device": (*CHANNELS, CLEANED),
        "faster device": FASTER,
    }
)
IN_STEP_OF: Mapping[str, slice] = MappingProxyType(
    {"device": IN_STEP, "faster device": AT_ANY_SPEED}
)
# Of a normal distribution, for 0.1% of honest attempts lost by a rule, and 1% by one for devices
QUANTILE, QUANTILE_IN_STEP = 3.09, 2.33
N_ALTERED, N_IN_STEP = 48, 56
METRIC_ROUNDS = 3
METRIC_STEP = 3  # frames from one window to the next that a metric is learnt from
LIFTER_EXPONENT = 0.5  # of the distance that the first search goes by
METRIC_SHRINKAGE = 0.02
WEIGHT_SHRINKAGE = 0.05
TURNS = 2
WORDS_OF_ATTEMPT = 5
LONGEST_PAUSE_S, SOFTEST, ROOM_NOISE = 0.5, 0.2, 1e-4  # of a message between pauses

Pair = tuple[Words, Words, Sequence[tuple[float, float]]]
Differences = Callable[[Pair, FloatArray], FloatArray]
Rule = tuple[NDArray[np.float64], float]


@dataclass(frozen=True)
class Repeated:
    """A digit that a background speaker said more than once.

    Attributes:
        speaker: the name, for the simulated devices.
        sounds: (n,) samples of each take, at least two.
    """

    speaker: str
    sounds: Sequence[NDArray[np.float64]]


def train_replay(repeated: Sequence[Repeated]) -> ReplayParameters:
    """Learn metrics from all repetitions, and weights from digits that were said three times.

    The metric of whole words is learnt from digits that were said twice alone: rules learnt from
    the words that their metric was learnt from expect too much of it.

    Raises:
        ValueError: no digit was said three times, or none twice.
    """
    rng = np.random.default_rng(0)
    twice = [one for one in repeated if len(one.sounds) == 2]
    if len(twice) in (0, len(repeated)):
        raise ValueError("repeated: expected digits that were said twice, and others three times")
    honest = [(heard(one.sounds[0]), heard(one.sounds[1])) for one in repeated]
    prints = [(fingerprint(first), fingerprint(again)) for first, again in honest]
    altered = [
        _pair(fingerprint(SPECIES[s](rng, Recorded(one.sounds[0], *each, {}))), known, s)
        for one, each, (known, _) in zip(repeated, honest, prints, strict=True)
        for s in ALTERED
    ]
    voices = [one.sounds[0] for one in repeated]
    metrics = (
        _metric(altered, [_pair(b, a, "") for a, b in prints], N_ALTERED, _differences),
        _metric(*_copies(rng, twice, voices), N_IN_STEP, _differences_in_step),
    )
    triples = [one for one in repeated if len(one.sounds) > 2]
    found = _evidence(rng, triples, voices, metrics)
    quantiles = [QUANTILE_IN_STEP if family in IN_STEP_OF else QUANTILE for family in FAMILIES]
    return ReplayParameters(*metrics, *_decision(found), np.array(quantiles, np.float32))


def _made(
    rng: np.random.Generator,
    sound: NDArray[np.float64],
    other: NDArray[np.float64],
    voices: Sequence[NDArray[np.float64]],
) -> dict[str, Fingerprint]:
    """What can be made of one take, by species, and its copies on simulated devices."""
    copies = {name: play(rng, sound, voices) for name, play in CHANNELS.items()}
    recorded = Recorded(sound, heard(sound), other, copies)
    frames = {name: SPECIES[name](rng, recorded) for name in (*ALTERED, PIECES)}
    frames[CLEANED] = cleaned(DEVICES[0])(rng, recorded)
    sounds = {**copies, CHANGING: at_changing_speed(rng, sound)}
    for device, name in zip(DEVICES, FASTER, strict=False):
        sounds[name] = CHANNELS[device](rng, at_another_speed(rng, sound), voices)
    frames |= {name: heard(each) for name, each in sounds.items()}
    return {name: fingerprint(each) for name, each in frames.items()}


def _pair(new: Fingerprint, known: Fingerprint, species: str) -> Pair:
    """Two words and the variants to search: all of them unless the species is known for none."""
    is_plain = species in ("noise, 50%", "mean of two takes")
    return Words.of([new]), Words.of([known]), (AS_IT_IS,) if is_plain else VARIANTS


def _heard_pair(new: Fingerprint, known: Fingerprint) -> Pair:
    query = Words.of([new])
    words = Words.of([known]).under(query.loud(), new.floor[None])
    return query, words, (AS_IT_IS,)


def _copies(
    rng: np.random.Generator, twice: Sequence[Repeated], voices: Sequence[NDArray[np.float64]]
) -> tuple[list[Pair], list[Pair]]:
    """Copies of first takes through all channels, and second takes, each with the first one."""
    copies, honest = [], []
    for one in twice:
        first, again = (fingerprint(heard(sound)) for sound in one.sounds)
        honest.append(_heard_pair(again, first))
        for play in CHANNELS.values():
            copy = play(rng, one.sounds[0], voices)
            copies.append(_heard_pair(fingerprint(heard(copy)), first))
    return copies, honest


def _metric(
    copies: Sequence[Pair],
    honest: Sequence[Pair],
    n_dimensions: int,
    differences: Differences,
) -> FloatArray:
    """(228, K) directions in which honest repetitions differ most and copies least.

    Both are looked up as the detector does, by the metric of the round before. A direction weighs
    by the ratio of the likelihoods of a copy's and of a repetition's difference, both Gaussian.
    """
    lifter = np.tile(np.arange(1, 20) ** LIFTER_EXPONENT, WINDOW_FRAMES)
    metric = np.diag(lifter).astype(np.float32)
    for _ in range(METRIC_ROUNDS):
        within, between = (_scatter(pairs, metric, differences) for pairs in (copies, honest))
        within += METRIC_SHRINKAGE * np.trace(within) / len(within) * np.eye(len(within))
        ratios, directions = eigh(between, within)
        ratios, directions = ratios[::-1][:n_dimensions], directions[:, ::-1][:, :n_dimensions]
        metric = (directions * np.sqrt(np.maximum(1 - 1 / ratios, 0))).astype(np.float32)
    return np.ascontiguousarray(metric)  # as files keep it


def _scatter(
    pairs: Sequence[Pair], metric: FloatArray, differences: Differences
) -> NDArray[np.float64]:
    found = np.concatenate([differences(pair, metric) for pair in pairs])
    result: NDArray[np.float64] = found.T.astype(np.float64) @ found
    return result / len(found)


def _differences(pair: Pair, metric: FloatArray) -> FloatArray:
    """(n, 228) from every third window to the nearest one of the other word."""
    query, words, variants = pair
    seen = windows(words, words.shapes())[0]
    tempos, warps = zip(*variants, strict=True)
    asked = windows(query, query.shapes(*warps), METRIC_STEP, [1 / tempo for tempo in tempos])
    projected, known = asked @ metric, seen @ metric
    squares = (projected**2).sum(axis=2)[:, :, None] + (known**2).sum(axis=1)
    distances = squares - 2 * projected @ known.T
    nearest = distances.argmin(axis=2)
    variant = distances.min(axis=2).argmin(axis=0)
    rows = np.arange(asked.shape[1])
    difference: FloatArray = asked[variant, rows] - seen[nearest[variant, rows]]
    return difference


def _differences_in_step(pair: Pair, metric: FloatArray) -> FloatArray:
    """(n, 228) from every third window to its place in the other word, all at the best lag."""
    query, words, _ = pair
    seen = windows(words, words.shapes())[0]
    asked = windows(query, query.shapes(), METRIC_STEP)[0]
    n_asked = np.array([len(asked)])
    between = distances(asked @ metric, seen @ metric)
    found = lag_distances(between, n_asked, words.lengths, METRIC_STEP)
    places = int(found[0, 0].argmin()) + METRIC_STEP * (np.arange(len(asked)) - len(asked) + 1)
    overlap = (places >= 0) & (places < len(seen))
    difference: FloatArray = asked[overlap] - seen[places[overlap]]
    return difference


def _evidence(
    rng: np.random.Generator,
    triples: Sequence[Repeated],
    voices: Sequence[NDArray[np.float64]],
    metrics: tuple[FloatArray, FloatArray],
) -> Evidence:
    """Two takes in turn as the honest one, against the two others, and copies of one of those."""
    found: dict[str, list[FloatArray]] = {}
    for one in triples:
        for turn in range(TURNS):
            first, other, new = (one.sounds[(turn + place) % 3] for place in range(3))
            known = [fingerprint(heard(first)), fingerprint(heard(other))]
            made = _made(rng, first, heard(other), voices)
            made["honest"] = fingerprint(heard(new))
            device = DEVICES[len(found.get("honest", ())) % len(DEVICES)]
            again = simulate(new, device, one.speaker, str(turn), turn)
            made["honest, another device"] = fingerprint(heard(again))
            made["honest, between pauses"] = fingerprint(heard(_between_pauses(rng, new)))
            made["honest, through a codec"] = fingerprint(heard(through_codec(rng, new)))
            for name, print_ in made.items():
                compared = Compared.of([print_], [known])
                found.setdefault(name, []).append(evidence(compared, metrics)[0])
    return found


def _between_pauses(rng: np.random.Generator, sound: NDArray[np.float64]) -> NDArray[np.float64]:
    """Softer sound with silence, or hardly any noise, around it, as another recorder cuts it."""
    longest = int(LONGEST_PAUSE_S * page_definition().sample_rate_hz)
    padded = np.pad(rng.uniform(SOFTEST, 1) * sound, rng.integers(longest, size=2))
    noise: NDArray[np.float64] = rng.normal(size=padded.shape) * rng.choice([0, ROOM_NOISE])
    return padded + noise


def _decision(found: Evidence) -> tuple[FloatArray, FloatArray, FloatArray]:
    """(F, 24) weights, (F,) offsets, and (F, C, 3) how honest words score, for each family."""
    honest = [np.array(rows) for name, rows in found.items() if name.startswith("honest")]
    rules, scores = [], []
    for family, names in FAMILIES.items():
        attacks = [np.array(found[name]) for name in names]
        columns = IN_STEP_OF.get(family)
        weights, offset = (
            _in_step_rule(columns, honest, attacks) if columns else _window_rule(honest, attacks)
        )
        rules.append((weights, offset))
        scores.append([_spread(each @ weights + offset) for each in honest])
    weights_, offsets = zip(*rules, strict=True)
    as_kept = np.float32
    return np.array(weights_, as_kept), np.array(offsets, as_kept), np.array(scores, as_kept)


def _window_rule(honest: Sequence[FloatArray], attacks: Sequence[FloatArray]) -> Rule:
    """Fisher's linear discriminant of words by what is found window by window."""
    usual, unusual = (np.concatenate(each)[:, BY_WINDOW] for each in (honest, attacks))
    spread = np.cov(usual.T) + np.cov(unusual.T)
    return _fisher(BY_WINDOW, usual.mean(axis=0), unusual.mean(axis=0), spread)


def _in_step_rule(
    columns: slice, honest: Sequence[FloatArray], attacks: Sequence[FloatArray]
) -> Rule:
    """Fisher's linear discriminant of attempts by what is found in whole words.

    What is found window by window changes with the device, for honest words too. In attempts, what
    changes from word to word weighs less than what changes from speaker to speaker; the words of an
    attack are taken for independent, for they may be copies of any recordings.
    """
    usual, unusual = ([one[:, columns] for one in each] for each in (honest, attacks))
    spread = _of_attempts(usual)
    spread += np.mean([np.cov(one.T) for one in unusual], axis=0) / WORDS_OF_ATTEMPT
    means = [np.mean([one.mean(axis=0) for one in each], axis=0) for each in (usual, unusual)]
    return _fisher(columns, means[0], means[1], spread)


def _fisher(
    columns: slice,
    usual: NDArray[np.floating],
    unusual: NDArray[np.floating],
    spread: NDArray[np.float64],
) -> Rule:
    """(24,) weights, none but of these columns, and an offset; means score 1 and -1."""
    spread = spread + WEIGHT_SHRINKAGE * np.diag(np.diag(spread))
    between = usual - unusual
    weights = np.zeros(N_EVIDENCE)
    weights[columns] = np.linalg.solve(spread, between)
    weights *= 2 / (weights[columns] @ between)
    return weights, -float(weights[columns] @ (usual + unusual)) / 2


def _of_attempts(conditions: Sequence[FloatArray]) -> NDArray[np.float64]:
    """(E, E) covariance of the means of an attempt's words, the mean over conditions (n, E)."""
    parts = [_components(words) for words in conditions]
    sums = [of_speakers + of_words / WORDS_OF_ATTEMPT for of_speakers, of_words in parts]
    result: NDArray[np.float64] = np.mean(sums, axis=0)
    return result


def _components(
    words: NDArray[np.floating],
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """(E, E) covariances from speaker to speaker, and from word to word of one speaker.

    Source: Searle, Casella and McCulloch, "Variance Components", 1992, the balanced one-way layout.

    Args:
        words: (n, E) evidence of words, `TURNS` of a speaker in a row.
    """
    turns = words.reshape(-1, TURNS, words.shape[1]).astype(np.float64)
    means = turns.mean(axis=1)
    rest = (turns - means[:, None]).reshape(-1, words.shape[1])
    of_words = rest.T @ rest / (len(turns) * (TURNS - 1))
    of_speakers = np.atleast_2d(np.cov(means.T, bias=True)) - of_words / TURNS
    variances, axes = np.linalg.eigh(of_speakers)  # a difference may have some below zero
    return axes * np.maximum(variances, 0) @ axes.T, of_words


def _spread(scores: NDArray[np.floating]) -> tuple[float, float, float]:
    """Mean, deviation from speaker to speaker, and from word to word of one speaker, of (n,)."""
    of_speakers, of_words = (float(each[0, 0]) for each in _components(scores[:, None]))
    return float(scores.mean()), of_speakers**0.5, of_words**0.5
