"""Meetings whose turns are known: recordings of single speakers, joined at random."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cepstra.evaluation.kept_speakers import is_kept
from cepstra.frontend import page_definition
from cepstra.frontend.audio import read_audio
from cepstra.frontend.endpointer import frame_levels

Samples = NDArray[np.float64]
Placed = tuple[int, Samples]

SPLIT_PAUSE_S = 0.3
SHORTEST_STRETCH_S = 0.25
ABOVE_NOISE_DB, BELOW_PEAK_DB = 9.0, 32.0
WITHIN_TURN_S = (0.05, 0.25)  # pause between stretches of a turn
MEDIAN_TURN_S, TURN_SPREAD = 3.0, 0.6
SHORTEST_TURN_S, LONGEST_TURN_S = 1.0, 10.0
OVERLAP_S = (0.3, 1.5)
PAUSE_S = (0.1, 1.2)
LEVEL_SPREAD_DB = 4.0
SPEECH_RMS, NOISE_RMS = 0.05, 0.0005
CROSSTALK_DB, CROSSTALK_DELAY_S = -30.0, (0.0, 0.2)  # of the other side of a call


@dataclass(frozen=True)
class Turn:
    """Who speaks from when to when, with no pause of `SPLIT_PAUSE_S` or more."""

    speaker: str
    start_s: float
    end_s: float


@dataclass(frozen=True)
class Meeting:
    """A recording and its turns, in the order of their beginnings.

    Attributes:
        name: of the recording.
        samples: (n,) at the page's rate; of a call (2, n), a channel for each side.
        turns: what is true.
    """

    name: str
    samples: Samples
    turns: tuple[Turn, ...]

    @property
    def duration_s(self) -> float:
        """Length of the recording."""
        return self.samples.shape[-1] / page_definition().sample_rate_hz

    @property
    def mixed(self) -> Meeting:
        """A call as one channel."""
        return Meeting(self.name, self.samples.mean(axis=0), self.turns)


def stretches(path: Path) -> list[Samples]:
    """The speech of a recording, cut at its pauses."""
    definition = page_definition()
    samples = read_audio(path, definition.sample_rate_hz)
    levels_db = 10 * np.log10(np.maximum(frame_levels(samples.astype(np.float32), definition), 1))
    if not len(levels_db):
        return []
    quietest, peak = np.percentile(levels_db, 10), levels_db.max()
    threshold = min(max(quietest + ABOVE_NOISE_DB, peak - BELOW_PEAK_DB), peak - 6.0)
    loud = np.flatnonzero(levels_db >= threshold)
    gaps = np.flatnonzero(np.diff(loud) > SPLIT_PAUSE_S * definition.frames_per_second)
    firsts, lasts = loud[np.r_[0, gaps + 1]], loud[np.r_[gaps, len(loud) - 1]]
    hop, least = definition.hop_samples, SHORTEST_STRETCH_S * definition.sample_rate_hz
    found = [
        samples[first * hop : last * hop + definition.frame_samples]
        for first, last in zip(firsts.tolist(), lasts.tolist(), strict=True)
    ]
    return [part for part in found if len(part) >= least]


def join(
    name: str, voices: Mapping[str, Sequence[Samples]], rng: np.random.Generator, overlaps: float
) -> Meeting:
    """Let speakers take turns until less than two have anything left to say.

    Args:
        name: of the meeting.
        voices: stretches of each speaker, each said once.
        rng: draws order, lengths, levels, pauses and noise.
        overlaps: share of the turns that begin before the last one ends.
    """
    placed, turns = _placed(voices, rng, overlaps)
    return Meeting(name, _mixed([one for of_one in placed.values() for one in of_one], rng), turns)


def join_call(
    name: str, sides: Sequence[Mapping[str, Sequence[Samples]]], rng: np.random.Generator
) -> Meeting:
    """Let the speakers of two sides take turns, a channel for each; either faintly holds the other.

    Args:
        name: of the call.
        sides: stretches of each speaker of either side, each said once.
        rng: draws what `join` draws, and how much later the other side is heard.
    """
    voices = {speaker: parts for side in sides for speaker, parts in side.items()}
    placed, turns = _placed(voices, rng, OVERLAPS)
    length = _length([one for of_one in placed.values() for one in of_one])
    spoken = []
    for side in sides:
        one_side = [one for speaker in side for one in placed[speaker]]
        spoken.append(_mixed(one_side, rng, length))
    delay = round(rng.uniform(*CROSSTALK_DELAY_S) * page_definition().sample_rate_hz)
    leaked = np.pad(10 ** (CROSSTALK_DB / 20) * np.stack(spoken[::-1]), ((0, 0), (delay, 0)))
    return Meeting(name, np.clip(np.stack(spoken) + leaked[:, :length], -1, 1), turns)


def _placed(
    voices: Mapping[str, Sequence[Samples]], rng: np.random.Generator, overlaps: float
) -> tuple[dict[str, list[Placed]], tuple[Turn, ...]]:
    """What each speaker says and from which sample on, and the turns."""
    rate = page_definition().sample_rate_hz
    left = {speaker: _levelled(parts, rng) for speaker, parts in voices.items()}
    placed: dict[str, list[Placed]] = {speaker: [] for speaker in voices}
    turns: list[Turn] = []
    at, last = round(0.5 * rate), ""
    while len(ready := [s for s, parts in left.items() if parts and s != last]) > 0:
        if sum(map(bool, left.values())) < 2 and len(voices) > 1:
            break
        speaker = str(rng.choice(ready))
        start = at
        for begin, part in _turn(left[speaker], start, rng):
            placed[speaker].append((begin, part))
            at = begin + len(part)
        turns.append(Turn(speaker, start / rate, at / rate))
        if rng.random() < overlaps:
            at -= round(min(rng.uniform(*OVERLAP_S), 0.5 * (at - start) / rate) * rate)
        else:
            at += round(rng.uniform(*PAUSE_S) * rate)
        last = speaker if len(voices) > 1 else ""
    return placed, tuple(sorted(turns, key=lambda t: t.start_s))


def _levelled(parts: Sequence[Samples], rng: np.random.Generator) -> list[Samples]:
    """Bring a speaker to a level that stays for the meeting."""
    rms = np.sqrt(np.mean(np.concatenate(parts) ** 2))
    gain = SPEECH_RMS * 10 ** (rng.normal(0, LEVEL_SPREAD_DB) / 20) / max(rms, 1e-9)
    return [np.clip(gain * part, -1, 1) for part in parts]


def _turn(left: list[Any], start: int, rng: np.random.Generator) -> Iterator[tuple[int, Samples]]:
    """Take stretches until the turn is as long as drawn; what is too long is cut."""
    rate = page_definition().sample_rate_hz
    drawn_s = MEDIAN_TURN_S * np.exp(rng.normal(0, TURN_SPREAD))
    until = start + round(float(np.clip(drawn_s, SHORTEST_TURN_S, LONGEST_TURN_S)) * rate)
    at = start
    while left and at < until:
        part, room = left.pop(0), max(until - at, rate)
        if len(part) > room + rate:
            left.insert(0, part[room:])
            part = part[:room]
        yield at, part
        at += len(part) + round(rng.uniform(*WITHIN_TURN_S) * rate)


def _length(placed: Sequence[Placed]) -> int:
    return max(begin + len(part) for begin, part in placed) + page_definition().sample_rate_hz


def _mixed(
    placed: Sequence[Placed], rng: np.random.Generator, length: int | None = None
) -> Samples:
    samples = rng.normal(0, NOISE_RMS, length or _length(placed))
    for begin, part in placed:
        samples[begin : begin + len(part)] += part
    return np.clip(samples, -1, 1)


@dataclass(frozen=True)
class MeetingSource:
    """A corpus whose speakers meet; none of them was learnt from or tuned on.

    Attributes:
        name: for people.
        folder: in corpora/, with SPEAKER/*.flac.
        session: finds in a file's name what was recorded on one occasion; one is drawn a meeting.
        kept_corpus: whether only the speakers that are kept from training and fits may speak, as
            those of this corpus.
    """

    name: str
    folder: str
    session: str = ""
    kept_corpus: str = ""


SOURCES = (
    MeetingSource("sentences", "speechocean/background", kept_corpus="speechocean"),
    MeetingSource("telephone", "wuw/dev", r"_(\d)_[a-z]+_\d+$"),
    MeetingSource("words", "dspspeech/dev", r"_(\d)\d$"),
    MeetingSource("digits", "speech_commands/dev"),
    MeetingSource("digits, 8 kHz", "fsdd"),
)
SPEAKERS = (1, 2, 2, 3, 3, 4, 4, 5, 6)  # of the meetings of a source
OVERLAPS = 0.15
CALL_SOURCES = tuple(source for source in SOURCES if source.name in ("telephone", "digits, 8 kHz"))
CALL_SPEAKERS = ((1, 1), (1, 1), (1, 1), (1, 1), (2, 1), (1, 2), (2, 1), (2, 2), (1, 3))


def meetings(corpora: Path, source: MeetingSource, seed: int) -> Iterator[Meeting]:
    """Meetings of a source's speakers, the same for the same seed.

    Raises:
        FileNotFoundError: the corpus is missing.
    """
    folders = speaker_folders(corpora, source)
    if len(folders) < max(SPEAKERS):
        raise FileNotFoundError(f"{corpora / source.folder}: fewer than {max(SPEAKERS)} speakers")
    for number, n_speakers in enumerate(SPEAKERS):
        rng = np.random.default_rng([seed, number])
        chosen = sorted(rng.choice(len(folders), n_speakers, replace=False).tolist())
        voices = {folders[n].name: _voice(folders[n], source.session, rng) for n in chosen}
        yield join(f"{source.name} {number + 1}".replace(" ", "-"), voices, rng, OVERLAPS)


def calls(corpora: Path, source: MeetingSource, seed: int) -> Iterator[Meeting]:
    """Calls of a source's speakers, the same for the same seed.

    Raises:
        FileNotFoundError: the corpus is missing.
    """
    folders = speaker_folders(corpora, source)
    if len(folders) < max(map(sum, CALL_SPEAKERS)):
        raise FileNotFoundError(f"{corpora / source.folder}: too few speakers")
    for number, (n_first, n_second) in enumerate(CALL_SPEAKERS):
        rng = np.random.default_rng([seed, number, *b"call"])
        chosen = [folders[n] for n in rng.permutation(len(folders))[: n_first + n_second]]
        voices = [(folder.name, _voice(folder, source.session, rng)) for folder in chosen]
        sides = dict(voices[:n_first]), dict(voices[n_first:])
        yield join_call(f"call {source.name} {number + 1}".replace(" ", "-"), sides, rng)


def speaker_folders(corpora: Path, source: MeetingSource) -> list[Path]:
    """The folders of those who may speak in a source's meetings, sorted by name."""
    folders = sorted(path for path in (corpora / source.folder).glob("*") if path.is_dir())
    if corpus := source.kept_corpus:
        kept = [path for path in folders if is_kept(corpus, path.name)]
        folders = [path for path in kept if not is_tuned_on(path.name)]
    return folders


def is_tuned_on(speaker: str) -> bool:
    """Whether a speaker is of the half that the timeline's regressions are fitted on."""
    return hashlib.sha256(f"split/7/{speaker}".encode()).digest()[7] >= 128


def _voice(folder: Path, session: str, rng: np.random.Generator) -> list[Samples]:
    """The stretches of a speaker's recordings of one occasion, in a random order of recordings."""
    paths = sorted(folder.glob("*.flac"))
    if session:
        by_session: dict[str, list[Path]] = {}
        for path in paths:
            if found := re.search(session, path.stem):
                by_session.setdefault(found.group(1), []).append(path)
        paths = by_session[str(rng.choice(sorted(by_session)))]
    order = rng.permutation(len(paths)).tolist()
    return [part for n in order for part in stretches(paths[n])]
