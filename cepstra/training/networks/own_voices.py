"""Recordings of one's own, divided: who trains, what tells when to stop, who calibrates."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby
from math import ceil
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from cepstra.evaluation.planned_trials import Spoken, spread
from cepstra.training.networks.spoken_takes import OWN_SPEED, Takes
from cepstra.training.recordings import Recording

CORPUS = "own"
HELD_OUT_SHARE = 0.2
FEWEST_HELD_OUT = 10
FEWEST_HELD_OUT_TAKES = 2  # one enrols, one attempts
FEWEST_TRAINING = 10
MOST_PIECES = 30  # of a speaker, of up to two seconds each
STOPPING_SHARE = 0.25
FEWEST_UNITS = 3  # recordings or pieces of a speaker, before some are kept from the training


class TooFewError(ValueError):
    """The recordings are too few to train from, or to calibrate with."""


@dataclass(frozen=True)
class OwnVoices:
    """What a network is trained from.

    Attributes:
        recordings: of one speaker after another, sessions of each in their order.
        sessions: of each recording.
        held_out: speakers that the network never hears; they calibrate it.
    """

    recordings: Sequence[Recording]
    sessions: Sequence[str]
    held_out: frozenset[str]


def own_voices(root: Path, spoken: Sequence[Spoken], seed: int) -> OwnVoices:
    """Draw a fifth of the speakers, ten at least, to be held out; of all, a minute of speech each.

    Args:
        root: folder that the files lie in.
        spoken: every recording, sessions of a speaker in their order.
        seed: of the draw.

    Raises:
        TooFewError: there are fewer than twenty speakers.
    """
    ordered = sorted(spoken, key=lambda each: each.speaker)  # stable
    counts = Counter(each.speaker for each in ordered)
    expect_speakers(len(counts), "recordings")
    drawn = sorted(counts, key=lambda name: (counts[name] < 2, _place(name, seed)))
    n_held_out = max(FEWEST_HELD_OUT, round(HELD_OUT_SHARE * len(counts)))
    speakers = groupby(ordered, key=lambda each: each.speaker)
    used = [one for _, own in speakers for one in spread(list(own), MOST_PIECES)]
    most = {name: ceil(MOST_PIECES / count) for name, count in counts.items()}
    return OwnVoices(
        [Recording(CORPUS, root / s.file, s.speaker, most[s.speaker]) for s in used],
        [s.session for s in used],
        frozenset(drawn[:n_held_out]),
    )


def expect_speakers(n_speakers: int, with_what: str) -> None:
    """Refuse to train from too few.

    Raises:
        TooFewError: says how many are needed and why.
    """
    least = FEWEST_TRAINING + FEWEST_HELD_OUT
    if n_speakers < least:
        text = f"expected {least} speakers or more, got {n_speakers} with {with_what}"
        why = f"{FEWEST_HELD_OUT} of them calibrate what the others train"
        raise TooFewError(f"{text}: {why}")


def expect_held_out(n_speakers: int) -> None:
    """Refuse to calibrate with too few.

    Raises:
        TooFewError: says how many are needed and why.
    """
    if n_speakers < FEWEST_HELD_OUT:
        text = f"expected {FEWEST_HELD_OUT} held-out speakers with two stretches of speech or more"
        raise TooFewError(f"{text}, got {n_speakers}: no threshold can be told; try another --seed")


def stopping_takes(takes: Takes, sessions: Sequence[str], seed: int) -> NDArray[np.bool_]:
    """Return which takes (N,) of training speakers tell when to stop, in all speeds and versions.

    Of a speaker with several sessions, the last one; of one, a quarter of its recordings, or of
    the pieces of its only one. Who has fewer than three of them keeps all for the training.

    Raises:
        TooFewError: nobody has enough.
    """
    rng = np.random.default_rng(seed)
    whose = np.where(takes.held_out, "", takes.speakers)
    chosen = np.zeros(len(whose), dtype=bool)
    for speaker in dict.fromkeys(whose[whose != ""]):
        own = np.flatnonzero(whose == speaker)
        heard = own[(takes.versions[own] == 0) & (takes.speeds[own] == OWN_SPEED)]
        for unit in _units(takes.places[heard], sessions, rng):
            columns = takes.places[own, : len(unit)]
            chosen[own[(columns == unit).all(axis=1)]] = True
    if not chosen.any():
        text = f"expected speakers with {FEWEST_UNITS} recordings or with longer ones"
        raise TooFewError(f"{text}, got none: nothing tells when to stop")
    return chosen


def _units(
    places: NDArray[np.int64], sessions: Sequence[str], rng: np.random.Generator
) -> list[NDArray[np.int64]]:
    """Recordings (1,) or pieces (2,) of one speaker that are kept from the training."""
    recordings = np.unique(places[:, 0])
    said = [sessions[index] for index in recordings]
    if len(set(said)) > 1:
        last = said[-1]
        return [np.array([i]) for i, s in zip(recordings, said, strict=True) if s == last]
    units = recordings[:, None] if len(recordings) >= FEWEST_UNITS else np.unique(places, axis=0)
    if len(units) < FEWEST_UNITS:
        return []
    n_kept = max(1, round(STOPPING_SHARE * len(units)))
    return list(units[np.sort(rng.permutation(len(units))[:n_kept])])


def _place(name: str, seed: int) -> bytes:
    return hashlib.sha256(f"own/{seed}/{name}".encode()).digest()
