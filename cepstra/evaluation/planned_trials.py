"""Enrolment and trials for any recordings of many speakers, several sessions apart if there are."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from cepstra.evaluation.parts import cut_at_pauses, part_name
from cepstra.evaluation.protocol import ProtocolError, Trial

SHORTEST_ATTEMPT_S = 0.6  # below it the shipped policy decides nothing
SESSION_GAP_S = 6 * 3600.0


@dataclass(frozen=True)
class Spoken:
    """A recording of one speaker.

    Attributes:
        file: its name in the lists.
        speaker: who speaks.
        session: recordings of one session share it; sessions are in the order of their first.
    """

    file: str
    speaker: str
    session: str


@dataclass(frozen=True)
class Recording(Spoken):
    """A recording, or a part of a long one, with its seconds of speech."""

    speech_s: float


@dataclass(frozen=True)
class Amounts:
    """How much makes an enrolment, an attempt, a list of trials.

    Attributes:
        enrol_s: speech that enrols, at most, to the next whole recording.
        attempt_s: speech of an attempt, at least, to the next whole recording.
        own: attempts of each speaker, at most.
        others: trials of other speakers against each, at most.
        seed: of the order within sessions and the choice of others.
    """

    enrol_s: float
    attempt_s: float
    own: int
    others: int
    seed: int


@dataclass(frozen=True)
class Plan:
    """Lists that were made, and what to know of them.

    Attributes:
        enrolment: speaker -> files.
        trials: the attempts.
        apart: speakers whose own attempts are of other sessions than their enrolment.
        impostors_only: speakers with too little to be enrolled and tried.
    """

    enrolment: Mapping[str, tuple[str, ...]]
    trials: Sequence[Trial]
    apart: Sequence[str]
    impostors_only: Sequence[str]


Files = tuple[str, ...]
Item = TypeVar("Item")


@dataclass(frozen=True)
class _Parts:
    """What one speaker enrols with, and attempts; no enrolment where there is not enough."""

    enrolment: Files
    attempts: Sequence[Files]
    is_apart: bool


def plan(recordings: Iterable[Recording], amounts: Amounts) -> Plan:
    """Let everybody enrol, try to be themselves, and be tried by the others.

    A speaker of several sessions enrols with the first and attempts with the others; of one, or
    where the others are too short, enrols with half of the longest at most. Within a session the
    order is drawn: names of files often follow what is said in them. Who has only one recording is
    an impostor to the others.

    Raises:
        ProtocolError: nobody can be enrolled and tried, or nobody is there to be an impostor.
    """
    ordered = sorted(recordings, key=lambda each: each.speaker)  # stable: sessions keep their order
    speakers = groupby(ordered, key=lambda each: each.speaker)
    rng = np.random.default_rng(amounts.seed)
    parts = {speaker: _parts(list(own), amounts, rng) for speaker, own in speakers}
    enrolled = [speaker for speaker, part in parts.items() if part.enrolment]
    if not enrolled or len(parts) < 2:
        text = "expected two speakers or more, one of them with two recordings or more"
        few = f" ({', '.join(parts)})" if 0 < len(parts) < 3 else ""
        got = f"got {len(parts)} with speech{few}, {len(enrolled)} of them with enough"
        raise ProtocolError(f"{text}, {got}")
    trials = [trial for speaker in enrolled for trial in _trials(speaker, parts, amounts, rng)]
    if all(trial.is_target for trial in trials):
        raise ProtocolError("expected attempts of two speakers or more, got those of one")
    return Plan(
        {speaker: parts[speaker].enrolment for speaker in enrolled},
        trials,
        [speaker for speaker in enrolled if parts[speaker].is_apart],
        [speaker for speaker in parts if speaker not in enrolled],
    )


def copies_in(sounds: Mapping[str, NDArray[np.float64]]) -> dict[str, str]:
    """Return each file whose frames (T, D) another before it has, too, and that other one.

    A recording that both enrols and attempts, or is said to be of two speakers, tells nothing.
    """
    firsts: dict[bytes, str] = {}
    digests = {file: hashlib.sha256(frames.tobytes()).digest() for file, frames in sounds.items()}
    first_of = {file: firsts.setdefault(digest, file) for file, digest in digests.items()}
    return {file: first for file, first in first_of.items() if file != first}


def speech_of(
    spoken: Sequence[Spoken],
    is_speech: Mapping[str, NDArray[np.bool_]],
    amounts: Amounts,
    frames_per_second: float,
) -> list[Recording]:
    """Return the recordings that hold speech, long ones in parts.

    Long is what could enrol alone, or all that there is of a speaker.

    Args:
        spoken: the recordings.
        is_speech: file -> (T,) which frames hold speech.
        amounts: how long an attempt and an enrolment are.
        frames_per_second: of the frames.
    """
    n_files = Counter(each.speaker for each in spoken)
    found = []
    for each in spoken:
        mask = is_speech[each.file]
        speech_s = float(np.count_nonzero(mask)) / frames_per_second
        is_long = speech_s > amounts.enrol_s or n_files[each.speaker] == 1
        cut = cut_at_pauses(mask, amounts.attempt_s, frames_per_second) if is_long else []
        parts = [(part_name(each.file, span), own_s) for span, own_s in cut]
        for name, own_s in parts if len(parts) > 1 else [(each.file, speech_s)]:
            if own_s:
                found.append(Recording(name, each.speaker, each.session, own_s))
    return found


def sessions_by_time(times_s: Sequence[float]) -> list[int]:
    """Return the session of each time: one ends where six hours follow without a recording."""
    order = np.argsort(times_s, kind="stable")
    gaps = np.diff(np.asarray(times_s, dtype=np.float64)[order]) >= SESSION_GAP_S
    session = np.empty(len(times_s), dtype=int)
    session[order] = np.concatenate([[0], np.cumsum(gaps)]) if len(times_s) else []
    return [int(number) for number in session]


def _parts(own: Sequence[Recording], amounts: Amounts, rng: np.random.Generator) -> _Parts:
    by_session: dict[str, list[Recording]] = {}
    for recording in own:
        by_session.setdefault(recording.session, []).append(recording)
    sessions = [[s[i] for i in rng.permutation(len(s))] for s in by_session.values()]
    first, *later = sessions
    enrolment, attempts = _split(first, later, amounts)
    is_apart = bool(attempts)
    if not is_apart:  # one session, or others that are too short
        longest = max(sessions, key=lambda session: sum(each.speech_s for each in session))
        half = len(longest) // 2
        enrolment, attempts = _split(longest[:half], [longest[half:]], amounts)
    if not enrolment or not attempts:
        everything = [f for s in sessions for f in _attempts(s, amounts.attempt_s)]
        return _Parts((), everything, False)
    return _Parts(enrolment, spread(attempts, amounts.own), is_apart)


def _split(
    pool: Sequence[Recording], rest: Iterable[Sequence[Recording]], amounts: Amounts
) -> tuple[Files, list[Files]]:
    """Return what of the pool enrols, and the attempts in the rest, session by session."""
    attempts = [files for session in rest for files in _attempts(session, amounts.attempt_s)]
    return _until(pool, amounts.enrol_s), attempts


def _until(recordings: Sequence[Recording], speech_s: float) -> Files:
    before_s = np.cumsum([0.0, *(each.speech_s for each in recordings)])
    return tuple(r.file for r, s in zip(recordings, before_s, strict=False) if s < speech_s)


def _attempts(session: Sequence[Recording], least_s: float) -> list[Files]:
    """Join recordings in their order until they are long enough; a short rest is left out."""
    found: list[Files] = []
    held: list[Recording] = []
    for recording in session:
        held.append(recording)
        if sum(each.speech_s for each in held) >= least_s:
            found.append(tuple(each.file for each in held))
            held = []
    if not found and sum(each.speech_s for each in held) >= SHORTEST_ATTEMPT_S:
        found.append(tuple(each.file for each in held))
    return found


def _trials(
    model: str, parts: Mapping[str, _Parts], amounts: Amounts, rng: np.random.Generator
) -> list[Trial]:
    """Return own attempts, then others', as many of each other speaker as can be."""
    trials = [Trial(model, model, True, files) for files in parts[model].attempts]
    others = [speaker for speaker in parts if speaker != model and parts[speaker].attempts]
    order = rng.permutation(len(others)).tolist()
    starts = [int(rng.integers(len(parts[who].attempts))) for who in others]
    turns = [(n, place) for place in order for n in range(len(parts[others[place]].attempts))]
    for n, place in sorted(turns, key=lambda turn: turn[0])[: amounts.others]:  # stable
        attempts = parts[others[place]].attempts
        files = attempts[(n + starts[place]) % len(attempts)]
        trials.append(Trial(model, others[place], False, files))
    return trials


def spread(items: Sequence[Item], most: int) -> list[Item]:
    """Return at most so many, evenly spread over the whole."""
    places = np.linspace(0, len(items) - 1, min(most, len(items)))
    return [items[round(place)] for place in places]
