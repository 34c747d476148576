"""The classic system: a mixture per speaker, a threshold from reference takes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gmm.em import Mixture, fit, log_likelihoods
from store.arrays import Arrays
from store.takes import Take
from verification.frame_scores import FrameScores, count_above, percent

Frames = NDArray[np.float64]


def build(takes: Sequence[Take]) -> tuple[dict[str, Any], Arrays]:
    """Fit the speaker's mixture and set the threshold.

    Args:
        takes: all takes of the speaker, at least one of them in the role "train".

    Returns:
        A summary for the replies (`reference` is None while there is no reference speech)
        and the mixture's arrays.
    """
    training, reference = split(takes)
    mixture = fit(without_c0(np.vstack([take.frames for take in training])))
    summary: dict[str, Any] = {
        "train_data_length": sum(len(take.frames) for take in training),
        "test_data_length": sum(len(take.frames) for take in reference),
        "reference": None,
        "result_reference": None,
    }
    if reference:
        scores = log_likelihoods(mixture, without_c0(np.vstack([t.frames for t in reference])))
        statistics = FrameScores.of(scores)
        above = count_above(scores, statistics.threshold)
        summary["reference"] = asdict(statistics)
        summary["result_reference"] = percent(above, len(scores))
    return summary, vars(mixture)


def frame_scores(arrays: Mapping[str, NDArray[Any]], frames: Frames) -> Frames:
    """Return the log-likelihood (T,) of each frame (T, D) under the mixture `build` made."""
    return log_likelihoods(Mixture(**arrays), without_c0(frames))


def split(takes: Sequence[Take]) -> tuple[list[Take], list[Take]]:
    """Return training and reference takes.

    Reference speech is what came to /test; where none did, every second take of a digit.
    """
    training = [take for take in takes if take.role == "train"]
    reference = [take for take in takes if take.role == "reference"]
    if reference:
        return training, reference
    even = [take for take in training if take.ordinal % 2 == 0]
    odd = [take for take in training if take.ordinal % 2 == 1]
    return (even, odd) if even else (odd, [])


def without_c0(frames: Frames) -> Frames:
    """Leave out the first cepstrum, which carries loudness, not voice."""
    return frames[:, 1:]
