"""What an embedding tells besides the voice: which digits were said."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

FloatArray = NDArray[Any]

N_DIGITS = 3  # of an attempt
ATTEMPTS_PER_SPEAKER = 4


@dataclass(frozen=True)
class Word:
    """One spoken digit, as both modes send it.

    Attributes:
        speaker: who says it.
        digit: which.
        embedding: (D,) of it alone.
        sums: (3, P) that the embeddings of several words are made of.
        trajectory: (K,) how its frames move, what the digit check compares.
    """

    speaker: str
    digit: int
    embedding: FloatArray
    sums: FloatArray
    trajectory: FloatArray


@dataclass(frozen=True)
class Leaks:
    """What a classifier trained on background speakers finds out about others.

    Attributes:
        chance: share of words that the commonest digit has.
        of_embeddings: share of single words whose digit it tells from the embedding.
        of_frames: the same from the frames.
        in_attempts: area under the ROC curve of whether a digit is among the three of an attempt,
            from the attempt's embedding, mean over the digits; 0.5 is chance.
    """

    chance: float
    of_embeddings: float
    of_frames: float
    in_attempts: float


def leaks(background: Sequence[Word], tested: Sequence[Word], embed: Any, seed: int) -> Leaks:
    """Train on one set of speakers and ask about the other.

    Args:
        background: words of the speakers that are trained on.
        tested: words of others.
        embed: makes (D,) of summed sums (3, P).
        seed: of which words make an attempt.
    """
    digits, asked = (np.array([word.digit for word in words]) for words in (background, tested))
    right = {}
    for name in ("embedding", "trajectory"):
        known, unknown = (_stacked(words, name) for words in (background, tested))
        right[name] = float((_classifier().fit(known, digits).predict(unknown) == asked).mean())
    rng = np.random.default_rng(seed)
    (known, said), (heard, truth) = (_attempts(w, embed, rng) for w in (background, tested))
    areas = [
        roc_auc_score(
            truth[:, digit], _classifier().fit(known, said[:, digit]).decision_function(heard)
        )
        for digit in np.unique(digits)
    ]
    return Leaks(
        float(np.bincount(asked).max() / len(asked)),
        right["embedding"],
        right["trajectory"],
        float(np.mean(areas)),
    )


def _classifier() -> Any:
    return make_pipeline(StandardScaler(), LogisticRegression(C=0.1, max_iter=500))


def _stacked(words: Sequence[Word], name: str) -> FloatArray:
    return np.stack([getattr(word, name).ravel() for word in words])


def _attempts(
    words: Sequence[Word], embed: Any, rng: np.random.Generator
) -> tuple[FloatArray, NDArray[np.bool_]]:
    """Embeddings (N, D) of three words of one speaker each, and (N, 10) which digits they are."""
    by_speaker: dict[str, list[Word]] = {}
    for word in words:
        by_speaker.setdefault(word.speaker, []).append(word)
    vectors, said = [], []
    for own in by_speaker.values():
        for _ in range(ATTEMPTS_PER_SPEAKER if len(own) >= N_DIGITS else 0):
            chosen = [own[i] for i in rng.permutation(len(own))[:N_DIGITS]]
            vectors.append(embed(np.sum([word.sums for word in chosen], axis=0)))
            said.append(np.isin(np.arange(10), [word.digit for word in chosen]))
    return np.array(vectors), np.array(said)
