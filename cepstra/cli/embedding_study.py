"""`embedding-study`: what sending embeddings costs in accuracy, and what they still tell."""

from __future__ import annotations

from pathlib import Path

import click
import numpy as np
from rich.progress import Progress

from cepstra.cli._marked_section import page_option, show
from cepstra.cli._options import shared_option
from cepstra.cli._progress import bar, bars
from cepstra.evaluation.corpora import ALL_CORPORA, CLEAN, Corpus, Shared
from cepstra.evaluation.embedding_leaks import Leaks, Word, leaks
from cepstra.evaluation.embedding_mode import EmbeddingMode
from cepstra.evaluation.metrics import eer, far_frr
from cepstra.evaluation.recordings import FeatureCache
from cepstra.evaluation.runner import score_trials
from cepstra.frontend import page_definition
from cepstra.gmm.speech_features import analyse
from cepstra.verification.shipped import load_network
from cepstra.verification.spoken_digits import load_spoken_digits

MODES = {
    "frames, frames": (False, False),
    "frames, embedding": (False, True),
    "embeddings, frames": (True, False),
    "embeddings, embedding": (True, True),
}
SEED = 1
TAKES_COMPARED = 1  # of each digit, by a check that is made for its prints alone
HEAD = """| enrolled as, tried as | corpus | EER | FAR | FRR |
|---|---|---:|---:|---:|
"""
LEAKS = """
| which digit was it? | right |
|---|---:|
| guessing the commonest of six | {chance:.0f}% |
| from the embedding of the word | {of_embeddings:.0f}% |
| from its frames | {of_frames:.0f}% |

Whether a digit is among the three of an attempt is told from the attempt's embedding with an area
under the ROC curve of {in_attempts:.2f} (0.5 is chance). Classifiers: logistic regression, trained
on {trained} background speakers, asked about {asked} others.
"""


@click.command("embedding-study")
@shared_option
@page_option
def command(shared: Path, page: Path | None) -> None:
    """Score the shipped trials in each mode, and tell digits from embeddings.

    Prints the tables, or puts them into a page. FAR and FRR at the shipped threshold.
    """
    found = Shared(shared, Path("build"))
    cache = FeatureCache()
    with bars() as progress:
        rows = [_row(found, c, n, cache, progress) for c in ALL_CORPORA for n in MODES]
        corpus = shared / "corpora" / "speech_commands"
        background, others = (
            _words(corpus / part, cache, progress) for part in ("background", "dev")
        )
    network = load_network()
    told = leaks(background, others, network.embedding, SEED)
    table = HEAD + "".join(rows) + _leaks(told, background, others)
    show(page, table)


def _row(found: Shared, corpus: Corpus, name: str, cache: FeatureCache, progress: Progress) -> str:
    experiment = found.experiment(corpus, CLEAN)
    advance = bar(progress, f"{corpus.name}: {name}", len(experiment.trials))
    (told,) = score_trials([EmbeddingMode(*MODES[name])], experiment, cache, on_trial=advance)
    margins = told.scores - told.thresholds
    rates = far_frr(margins[told.is_target], margins[~told.is_target])
    shown = [f"{100 * rate:.2f}%" for rate in (eer(told.targets, told.impostors), *rates)]
    return f"| {name} | {corpus.heading} | {' | '.join(shown)} |\n"


def _words(folder: Path, cache: FeatureCache, progress: Progress) -> list[Word]:
    """Every digit that holds speech."""
    paths = {str(path): path for path in sorted(folder.glob("*/?_*.flac"))}
    network, checker = load_network(), load_spoken_digits(TAKES_COMPARED)
    takes = cache.takes(paths, page_definition(), bar(progress, folder.name, len(paths)))
    result = []
    for name, take in takes.items():
        speech = analyse([take.features.mfcc]).spoken
        if len(speech):
            sums, trajectory = network.sums(speech), checker.print_of(take.features.mfcc)
            path = paths[name]
            vector = network.embedding(sums)
            result.append(Word(path.parent.name, int(path.name[0]), vector, sums, trajectory))
    return result


def _leaks(told: Leaks, trained: list[Word], asked: list[Word]) -> str:
    shares = {n: 100 * v for n, v in vars(told).items() if n != "in_attempts"}
    speakers = [len(np.unique([word.speaker for word in words])) for words in (trained, asked)]
    counts = dict(zip(("trained", "asked"), speakers, strict=True))
    return LEAKS.format(**shares, in_attempts=told.in_attempts, **counts)
