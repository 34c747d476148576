"""The classic system: a mixture per speaker, a threshold from reference takes."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from cepstra.gmm.classic_mixture import Mixture, fit, log_likelihoods
from cepstra.store.arrays import Arrays
from cepstra.store.takes import NewTake, Take
from cepstra.verification.decision import UNCALIBRATED
from cepstra.verification.frame_scores import describe_reference
from cepstra.verification.message import Message
from cepstra.verification.verifier import Built, Scored

Frames = NDArray[np.float64]

MOST_FITTED_FRAMES = 4000  # sixty takes of a word; more frames of 40 coefficients take seconds


class ClassicVerifier:
    """Serves any front end; every new take means fitting anew."""

    name = "classic"

    def at(self, threshold: float | None, offset: float = 0.0) -> ClassicVerifier:
        """Return itself: it decides nothing."""
        return self

    def build(self, takes: Sequence[Take]) -> Built:
        """Fit the speaker's mixture and set the threshold."""
        training, reference = split(takes)
        mixture = fit(thinned(without_c0(np.vstack([take.frames for take in training]))))
        scores = [log_likelihoods(mixture, without_c0(take.frames)) for take in reference]
        n_frames = sum(len(take.frames) for take in training)
        summary = {"train_data_length": n_frames, **describe_reference(scores)}
        return Built(summary, vars(mixture))

    def accumulate(self, take: NewTake | Take) -> None:
        """Leave the take as it is."""

    def sums(self, accumulated: None) -> Arrays:
        """Keep nothing."""
        return {}

    def extend(self, model: Built | None, added: None, evicted: Sequence[Take]) -> None:
        """Ask for a new fit."""

    def voiceprint(self, arrays: Arrays) -> None:
        """Give none: searching would need a calibrated ratio too."""

    def reference_scores(self, arrays: Arrays) -> Sequence[NDArray[np.float32]]:
        """Give none: a model keeps what they come to together."""
        return ()

    def prepare(self, arrays: Arrays) -> Mixture:
        """Return the mixture."""
        return Mixture(**arrays)

    def score(self, prepared: Mixture, attempt: Sequence[Message]) -> Scored:
        """Return log-likelihoods and no decision: they alone cannot say how sure they are."""
        return Scored(self.frame_scores(prepared, attempt), UNCALIBRATED)

    def frame_scores(self, prepared: Mixture, attempt: Sequence[Message]) -> Frames:
        """Return the (T,) log-likelihoods alone."""
        frames = without_c0(np.vstack([message.frames for message in attempt]))
        return log_likelihoods(prepared, frames)


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


def thinned(frames: Frames) -> Frames:
    """Return at most MOST_FITTED_FRAMES of the frames (T, D), evenly spread, so that fits end."""
    if len(frames) <= MOST_FITTED_FRAMES:
        return frames
    kept: Frames = frames[np.linspace(0, len(frames) - 1, MOST_FITTED_FRAMES).astype(int)]
    return kept
