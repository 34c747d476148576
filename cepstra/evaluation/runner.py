"""Enrol the models of a protocol and score its trials."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import chain
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cepstra.evaluation.protocol import ProtocolError, Trial, locate, read_enrolment, read_trials
from cepstra.evaluation.recordings import FeatureCache
from cepstra.evaluation.system import RecordedTake, System
from cepstra.jobs.engine import Advance, unwatched


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

    def enrolled_with(self, amounts: Sequence[int]) -> Experiment:
        """Return the trials once for each amount: so many first files are each speaker's enrolment.

        A model is named by speaker and amount.
        """
        speakers, named = self.enrolment.items(), "{}, {}".format
        enrolment = {named(name, n): files[:n] for n in amounts for name, files in speakers}
        trials = [replace(t, model=named(t.model, n)) for n in amounts for t in self.trials]
        return replace(self, enrolment=enrolment, trials=trials)

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

    def in_parts(self, n_parts: int) -> list[TrialScores]:
        """Return what it said to each of so many parts of the trials, all of one length."""
        columns = self.scores, self.is_target, self.models, self.thresholds
        parts = zip(*(np.split(column, n_parts) for column in columns), strict=True)
        return [
            TrialScores(scores, is_target, models, thresholds, self.scores_are_llrs)
            for scores, is_target, models, thresholds in parts
        ]

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
        locate(chain.from_iterable(enrolment.values()), audio),
        locate(chain.from_iterable(trial.files for trial in attempts), test_audio),
    )


def score_trials(
    systems: Sequence[System],
    experiment: Experiment,
    cache: FeatureCache,
    on_recording: Advance = unwatched,
    on_trial: Advance = unwatched,
) -> list[TrialScores]:
    """Compute missing features, enrol every model and score the trials, attempt by attempt.

    Args:
        systems: one or more that judge the same raw scores, which the first one computes.
        experiment: what to run.
        cache: features already known; the new ones are added.
        on_recording: called with the number of recordings done since the last call.
        on_trial: the same for trials.

    Raises:
        AudioError: a recording is broken or shorter than a frame.
        ProtocolError: a speaker's recordings are not enough to enrol.
    """
    raw = _raw_scores(systems[0], experiment, cache, on_recording, on_trial)
    is_target = np.array([trial.is_target for trial in experiment.trials])
    models = np.array([trial.model for trial in experiment.trials])
    results = []
    for system in systems:
        scores, thresholds = system.judged(raw)
        results.append(TrialScores(scores, is_target, models, thresholds, system.scores_are_llrs))
    return results


def _raw_scores(
    system: System,
    experiment: Experiment,
    cache: FeatureCache,
    on_recording: Advance,
    on_trial: Advance,
) -> NDArray[Any]:
    """What the system computes of each trial, (n_trials, ...)."""
    wanted = system.definition, on_recording, system.of_sound
    paths = experiment.enrol_paths, experiment.test_paths
    enrol_takes, test_takes = (cache.takes(p, *wanted) for p in paths)
    trials, enrolment = experiment.trials, experiment.enrolment
    enrolments = ((who, [enrol_takes[name] for name in files]) for who, files in enrolment.items())
    models = dict(zip(enrolment, cache.engine.map(model_of, enrolments, system), strict=True))
    by_attempt = _by_attempt(trials)
    attempts = _attempts(trials, by_attempt, test_takes)
    scored = cache.engine.map(_of_attempt, attempts, system, models)
    raw: dict[int, Any] = {}
    for indices, of_attempt in zip(by_attempt.values(), scored, strict=True):
        raw.update(zip(indices, of_attempt, strict=True))
        on_trial(len(indices))
    return np.array([raw[index] for index in range(len(trials))])


def _by_attempt(trials: Sequence[Trial]) -> dict[tuple[str, ...], list[int]]:
    indices: dict[tuple[str, ...], list[int]] = {}
    for index, trial in enumerate(trials):
        indices.setdefault(trial.files, []).append(index)
    return indices


def _attempts(
    trials: Sequence[Trial],
    by_attempt: Mapping[tuple[str, ...], Sequence[int]],
    takes: Mapping[str, RecordedTake],
) -> Iterator[tuple[list[RecordedTake], list[str]]]:
    """Yield the takes of each attempt, and whom it claims to be."""
    for files, indices in by_attempt.items():
        yield [takes[name] for name in files], [trials[index].model for index in indices]


def model_of(enrolment: tuple[str, Sequence[RecordedTake]], system: System) -> Any:
    """Return a system's model of a speaker and their takes.

    Raises:
        ProtocolError: they are not enough.
    """
    speaker, takes = enrolment
    try:
        return system.enrol(takes)
    except ValueError as error:
        raise ProtocolError(f"speaker {speaker!r} cannot be enrolled: {error}") from error


def _of_attempt(
    attempt: tuple[Sequence[RecordedTake], Sequence[str]],
    system: System,
    models: Mapping[str, Any],
) -> NDArray[Any]:
    takes, claimed = attempt
    return system.raw_scores([models[name] for name in claimed], takes)
