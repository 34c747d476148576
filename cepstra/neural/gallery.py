"""A gallery: the embeddings of a speaker's takes, oldest first, and what is done with them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType
from typing import Any

import numpy as np
from numpy.typing import NDArray

FloatArray = NDArray[Any]

DRIFT_ATTEMPTS = 5
DRIFT_DEVIATIONS = 2.0


def nearest_cosine(gallery: FloatArray, embedding: FloatArray) -> float:
    """Cosine of an embedding (D,) to the nearest of a gallery (N, D), all unit vectors, N >= 1."""
    return float((gallery @ embedding).max())


def mean_cosine(gallery: FloatArray, embedding: FloatArray) -> float:
    """Cosine of an embedding (D,) to the mean of a gallery (N, D), all unit vectors, N >= 1."""
    mean = gallery.sum(axis=0)
    return float(mean @ embedding / max(float(np.linalg.norm(mean)), 1e-12))


Rule = Callable[[FloatArray, FloatArray], float]
RULES: Mapping[str, Rule] = MappingProxyType({"nearest": nearest_cosine, "mean": mean_cosine})


def nearest_speaker(
    galleries: Sequence[FloatArray], embedding: FloatArray, rule: Rule
) -> tuple[int, float]:
    """Index of the gallery that an embedding (D,) scores highest against, and that score.

    Raises:
        ValueError: there is no gallery.
    """
    if not galleries:
        raise ValueError("galleries: expected at least one")
    scores = [rule(gallery, embedding) for gallery in galleries]
    best = int(np.argmax(scores))
    return best, scores[best]


def has_drifted(gallery: FloatArray, accepted: FloatArray, rule: Rule) -> bool:
    """Whether a gallery no longer represents its speaker.

    It does not when the newest accepted attempts score on average two standard deviations below
    what the gallery's own takes score against the rest of it.

    Args:
        gallery: (N, D), oldest first.
        accepted: (M, D) embeddings of surely accepted attempts, oldest first.
        rule: one of `RULES`.

    Returns:
        False while there are fewer than three takes or five attempts to judge from.
    """
    if len(gallery) < 3 or len(accepted) < DRIFT_ATTEMPTS:
        return False
    own = [rule(np.delete(gallery, i, axis=0), take) for i, take in enumerate(gallery)]
    recent = [rule(gallery, attempt) for attempt in accepted[-DRIFT_ATTEMPTS:]]
    return bool(np.mean(recent) < np.mean(own) - DRIFT_DEVIATIONS * np.std(own))


def reregistered(gallery: FloatArray, accepted: FloatArray, rule: Rule) -> FloatArray:
    """(N, D) the gallery, or, where it has drifted, with the newest attempt for its oldest take.

    One take a call: an impostor who was accepted once moves a gallery by one N-th at most.
    """
    if not has_drifted(gallery, accepted, rule):
        return gallery
    return np.concatenate([gallery[1:], accepted[-1:]])
