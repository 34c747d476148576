"""Enrol the models of a protocol and score its trials with one system."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from cepstra.evaluation.protocol import ProtocolError, Trial, locate, read_enrolment, read_trials
from cepstra.evaluation.recordings import FeatureCache
from cepstra.evaluation.systems import System
from cepstra.evaluation.takes import RecordedTake

Progress = Callable[[int], None]


@dataclass(frozen=True)
class Experiment:
    """A protocol with the recordings of both sides found.

    Attributes:
        enrolment: speaker -> files.
        trials: the attempts.
        enrol_paths: file -> recording for enrolment.
        test_paths: file -> recording for the attempts, perhaps from another device.
    """

    enrolment: Mapping[str, tuple[str, ...]]
    trials: Sequence[Trial]
    enrol_paths: Mapping[str, Path]
    test_paths: Mapping[str, Path]

    def enrolled_with(self, n_files: int) -> Experiment:
        """Return the same with the first files of each speaker's enrolment only."""
        return replace(
            self, enrolment={name: files[:n_files] for name, files in self.enrolment.items()}
        )

    @property
    def recordings(self) -> list[Path]:
        """Every sound file, each once."""
        return list(dict.fromkeys([*self.enrol_paths.values(), *self.test_paths.values()]))


@dataclass(frozen=True)
class TrialScores:
    """What one system said to every trial.

    Attributes:
        scores: (n_trials,).
        is_target: (n_trials,) true where the model's own speaker speaks.
        models: (n_trials,) the claimed speaker.
        thresholds: (n_trials,) the least score that the shipped policy accepts; NaN: there is none.
        scores_are_llrs: whether the scores are natural log-likelihood ratios.
    """

    scores: NDArray[np.float64]
    is_target: NDArray[np.bool_]
    models: NDArray[np.str_]
    thresholds: NDArray[np.float64]
    scores_are_llrs: bool

    @property
    def targets(self) -> NDArray[np.float64]:
        """(n_targets,) scores of the models' own speakers."""
        return self.scores[self.is_target]

    @property
    def impostors(self) -> NDArray[np.float64]:
        """(n_impostors,) scores of everybody else."""
        return self.scores[~self.is_target]

    @property
    def threshold(self) -> float | None:
        """The median of the thresholds; None for a system that has none."""
        median = float(np.median(self.thresholds))
        return None if np.isnan(median) else median


def load_experiment(enrol: Path, trials: Path, audio: Path, test_audio: Path) -> Experiment:
    """Read both lists and find their recordings.

    Raises:
        ProtocolError: naming what is wrong or missing.
    """
    enrolment = read_enrolment(enrol)
    attempts = read_trials(trials, enrolment)
    return Experiment(
        enrolment,
        attempts,
        locate(_files(enrolment.values()), audio),
        locate(_files(trial.files for trial in attempts), test_audio),
    )


def score_trials(
    system: System,
    experiment: Experiment,
    cache: FeatureCache,
    on_recording: Progress | None = None,
    on_trial: Progress | None = None,
) -> TrialScores:
    """Compute what features are missing, enrol every model and score every trial.

    Args:
        system: the verifier.
        experiment: what to run.
        cache: features already known; the new ones are added.
        on_recording: called with the number of recordings done since the last call.
        on_trial: the same for trials.

    Raises:
        AudioError: a recording is broken or shorter than a frame.
        ProtocolError: a speaker's recordings are not enough to enrol.
    """
    wanted = system.definition, on_recording, system.of_sound
    takes = (cache.takes(p, *wanted) for p in (experiment.enrol_paths, experiment.test_paths))
    by_model: dict[str, list[int]] = {speaker: [] for speaker in experiment.enrolment}
    for index, trial in enumerate(experiment.trials):
        by_model[trial.model].append(index)
    scores, thresholds = np.empty((2, len(experiment.trials)))
    scored = cache.engine.map(_scores, _parts(experiment, by_model, *takes), system)
    for indices, of_model in zip(by_model.values(), scored, strict=True):
        scores[indices], thresholds[indices] = np.transpose(of_model) if of_model else ((), ())
        if on_trial:
            on_trial(len(indices))
    return TrialScores(
        scores,
        np.array([trial.is_target for trial in experiment.trials]),
        np.array([trial.model for trial in experiment.trials]),
        thresholds,
        system.scores_are_llrs,
    )


@dataclass(frozen=True)
class _ModelTrials:
    """One speaker's enrolment, and the takes of every attempt that claims to be that speaker."""

    speaker: str
    enrolment: list[RecordedTake]
    attempts: list[list[RecordedTake]]


def _parts(
    experiment: Experiment,
    by_model: Mapping[str, Sequence[int]],
    enrol_takes: Mapping[str, RecordedTake],
    test_takes: Mapping[str, RecordedTake],
) -> Iterator[_ModelTrials]:
    for speaker, indices in by_model.items():
        yield _ModelTrials(
            speaker,
            [enrol_takes[name] for name in experiment.enrolment[speaker]],
            [[test_takes[name] for name in experiment.trials[i].files] for i in indices],
        )


def _scores(trials: _ModelTrials, system: System) -> list[tuple[float, float]]:
    try:
        model = system.enrol(trials.enrolment)
    except ValueError as error:
        raise ProtocolError(f"speaker {trials.speaker!r} cannot be enrolled: {error}") from error
    return [system.score(model, takes) for takes in trials.attempts]


def _files(groups: Iterable[tuple[str, ...]]) -> Iterable[str]:
    return (name for group in groups for name in group)
