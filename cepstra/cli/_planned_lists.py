"""The lists of an evaluation: given, or made of any recordings."""

from __future__ import annotations

import shlex
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import click
from rich.progress import Progress

from cepstra.cli._options import (
    FILE,
    FOLDER,
    NEW_FOLDER,
    SEED,
    Decorator,
    FiniteRange,
    gathered,
)
from cepstra.cli._progress import bar
from cepstra.cli._speaker_sessions import FIRST_FAULTS, source_of
from cepstra.evaluation.folder_report import Origin, write_lists
from cepstra.evaluation.planned_trials import Amounts, Plan, copies_in, plan, speech_of
from cepstra.evaluation.protocol import ProtocolError
from cepstra.evaluation.recordings import FeatureCache
from cepstra.evaluation.runner import Experiment, load_experiment
from cepstra.frontend import page_definition
from cepstra.frontend.margins import own_frames
from cepstra.gmm.speech import speech_mask


@dataclass(frozen=True)
class Lists:
    """A protocol of one's own.

    Attributes:
        enrol: list of enrolments; None to make both.
        trials: list of trials.
        test_audio: folder of the attempts' recordings, if another.
    """

    enrol: Path | None
    trials: Path | None
    test_audio: Path | None

    @property
    def are_given(self) -> bool:
        """Whether both lists are there.

        Raises:
            click.UsageError: one is.
        """
        if (self.enrol is None) != (self.trials is None) or (self.test_audio and not self.enrol):
            raise click.UsageError("expected --enrol and --trials, or neither, got some of them")
        return self.enrol is not None


list_options = gathered(
    "lists",
    Lists,
    click.option("--enrol", type=FILE, help="Enrolment list: speaker,files.  [default: made]"),
    click.option("--trials", type=FILE, help="Trials: model,speaker,target,files."),
    click.option("--test-audio", type=FOLDER, help="Recordings of the attempts, if elsewhere."),
)


def _amount(name: str, default: float, kind: Any, meaning: str) -> Decorator:
    return click.option(name, default=default, type=kind, help=meaning)


amount_options = gathered(
    "amounts",
    Amounts,
    _amount("--enrol-s", 20.0, FiniteRange(1.0), "Speech that enrols, in seconds, at most."),
    _amount("--attempt-s", 2.0, FiniteRange(0.6), "Speech of an attempt, at least."),
    _amount("--own", 15, click.IntRange(1), "Own attempts a speaker, at most."),
    _amount("--others", 60, click.IntRange(1), "Others' trials against each, at most."),
    _amount("--seed", 1, SEED, "Of what is drawn."),
)


@dataclass(frozen=True)
class Asked:
    """What a command was asked to evaluate.

    Attributes:
        source: folder or CSV.
        lists: the lists, if given.
        amounts: for lists that are made.
        out: folder of the report.
    """

    source: Path
    lists: Lists
    amounts: Amounts
    out: Path


def asked_options(default_out: str) -> Decorator:
    """Add source, lists, amounts and --out; the command gets them as `asked`."""
    return gathered(
        "asked",
        Asked,
        click.argument("source", type=click.Path(path_type=Path, exists=True)),
        list_options,
        amount_options,
        click.option(
            "--out",
            default=Path(default_out),
            type=NEW_FOLDER,
            help="Folder for report, figures, pictures and lists.",
        ),
    )


def prepared(
    asked: Asked, options: Sequence[str], cache: FeatureCache, progress: Progress
) -> tuple[Origin, Experiment]:
    """Read the lists, or hear everything and make them.

    Args:
        asked: the question.
        options: more of the command line, for the command that the report repeats.
        cache: hears the recordings.
        progress: gets a bar.

    Raises:
        ProtocolError: a list is wrong, or none can be made.
    """
    source, lists, out = asked.source, asked.lists, asked.out
    root = source if source.is_dir() else source.parent
    made: Plan | None = None
    passed_over: list[str] = []
    enrol, trials = lists.enrol, lists.trials
    if not lists.are_given:
        made, passed_over = _planned(source, asked.amounts, cache, progress)
        enrol, trials = write_lists(made, out)
    assert enrol and trials
    command = click.get_current_context().info_name
    words = ["cepstra", command, root, "--enrol", enrol, "--trials", trials, "--out", out]
    again = shlex.join(map(str, [*words, *options]))
    experiment = load_experiment(enrol, trials, root, lists.test_audio or root)
    return Origin(source, made, passed_over, again), experiment


def _planned(
    source: Path, amounts: Amounts, cache: FeatureCache, progress: Progress
) -> tuple[Plan, list[str]]:
    found, definition = source_of(source), page_definition()
    paths = {spoken.file: found.root / spoken.file for spoken in found.recordings}
    listening = bar(progress, "recordings", len(set(paths.values())))
    faults = [str(error) for error in cache.hear(paths.values(), definition, listening)]
    sounds = {
        file: features.mfcc
        for file, path in paths.items()
        if (features := cache.features(path, definition))
    }
    own = own_frames(definition)
    masks = {file: speech_mask(mfcc)[own] for file, mfcc in sounds.items()}
    silent = [f"{paths[file]}: nobody speaks in it" for file in masks if not masks[file].any()]
    copies = copies_in({file: mfcc for file, mfcc in sounds.items() if masks[file].any()})
    faults += [f"{paths[a]}: is the same recording as {paths[b]}" for a, b in copies.items()]
    heard = [s for s in found.recordings if s.file in masks and s.file not in copies]
    recordings = speech_of(heard, masks, amounts, definition.frames_per_second)
    passed_over = [*found.passed_over, *faults, *silent]
    try:
        return plan(recordings, amounts), passed_over
    except ProtocolError as error:
        told = "\n".join([str(error), *passed_over[:FIRST_FAULTS]])
        raise ProtocolError(told) from error
