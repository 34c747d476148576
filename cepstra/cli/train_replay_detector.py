"""`train-replay-detector`: learn what tells altered recordings from honest repetitions."""

from __future__ import annotations

from pathlib import Path

import click

from cepstra.cli._options import corpora_option, out_option
from cepstra.frontend import page_definition
from cepstra.frontend.audio import read_audio
from cepstra.store.arrays import pack
from cepstra.training.recordings import find_recordings
from cepstra.training.replay import Repeated, train_replay
from cepstra.whole_files import write_whole

TAKES = 3


@click.command("train-replay-detector")
@corpora_option
@out_option("models/replay.safetensors")
@click.option(
    "--pairs",
    default=160,
    type=click.IntRange(min=0),
    help="Digits that a speaker said twice; those said three times are all used.",
)
def command(corpora: Path, out: Path, pairs: int) -> None:
    """Fit metrics, weights and thresholds of the replay detector on background speakers."""
    repeated = _repeated(corpora, pairs)
    found = train_replay(repeated)
    write_whole(out, pack(vars(found), {"frontend": page_definition().id}))
    click.echo(f"{out}: {len(repeated)} repeated digits")


def _repeated(corpora: Path, n_pairs: int) -> list[Repeated]:
    """Digits said more than once; those said three times first, then so many pairs."""
    said: dict[tuple[str, int], list[Path]] = {}
    for recording in find_recordings(corpora):
        if recording.digit is not None:
            said.setdefault((recording.speaker, recording.digit), []).append(recording.path)
    often = [(key, paths[:TAKES]) for key, paths in said.items() if len(paths) >= TAKES]
    twice = [(key, paths) for key, paths in said.items() if len(paths) == TAKES - 1]
    rate_hz = page_definition().sample_rate_hz
    return [
        Repeated(speaker, [read_audio(path, rate_hz) for path in paths])
        for (speaker, _), paths in [*often, *twice[:n_pairs]]
    ]
