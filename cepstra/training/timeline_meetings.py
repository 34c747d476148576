"""Meetings of background speakers that no network learnt from, to fit the timeline on."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import numpy as np

from cepstra.evaluation.joined_meetings import (
    OVERLAPS,
    SPEAKERS,
    Meeting,
    is_tuned_on,
    join,
    stretches,
)
from cepstra.training.augmentation import CLEAN, simulate
from cepstra.training.recordings import calibration_recordings

Speakers = Mapping[str, Sequence[Path]]

SOURCES = {"speechocean": "speechocean", "wuw": "wuw", "librispeech": "read", "an4": "read"}
TELEPHONE = "wuw"  # a poor device already
DEVICES = (CLEAN, "narrowband", CLEAN, "telephone", CLEAN, "microphone", CLEAN, "noisy")
N_SPEAKERS = (1, 1, 2, 2, *SPEAKERS)  # on those of one and of two the last join is fitted
ROUNDS = 4  # of meetings of `N_SPEAKERS`, for each source
SHORTEST_SHARE = 0.3  # of a speaker's recordings that are heard in a meeting


def fitting_speakers(corpora: Path, seed: int, more: Path | None = None) -> dict[str, Speakers]:
    """Recordings of each speaker, by source.

    Args:
        corpora: folder with CORPUS/background/SPEAKER/NAME.flac.
        seed: that of the training of the networks.
        more: folder with SPEAKER/NAME.wav, of which the networks heard nothing either.

    Raises:
        FileNotFoundError: a corpus is missing.
    """
    result: dict[str, dict[str, list[Path]]] = {}
    for one in calibration_recordings(corpora, seed):
        is_test = one.corpus == "speechocean" and not is_tuned_on(one.speaker)
        if one.corpus in SOURCES and not is_test:
            source = result.setdefault(SOURCES[one.corpus], {})
            source.setdefault(one.speaker, []).append(one.path)
    if more:
        found = {each.name: sorted(each.glob("*.*")) for each in sorted(more.iterdir())}
        result["more"] = {name: paths for name, paths in found.items() if paths}
    return {source: dict(speakers) for source, speakers in result.items()}


def count_meetings(speakers: Mapping[str, Speakers]) -> int:
    """How many meetings `fitting_meetings` makes."""
    return len(speakers) * ROUNDS * len(N_SPEAKERS)


def fitting_meetings(speakers: Mapping[str, Speakers], seed: int) -> Iterator[tuple[str, Meeting]]:
    """Meetings of one to six speakers with their source; half of them over a poor device.

    Raises:
        FileNotFoundError: a source has too few speakers.
        cepstra.frontend.AudioError: a file is broken.
    """
    for source, of_source in speakers.items():
        names = sorted(of_source)
        if len(names) < max(SPEAKERS):
            raise FileNotFoundError(f"{source}: fewer than {max(SPEAKERS)} speakers")
        for number, n_speakers in enumerate(N_SPEAKERS * ROUNDS):
            rng = np.random.default_rng([seed, number, *source.encode()])
            chosen = rng.choice(names, n_speakers, replace=False).tolist()
            voices = {name: _voice(of_source[name], rng) for name in chosen}
            meeting = join(f"{source}-{number}", voices, rng, OVERLAPS)
            device = CLEAN if source == TELEPHONE else DEVICES[number % len(DEVICES)]
            heard = simulate(meeting.samples, device, meeting.name, meeting.name, seed)
            yield source, Meeting(meeting.name, heard, meeting.turns)


def _voice(paths: Sequence[Path], rng: np.random.Generator) -> list[np.ndarray]:
    order = rng.permutation(len(paths))[: _count(len(paths), rng)].tolist()
    return [part for n in order for part in stretches(paths[n])]


def _count(n_paths: int, rng: np.random.Generator) -> int:
    """Most recordings of a speaker with few, a random share of those of one with many."""
    return max(min(n_paths, 6), round(n_paths * rng.uniform(SHORTEST_SHARE, 1.0)))
