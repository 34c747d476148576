"""A verifier as a classifier: whose voice of N is it, and is it any of them?"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from sklearn.metrics import confusion_matrix, f1_score

from cepstra.evaluation.identification import attempts_of
from cepstra.evaluation.recordings import FeatureCache
from cepstra.evaluation.runner import Experiment, model_of
from cepstra.evaluation.system import System
from cepstra.gmm.operating_point import share_interval
from cepstra.jobs.engine import Advance

Array = NDArray[np.float64]
DRAWS = 20


@dataclass(frozen=True)
class Classification:
    """A attempts of N enrolled speakers, each scored against all N.

    Attributes:
        speakers: names of the N.
        own: (A,) index of who speaks.
        scores: (A, N), higher is more alike.
    """

    speakers: Sequence[str]
    own: NDArray[np.intp]
    scores: Array

    @property
    def predicted(self) -> NDArray[np.intp]:
        """(A,) index of the speaker with the highest score."""
        return self.scores.argmax(axis=1)

    @property
    def accuracy(self) -> float:
        """Share, 0 to 1, of attempts given to who speaks."""
        return float(np.mean(self.predicted == self.own))

    @property
    def accuracy_ci(self) -> tuple[float, float]:
        """95% interval of the accuracy, of attempts taken for independent."""
        return share_interval(int(np.sum(self.predicted == self.own)), len(self.own))

    @property
    def macro_f1(self) -> float:
        """F1 of each speaker, every speaker counting the same."""
        labels = np.arange(len(self.speakers))
        return float(f1_score(self.own, self.predicted, labels=labels, average="macro"))

    @property
    def confusion(self) -> NDArray[np.int64]:
        """(N, N) attempts by who speaks (rows) and whom they were given to (columns)."""
        labels = np.arange(len(self.speakers))
        return confusion_matrix(self.own, self.predicted, labels=labels)


@dataclass(frozen=True)
class OpenSet:
    """What happens where some of the voices are unknown; means over several draws of who is.

    Attributes:
        rejected: share, 0 to 1, of the unknowns' attempts given to nobody.
        identified: share of the enrolled speakers' own attempts given to them.
    """

    rejected: float
    identified: float


def classify(
    system: System, experiment: Experiment, cache: FeatureCache, on_attempt: Advance
) -> Classification:
    """Enrol everybody of a protocol and score each target attempt against all of them.

    Raises:
        AudioError: a recording is broken or shorter than a frame.
        ProtocolError: a speaker's recordings are not enough to enrol.
    """
    attempts = attempts_of(experiment.trials)
    used = {name: experiment.test_paths[name] for _, files in attempts for name in files}
    enrolling, tested = (
        cache.takes(paths, system.definition, of_sound=system.of_sound)
        for paths in (experiment.enrol_paths, used)
    )
    speakers = list(experiment.enrolment)
    enrolments = ((s, [enrolling[n] for n in files]) for s, files in experiment.enrolment.items())
    models = [model_of(enrolment, system) for enrolment in enrolments]
    index = {speaker: column for column, speaker in enumerate(speakers)}
    scores = np.empty((len(attempts), len(speakers)))
    for row, (_, files) in enumerate(attempts):
        scores[row] = system.scores(models, [tested[name] for name in files])
        on_attempt(1)
    return Classification(speakers, np.array([index[who] for who, _ in attempts]), scores)


def with_unknown(
    found: Classification, threshold: Callable[[int], float | None], n_unknown: int
) -> OpenSet | None:
    """Let some of the speakers be unknown, other ones in each of 20 draws.

    Args:
        found: everybody against everybody.
        threshold: of the system, for a number of enrolled speakers.
        n_unknown: how many are unknown.

    Returns:
        None where fewer than two would stay enrolled or the system knows no threshold.
    """
    n_enrolled = len(found.speakers) - n_unknown
    least = threshold(n_enrolled) if n_enrolled >= 2 else None
    if least is None:
        return None
    rng = np.random.default_rng(0)
    shares = [
        _draw(found, least, rng.permutation(len(found.speakers)), n_unknown) for _ in range(DRAWS)
    ]
    rejected, identified = np.mean(shares, axis=0)
    return OpenSet(float(rejected), float(identified))


def _draw(
    found: Classification, threshold: float, order: NDArray[np.intp], n_unknown: int
) -> tuple[float, float]:
    """Shares of unknowns rejected and of enrolled identified, the first of the order unknown."""
    unknown, enrolled = order[:n_unknown], order[n_unknown:]
    scores = found.scores[:, enrolled]
    best, is_match = enrolled[scores.argmax(axis=1)], scores.max(axis=1) >= threshold
    is_unknown = np.isin(found.own, unknown)
    identified = is_match & (best == found.own)
    return float(np.mean(~is_match[is_unknown])), float(np.mean(identified[~is_unknown]))
