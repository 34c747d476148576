"""Trials of held-out background speakers: what a network's cosine is worth."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cepstra.evaluation.metrics import eer
from cepstra.gmm.calibration_training import fit_calibration
from cepstra.jobs.engine import Advance
from cepstra.neural.embedder import Description, Embedder
from cepstra.neural.gallery_verifier import RULES, Rule
from cepstra.training.augmentation import CLEAN, CONDITIONS
from cepstra.training.networks.spoken_takes import Takes

FloatArray = NDArray[Any]
IntArray = NDArray[np.int64]

VERSIONS = (CLEAN, *CONDITIONS)
ATTEMPT_TAKES = 2
SHORT_CORPUS = "speech_commands"
SHORT_ENROLMENT_SHARE = 0.5  # digit corpora hold few takes of a speaker
N_IMPOSTORS = 8
OF_ALL = ", mean of all"  # ends the name of a rule's figure
# Enrolled condition, attempted condition, share of the calibration.
PAIRS = (
    (CLEAN, CLEAN, 1.0),
    *((CLEAN, condition, 0.4) for condition in CONDITIONS),
    ("narrowband", "narrowband", 0.4),
    ("telephone", "telephone", 0.3),
    ("microphone", "microphone", 0.3),
)


@dataclass(frozen=True)
class Trials:
    """N scored trials.

    Attributes:
        scores: (N,) cosines.
        targets: (N,) whether the attempt is the enrolled speaker's.
        pairs: (N,) indices into `PAIRS`.
        corpora: (N,) names.
    """

    scores: FloatArray
    targets: NDArray[np.bool_]
    pairs: IntArray
    corpora: NDArray[np.str_]

    def eer(self, pair: int) -> float:
        """Equal error rate in one pair of conditions, percent."""
        here = self.pairs == pair
        impostors, targets = here & ~self.targets, here & self.targets
        return 100 * eer(self.scores[targets], self.scores[impostors])

    def weights(self) -> FloatArray:
        """(N,) each pair, corpus and kind of trial has its share however many there are."""
        keys = list(zip(self.pairs, self.corpora, self.targets, strict=True))
        counts = Counter(keys)
        return np.array(
            [
                PAIRS[pair][2] * (SHORT_ENROLMENT_SHARE if corpus == SHORT_CORPUS else 1.0)
                / counts[pair, corpus, target]
                for pair, corpus, target in keys
            ]
        )  # fmt: skip


@dataclass(frozen=True)
class _Voice:
    corpus: str
    enrolment: dict[int, FloatArray]  # version -> (N, D)
    attempts: dict[int, FloatArray]


def calibrated(
    embedder: Embedder, takes: Takes, seed: int, report: Advance
) -> tuple[Description, Mapping[str, float]]:
    """Choose the rule with the lower error, and calibrate it.

    Args:
        embedder: the network.
        takes: of held-out speakers in the calibration's conditions.
        seed: of the choice of impostors.
        report: called with 1 after each speaker.

    Returns:
        The network's description with rule and calibration, and equal error rates in percent.
    """
    voices = _embedded(embedder, takes, report)
    by_rule = {name: _trials(voices, rule, seed) for name, rule in RULES.items()}
    errors = {
        name: [trials.eer(pair) for pair in range(len(PAIRS))] for name, trials in by_rule.items()
    }
    chosen = min(errors, key=lambda name: float(np.mean(errors[name])))
    trials = by_rule[chosen]
    calibration = fit_calibration(
        trials.scores[:, None], trials.targets, trials.weights(), trials.corpora
    )
    figures = {f"eer, rule {name}{OF_ALL}": float(np.mean(errors[name])) for name in errors}
    for (enrolled, attempted, _), error in zip(PAIRS, errors[chosen], strict=True):
        figures[f"eer, {enrolled} to {attempted}"] = error
    return replace(embedder.description, rule=chosen, calibration=calibration), figures


def mean_eer(figures: Mapping[str, float]) -> float:
    """Return the mean error of the rule that `calibrated` chose, of its figures."""
    return min(value for name, value in figures.items() if name.endswith(OF_ALL))


def _embedded(embedder: Embedder, takes: Takes, report: Advance) -> dict[str, _Voice]:
    result: dict[str, _Voice] = {}
    for speaker in dict.fromkeys(takes.speakers[takes.held_out]):
        own = np.flatnonzero(takes.speakers == speaker)
        voice = _Voice(str(takes.corpora[own[0]]), {}, {})
        for version in range(len(VERSIONS)):
            heard = own[takes.versions[own] == version]
            half = (len(heard) + 1) // 2
            rest = [heard[i : i + ATTEMPT_TAKES] for i in range(half, len(heard), ATTEMPT_TAKES)]
            if rest:
                voice.enrolment[version] = _embeddings(embedder, takes, heard[:half, None])
                voice.attempts[version] = _embeddings(embedder, takes, rest)
        result[str(speaker)] = voice
        report(1)
    return result


def _embeddings(
    embedder: Embedder, takes: Takes, groups: Sequence[IntArray] | IntArray
) -> FloatArray:
    """(N, D) embeddings of groups of takes."""
    embeddings: list[FloatArray] = []
    for group in groups:
        if embedder.description.sees == "vector":
            weights = takes.spans[group, 1]
            vector = np.average(takes.vectors[group], axis=0, weights=weights)
            embeddings.append(embedder.embed_vector(vector))
            continue
        parts = [takes.frames[start : start + n] for start, n in takes.spans[group]]
        embedding = embedder.embed_frames(np.concatenate(parts).astype(np.float32))
        embeddings += [] if embedding is None else [embedding]
    return np.stack(embeddings)


def _trials(voices: Mapping[str, _Voice], rule: Rule, seed: int) -> Trials:
    rng = np.random.default_rng(seed)
    rows: list[tuple[float, bool, int, str]] = []
    for number, (enrolled, attempted, _) in enumerate(PAIRS):
        first, second = VERSIONS.index(enrolled), VERSIONS.index(attempted)
        galleries = {n: v.enrolment[first] for n, v in voices.items() if first in v.enrolment}
        for name, voice in voices.items():
            others = [n for n in galleries if voices[n].corpus == voice.corpus and n != name]
            for attempt in voice.attempts.get(second, ()):
                against = [others[i] for i in rng.permutation(len(others))[:N_IMPOSTORS]]
                for claimed in [name, *against] if name in galleries else against:
                    score = rule(galleries[claimed], attempt)
                    rows.append((score, claimed == name, number, voice.corpus))
    scores, targets, pairs, corpora = zip(*rows, strict=True)
    return Trials(np.array(scores), np.array(targets), np.array(pairs), np.array(corpora))
