"""`evaluate-digits`: how often wrong digits pass, honest ones are lost, and copies are refused."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from pathlib import Path

import click
import numpy as np
from numpy.typing import NDArray

from cepstra.cli._options import shared_option, step_option
from cepstra.cli._workers import Workers, workers_options
from cepstra.digits.digit_scores import THRESHOLD
from cepstra.digits.single_word import is_crowded
from cepstra.evaluation.digit_check import (
    Draw,
    ScoredSpeaker,
    Words,
    attempt_scores,
    digit_errors,
    first_take_errors,
    honest,
    old_attempt,
    read_words,
    score_speaker,
    with_wrong,
)
from cepstra.evaluation.recordings import FeatureCache
from cepstra.evaluation.replay_match import ALTERATIONS, refused_copies, refused_honest
from cepstra.store.arrays import unpack
from cepstra.verification.spoken_digits import METRIC

CORPORA = {"fsdd": "fsdd", "dev": "speech_commands/dev"}
# Other words than digits, each said again minutes or days later, or in another call.
OTHER_WORDS = {
    "wuw, another call": ("wuw/dev", re.compile(r"[^_]+_(?P<take>\d)_[^_]+_00(?P<word>[1-5])")),
    "dspspeech, minutes later": (
        "dspspeech/dev",
        re.compile(r"(?P<word>\d+)_[^_]+_(?P<take>0[12])"),
    ),
    "dspspeech, days later": (
        "dspspeech/dev",
        re.compile(r"(?P<word>\d+)_[^_]+_(?P<take>04|18|20)"),
    ),
}
BACKGROUND = "speech_commands/background"  # where the limit of a first take was chosen
N_ROUNDS = {"background": 2, "dev": 10, "fsdd": 100}
N_COPIES = 1000
THRESHOLD_SHARE = 0.001
N_FOR_THRESHOLD = 10_000
FEWEST_DIGITS, MOST_DIGITS = 3, 5
ATTEMPTS: Mapping[str, Draw] = {
    "honest": honest(MOST_DIGITS),
    "old attempt, at least two places differ": old_attempt(MOST_DIGITS, 2),
    "exactly two wrong": with_wrong(MOST_DIGITS, 2),
    "exactly one wrong": with_wrong(MOST_DIGITS, 1),
}

KINDS = ("honest", "an old attempt", "exactly one wrong")

Speakers = Mapping[str, Sequence[ScoredSpeaker]]


@click.command("evaluate-digits")
@shared_option
@workers_options
@step_option
def command(shared: Path, step: float | None, workers: Workers) -> None:
    """Measure digit check and replay detector; the tables of docs/security.md."""
    folders = {name: shared / "corpora" / folder for name, folder in CORPORA.items()}
    with workers.started() as engine:
        cache = FeatureCache(engine, step)
        words = {name: read_words(folder, cache) for name, folder in folders.items()}
        background = read_words(shared / "corpora" / BACKGROUND, cache)
        others = {
            name: read_words(shared / "corpora" / folder, cache, names)
            for name, (folder, names) in OTHER_WORDS.items()
        }
    if not all(words.values()):
        raise click.ClickException(f"{shared}: expected recordings in {list(CORPORA.values())}")
    metric = unpack(METRIC.read_bytes())["metric"]
    _print_head(
        "corpus", "enrolled takes of each digit", "EER", "nearest is right",
        "right takes refused", "wrong takes refused",
    )  # fmt: skip
    for n_enrolled in (1, 2, 3):
        for name, speakers in words.items():
            scored = [score_speaker(one, metric, n_enrolled) for one in speakers.values()]
            errors = digit_errors(scored)
            _print_row(name, n_enrolled, *map(_percent, vars(errors).values()))
    _print_other_words(others, metric)
    _print_first_takes({"background": background, **words}, metric)
    two = {
        name: [score_speaker(one, metric, 2) for one in speakers.values()]
        for name, speakers in words.items()
    }
    _print_attempts(two)
    _print_lengths(two)
    _print_copies(words)


def _print_other_words(
    corpora: Mapping[str, Mapping[str, Words]], metric: NDArray[np.float32]
) -> None:
    """Tell how the check does with words that are no digits, one take of each enrolled."""
    click.echo()
    _print_head(
        "words", "speakers, words of each", "EER", "nearest is right", "right takes refused",
        "wrong takes refused", "three right accepted", "one of three wrong", "too long",
    )  # fmt: skip
    for seed, (name, speakers) in enumerate(corpora.items(), start=20):
        scored = [score_speaker(words, metric, 1) for words in speakers.values()]
        draws = honest(FEWEST_DIGITS), with_wrong(FEWEST_DIGITS, 1)
        accepted = [np.mean(attempt_scores(scored, draw, seed) >= THRESHOLD) for draw in draws]
        takes = [take for words in speakers.values() for same in words.values() for take in same]
        shares = *vars(digit_errors(scored)).values(), *accepted, np.mean([*map(is_crowded, takes)])
        most = max(len(words) for words in speakers.values())
        _print_row(name, f"{len(speakers)}, {most}", *map(_percent, shares))


def _print_first_takes(
    corpora: Mapping[str, Mapping[str, Words]], metric: NDArray[np.float32]
) -> None:
    click.echo()
    _print_head(
        "corpus", "honest first takes refused", "one word for every digit refused",
        "five of five kept",
    )  # fmt: skip
    for name, speakers in corpora.items():
        errors = first_take_errors(list(speakers.values()), metric, N_ROUNDS[name], 11)
        has_repeated = name != "background"  # which has at most four takes of a speaker
        told = [
            _percent(share) if has_repeated else "–" for share in list(vars(errors).values())[1:]
        ]
        _print_row(name, _percent(errors.honest_refused), *told)


def _print_attempts(speakers: Speakers) -> None:
    names = list(speakers)
    thresholds = {}
    for name, other in zip(names, reversed(names), strict=True):
        wrong = attempt_scores(speakers[other], with_wrong(MOST_DIGITS, 2), 0, N_FOR_THRESHOLD)
        thresholds[name, f"set on {other}"] = float(np.quantile(wrong, 1 - THRESHOLD_SHARE))
        thresholds[name, "shipped"] = THRESHOLD
    click.echo()
    _print_head(
        "attempts accepted", *[f"{n}, {rule} {t:.3f}" for (n, rule), t in thresholds.items()]
    )
    for seed, (kind, draw) in enumerate(ATTEMPTS.items(), start=1):
        scores = {name: attempt_scores(speakers[name], draw, seed) for name in names}
        shares = [np.mean(scores[name] >= at) for (name, _), at in thresholds.items()]
        _print_row(kind, *map(_percent, shares))


def _print_lengths(speakers: Speakers) -> None:
    """Tell what shorter challenges cost, at the shipped threshold."""
    click.echo()
    _print_head("digits asked for", *[f"{name}, {kind}" for name in speakers for kind in KINDS])
    for n_digits in range(FEWEST_DIGITS, MOST_DIGITS + 1):
        draws = honest(n_digits), old_attempt(n_digits, 0), with_wrong(n_digits, 1)
        shares = [
            np.mean(attempt_scores(scored, draw, 9, N_FOR_THRESHOLD) >= THRESHOLD)
            for scored in speakers.values()
            for draw in draws
        ]
        _print_row(n_digits, *map(_percent, shares))


def _print_copies(words: Mapping[str, Mapping[str, Words]]) -> None:
    click.echo()
    _print_head("copies refused", *words)
    for name, alteration in ALTERATIONS.items():
        shares = [refused_copies(one, alteration, N_COPIES, 1) for one in words.values()]
        _print_row(name, *map(_percent, shares))
    honest_takes = [refused_honest(one) for one in words.values()]
    _print_row("honest takes", *[f"{refused} of {total}" for refused, total in honest_takes])


def _percent(share: float | np.floating) -> str:
    return f"{100 * share:.1f}%"


def _print_head(*cells: object) -> None:
    _print_row(*cells)
    _print_row(*["---"] * len(cells))


def _print_row(*cells: object) -> None:
    click.echo(f"| {' | '.join(map(str, cells))} |")
