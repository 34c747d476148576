"""What an evaluation needs of a verifier, and the takes that it gives to it."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cepstra.frontend import Features, FrontEndDefinition

OfSound = Callable[[NDArray[np.float64], FrontEndDefinition], NDArray[Any]]
Judged = tuple[NDArray[np.float64], NDArray[np.float64]]  # (M,) scores, (M,) thresholds


@dataclass(frozen=True)
class RecordedTake:
    """One recording as the service receives it.

    Attributes:
        features: T frames, rounded as a message carries them.
        digit: the digit said, when known.
        of_sound: what the system asked for of the sound itself, as predictor coefficients.
    """

    features: Features
    digit: int | None
    of_sound: NDArray[Any] | None = None


class System(ABC):
    """A verifier; unless it says otherwise, one whose score tells nothing of rates.

    Attributes:
        definition: the front end that makes its features.
        threshold: the least score that is accepted; NaN: none is known.
        scores_are_llrs: whether a score is a natural log-likelihood ratio; Cllr is left out
            where it is not.
        of_sound: what it needs of the sound of a take beside its features, if anything.
    """

    definition: FrontEndDefinition
    threshold: float = np.nan
    scores_are_llrs: bool = False
    of_sound: OfSound | None = None

    @abstractmethod
    def enrol(self, takes: Sequence[RecordedTake]) -> Any:
        """Make a speaker's model from enrolment takes in the order spoken.

        Raises:
            ValueError: they are not enough.
        """

    @abstractmethod
    def scores(self, models: Sequence[Any], takes: Sequence[RecordedTake]) -> NDArray[np.float64]:
        """Return the (M,) scores of the takes of one attempt together against M models."""

    def raw_scores(self, models: Sequence[Any], takes: Sequence[RecordedTake]) -> NDArray[Any]:
        """Return what `judged` takes of an attempt against M models, a row each; most of the work.

        Here the scores themselves.
        """
        return self.scores(models, takes)

    def judged(self, raw: NDArray[Any]) -> Judged:
        """Return the scores that raw ones stand for, with the least ones accepted."""
        return raw, np.full(len(raw), self.threshold)

    def scores_and_thresholds(self, models: Sequence[Any], takes: Sequence[RecordedTake]) -> Judged:
        """Return the scores of an attempt with the least ones accepted."""
        return self.judged(self.raw_scores(models, takes))

    def open_set_threshold(self, n_speakers: int) -> float | None:
        """Return the score that strangers reach at the target rate against any of N speakers."""
        return None
