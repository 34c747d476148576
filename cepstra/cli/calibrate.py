"""`calibrate`: the threshold that one's own voices ask for, adopted or taken back."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import click
from rich.table import Table

from cepstra.cli._options import FiniteRange, gathered
from cepstra.cli._progress import bars
from cepstra.cli._target import ClientSession, client_command
from cepstra.client.replies import Calibration, Estimate, InForce, Judged, OperatingPoint
from cepstra.exit_status import Exit


@dataclass(frozen=True)
class Wanted:
    """What to try, and what to do about it."""

    rate: float | None
    digits: int | None
    speakers: int
    apply: bool
    undo: bool


@click.command("calibrate")
@gathered(
    "wanted",
    Wanted,
    click.option(
        "--rate",
        type=FiniteRange(0.0001, 0.5),
        help="False accepts wanted.  [default: TARGET_FALSE_ACCEPT_RATE]",
    ),
    click.option(
        "--digits",
        type=click.IntRange(1, 6),
        help="Takes an attempt.  [default: as many as a challenge has digits]",
    ),
    click.option(
        "--speakers",
        default=100,
        type=click.IntRange(2, 200),
        help="Those enrolled last that take part at most.",
    ),
    click.option("--apply", is_flag=True, help="Adopt the threshold, unless it is refused."),
    click.option("--undo", is_flag=True, help="Take back the threshold that was adopted last."),
)
@client_command
def command(session: ClientSession, wanted: Wanted) -> Exit:
    """Name the threshold for a rate of false accepts among those who are enrolled.

    Takes that are kept are left out in turn and tried on the models of all; nothing is recorded,
    and nothing changes without --apply. Exit status 3: no threshold could be named.
    """
    if wanted.undo:
        if wanted.apply:
            raise click.UsageError("expected one of --apply and --undo, got both")
        _tell_threshold(session, session.client.undo_threshold())
        return Exit.OK
    with bars() as progress:
        task = progress.add_task("speakers", total=None)

        def show(found: Calibration) -> None:
            n_tried = found["n_speakers"]
            progress.update(task, completed=n_tried, total=n_tried + found["n_waiting"])

        found = session.client.calibration(wanted.rate, wanted.digits, wanted.speakers, show)
    named = found["named"]
    adopted: InForce | None = None
    if wanted.apply and named["refusal"] is None:
        adopted = session.client.adopt_threshold(named["threshold"]["value"])
    result: dict[str, Any] = {**found, "in_force": adopted or found["in_force"]}
    session.answer.give(result, _tried(found), _rates(found), *_sentences(found))
    if adopted and not session.answer.as_json:
        _tell_threshold(session, adopted)
    return Exit.OK if named["refusal"] is None else Exit.INCONCLUSIVE


def _tell_threshold(session: ClientSession, now: InForce) -> None:
    is_shipped = now["adopted_at"] is None
    kind = "shipped one" if is_shipped else f"shipped one is {now['shipped_threshold']:.2f}"
    session.answer.give(now, f"in force: threshold {now['threshold']:.2f} ({kind})")


def _tried(found: Calibration) -> str:
    """Return what was tried on what."""
    lines = [
        f"{found['n_speakers']} speakers, {len(found['own'])} own attempts of "
        f"{'one take' if found['digits'] == 1 else str(found['digits']) + ' takes'}, "
        f"{len(found['others'])} of others"
    ]
    if found["n_left_out"]:
        lines.append(
            f"{found['n_left_out']} more are enrolled, with too few takes or too little speech in "
            "them, before these, or without a model of this version (cepstra upgrade-models)"
        )
    if found["n_apart"] < found["n_speakers"]:
        n_same = found["n_speakers"] - found["n_apart"]
        lines.append(
            f"{n_same} of the speakers attempted in the sitting that they were enrolled in: "
            "their own scores are higher than they would be on another day"
        )
    return "\n".join(lines)


def _rates(found: Calibration) -> Table:
    """Return a table of thresholds that 80 columns hold."""
    table = Table("", "threshold", "others accepted", "own rejected")
    for column in table.columns:
        column.no_wrap = True
    now, half = found["now"], found["other_half"]
    table.add_row("in force", f"{now['threshold']:.2f}", *_errors(now))
    for point in sorted(_points(found), key=lambda each: -each["false_accept_rate"]):
        threshold = point["threshold"]
        interval = f"{threshold['value']:.2f} ({threshold['low']:.2f} to {threshold['high']:.2f})"
        mark = "" if point["refusal"] is None else " *"
        table.add_row(_percent(point["false_accept_rate"]) + mark, interval, *_errors(point))
    if half:
        table.add_row("half", f"{half['threshold']:.2f}", *_errors(half))
    return table


def _points(found: Calibration) -> list[OperatingPoint]:
    """Return the points of all rates, each once."""
    points = {point["false_accept_rate"]: point for point in [*found["rates"], found["named"]]}
    return list(points.values())


def _errors(judged: Judged | OperatingPoint) -> tuple[str, str]:
    return _share(judged["far"]), _share(judged["frr"])


def _share(share: Estimate) -> str:
    value, low, high = map(_rounded, (share["value"], share["low"], share["high"]))
    return f"{value}% ({low} to {high})"


def _rounded(share: float) -> str:
    percent = 100 * share
    return f"{percent:.0f}" if percent >= 9.95 else f"{percent:.1f}"


def _percent(rate: float) -> str:
    return f"{100 * rate:.3g}%"


def _sentences(found: Calibration) -> list[str]:
    lines = [
        f"* not named for {_percent(point['false_accept_rate'])}: "
        f"{refusal.replace('-', ' ')} ({point['because']})"
        for point in _points(found)
        if (refusal := point["refusal"])
    ]
    named = found["named"]
    rate = _percent(named["false_accept_rate"])
    if found["other_half"]:
        lines.append(f"half: what half of the attempts give for {rate}, tried on the other half")
    if named["refusal"]:
        return lines
    rejected = f"{named['frr']['value']:.1%} of own attempts are rejected at it"
    return [*lines, f"{named['threshold']['value']:.2f} is the threshold for {rate}; {rejected}"]
