"""The report of an evaluation as a folder: page, figures, pictures, lists to run it again."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from cepstra.evaluation import plots
from cepstra.evaluation.planned_trials import Plan
from cepstra.evaluation.protocol import write_enrolment, write_trials
from cepstra.evaluation.report import markdown_table
from cepstra.evaluation.runner import Experiment, TrialScores
from cepstra.evaluation.summary import Summary, summarise
from cepstra.whole_files import write_whole

ENROL, TRIALS, FIGURES, PAGE = "enrol.csv", "trials.csv", "figures.json", "report.md"
FEW_SPEAKERS, FEW_OWN = 20, 100

LEGEND = """
*EER*: where as many impostors are accepted as own attempts refused, at a threshold that this very
data chose; in brackets a 95% interval over speakers. *FAR* and *FRR*: impostors accepted and own
attempts refused at the shipped threshold, which is what a service does; their interval is one over
attempts where that is wider, as where no error was seen. *Cllr*: cost of the log-likelihood ratios
in bits, 1 for a verifier that knows nothing; *min Cllr*: what is left of it after the best
calibration. *minDCF*: least cost where one attempt in a hundred is the own one.
"""


@dataclass(frozen=True)
class Origin:
    """What was evaluated.

    Attributes:
        source: folder or list.
        plan: the lists that were made; None where they were given.
        passed_over: recordings that were not used, and why, a line each.
        again: the command that gives the same figures.
    """

    source: Path
    plan: Plan | None
    passed_over: Sequence[str]
    again: str


def write_lists(plan: Plan, folder: Path) -> tuple[Path, Path]:
    """Write both lists and return their paths."""
    paths = folder / ENROL, folder / TRIALS
    write_enrolment(paths[0], plan.enrolment)
    write_trials(paths[1], plan.trials)
    return paths


def write_report(
    results: Mapping[str, TrialScores], experiment: Experiment, origin: Origin, folder: Path
) -> dict[str, Summary]:
    """Write page, figures and pictures, and return the figures.

    Args:
        results: of each system.
        experiment: that was run.
        origin: what it was made of.
        folder: made where it is missing; what is there of an earlier run is replaced.
    """
    summaries = {name: summarise(result) for name, result in results.items()}
    written = json.dumps({"systems": summaries}, indent=2) + "\n"
    write_whole(folder / FIGURES, written)
    plots.save(plots.det_figure({"Detection error trade-off": results}), folder / "det.png")
    for name, result in results.items():
        plots.save(plots.histogram_figure(name, result), folder / f"scores-{name}.png")
    page = "\n".join(_page(summaries, experiment, origin))
    write_whole(folder / PAGE, page.encode("utf-8", "backslashreplace"))
    return summaries


def _page(summaries: Mapping[str, Summary], experiment: Experiment, origin: Origin) -> list[str]:
    return [
        f"# How well voices are told apart: {origin.source.resolve().name}\n",
        *material(experiment, origin.plan),
        "",
        markdown_table(summaries),
        LEGEND,
        "![Detection error trade-off](det.png)",
        *(f"![Scores of {name}](scores-{name}.png)" for name in summaries),
        *run_again(origin),
    ]


def run_again(origin: Origin) -> list[str]:
    """Return the end of a report: the command, and what was not used."""
    command = ["\n## Run it again\n", f"```sh\n{origin.again}\n```\n"]
    return [*command, *_not_used(origin.passed_over)]


FEW = f"""**So few tell little**: {FEW_SPEAKERS} speakers and {FEW_OWN} own attempts are a
beginning. Mind the intervals; an EER of 0 has one of 0 to 0, which tells nothing."""
APART = "Own attempts are of other sessions than the enrolment."
PARTLY_APART = """{0} of {1} enrolled in another session than they attempt; the others are
flattered by theirs."""
TOGETHER = """**Enrolment and own attempts are of one session**, as far as folders and dates
tell: on another day or device more of them are refused."""
IMPOSTORS = "{0} more have too little speech to enrol and attempt and were impostors only."


def material(experiment: Experiment, plan: Plan | None) -> list[str]:
    """Return what was evaluated, and what that is too little for, a paragraph each."""
    own = sum(trial.is_target for trial in experiment.trials)
    n_models, n_others = len(experiment.enrolment), len(experiment.trials) - own
    lines = [f"{n_models} speakers enrolled, {own} attempts of their own, {n_others} of others."]
    if plan:
        lines.append(sessions(plan, n_models))
    if plan and plan.impostors_only:
        lines.append(IMPOSTORS.format(len(plan.impostors_only)))
    if n_models < FEW_SPEAKERS or own < FEW_OWN:
        lines.append(FEW)
    return lines


def sessions(plan: Plan, n_models: int) -> str:
    """Return how many of the speakers attempt in another session than they enrolled in."""
    n_apart = len(plan.apart)
    text = APART if n_apart == n_models else PARTLY_APART if n_apart else TOGETHER
    return text.format(n_apart, n_models)


def _not_used(passed_over: Sequence[str]) -> list[str]:
    if not passed_over:
        return []
    return [f"## Not used: {len(passed_over)}\n", *(f"- {line}" for line in passed_over), ""]
