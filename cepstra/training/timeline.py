"""Fit what decides that stretches of a meeting are one voice, on meetings whose turns are known."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression

from cepstra.evaluation.diarization import FRAMES_PER_SECOND, Errors, Spoken, errors
from cepstra.evaluation.joined_meetings import Meeting
from cepstra.frontend.continuous import stream_cepstra
from cepstra.timeline.activity import Span
from cepstra.timeline.clustering import Groups, Joining, Stretches, joining_steps
from cepstra.timeline.regressions import Regressions
from cepstra.timeline.units import Heard, hear
from cepstra.timeline.voices import Sums, VoiceComparison

FloatArray = NDArray[Any]

OWN_SHARE, OTHERS_SHARE = 0.8, 0.1  # of a stretch's frames, where it is one voice's
GROUPS_PER_VOICE = 12
INVERSE_PENALTY = 1e4  # of a logarithmic loss whose weights add up to 1
WRONG_IN_THE_END = 2
SURE_LLR = 3.0  # what the tree joins stays joined; 2.0 loses as little on these meetings
JOIN_LLRS = (-1.75, -1.5, -1.25, -1.0, -0.75, -0.5, -0.25)
PLAIN = Regressions(np.zeros(0), np.array([1.0, 0.0, 0.0, 0.0]), np.zeros((0, 0)), 0.0, 0.0)


@dataclass(frozen=True)
class HeardMeeting:
    """A meeting as stretches.

    Attributes:
        source: of its speakers.
        turns: what is true.
        heard: its M stretches.
        speaks: (T, V) frames in which each of V speakers speaks.
        shares: (M, V) of a stretch's frames in which each speaks.
    """

    source: str
    turns: tuple[Spoken, ...]
    heard: Heard
    speaks: NDArray[np.bool_]
    shares: FloatArray

    @property
    def spans(self) -> Sequence[Span]:
        """Its stretches, in frames."""
        return self.heard.spans

    @property
    def sums(self) -> Sums:
        """Of its stretches."""
        return self.heard.sums

    def errors(self, groups: Groups) -> Errors:
        """Errors where each group of stretches is told to be a voice."""
        told = [
            Spoken(str(voice), *(frame / FRAMES_PER_SECOND for frame in self.spans[n]))
            for voice, group in enumerate(groups)
            for n in group
        ]
        return errors(self.turns, told)

    def voice(self, group: Sequence[int]) -> int:
        """Who speaks most of a group."""
        n_frames = self.sums.n_frames[list(group)]
        return int((n_frames @ self.shares[list(group)]).argmax())


@dataclass(frozen=True)
class Fit:
    """Regressions and what they give.

    Attributes:
        regressions: fitted,
        n_pairs: on so many pairs of stretches, and
        n_joins: so many joins.
        rates: diarization error by source.
        split_share: of the meetings of one voice, those told as more.
    """

    regressions: Regressions
    n_pairs: int
    n_joins: int
    rates: dict[str, float]
    split_share: float

    @property
    def loss(self) -> float:
        """Mean error; voices that are alone hardly count in it, so they count once more."""
        return sum(self.rates.values()) / len(self.rates) + self.split_share


def hear_meeting(comparison: VoiceComparison, source: str, meeting: Meeting) -> HeardMeeting | None:
    """Cut a meeting into stretches; None where there are less than two."""
    samples = [meeting.samples.astype(np.float32)]
    mfcc = np.concatenate(list(stream_cepstra(samples)))
    heard = hear(comparison, mfcc)
    if heard is None or len(heard.spans) < 2:
        return None
    turns = tuple(Spoken(turn.speaker, turn.start_s, turn.end_s) for turn in meeting.turns)
    names = sorted({turn.label for turn in turns})
    speaks = np.zeros((len(mfcc), len(names)), dtype=bool)
    for label, *times_s in turns:
        start, end = (round(time_s * FRAMES_PER_SECOND) for time_s in times_s)
        speaks[start:end, names.index(label)] = True
    shares = np.stack([speaks[frames].mean(axis=0) for frames in heard.chosen])
    return HeardMeeting(source, turns, heard, speaks, shares)


def fit_regressions(
    comparison: VoiceComparison, meetings: Sequence[HeardMeeting], seed: int
) -> Fit:
    """Fit units, then joins; keep the threshold of joins that loses least, with its neighbours.

    Sources weigh alike, and so do pairs that are one voice and pairs that are two. One meeting more
    that is told rightly decides between two thresholds, so the mean with those beside counts.

    Raises:
        ValueError: there are no two stretches of one voice, or none of two.
    """
    units, n_pairs = _fit_units(comparison, meetings, seed)
    start = replace(PLAIN, units=units, sure_llr=SURE_LLR)
    stretches = [Stretches(comparison, meeting.sums, start) for meeting in meetings]
    fits = list(_fits(meetings, stretches, start))
    losses = np.convolve(np.pad([fit.loss for fit in fits], 1, "edge"), np.ones(3), "valid")
    return replace(fits[int(losses.argmin())], n_pairs=n_pairs)


def _fit_units(
    comparison: VoiceComparison, meetings: Sequence[HeardMeeting], seed: int
) -> tuple[FloatArray, int]:
    inputs, targets, sources = [], [], []
    for number, meeting in enumerate(meetings):
        rng = np.random.default_rng([seed, number])
        groups = list(_groups_of_one_voice(meeting, rng))
        if len(groups) < 2:
            continue
        places = comparison.places(meeting.sums.pooled(groups))
        values = np.stack(list(comparison.inputs(places, places)))
        first, second = np.triu_indices(len(groups), 1)
        holds = np.array([np.isin(np.arange(len(meeting.spans)), group) for group in groups])
        apart = ~(holds[first] & holds[second]).any(axis=1)
        first, second = first[apart], second[apart]
        voices = np.array([meeting.voice(group) for group in groups])
        inputs.append(values[:, first, second].T)
        targets.append(voices[first] == voices[second])
        sources += [meeting.source] * len(first)
    rows = np.concatenate(inputs)
    return _logistic(rows, np.concatenate(targets), np.array(sources)), len(rows)


def _groups_of_one_voice(meeting: HeardMeeting, rng: np.random.Generator) -> Iterator[list[int]]:
    """Random groups of stretches in which one speaks and nobody else, of few and of many."""
    ordered = np.sort(meeting.shares, axis=1)[:, ::-1]
    is_pure = (ordered[:, 0] > OWN_SHARE) & (ordered[:, 1:].sum(axis=1) < OTHERS_SHARE)
    speaker = meeting.shares.argmax(axis=1)
    for voice in range(meeting.shares.shape[1]):
        own = np.flatnonzero(is_pure & (speaker == voice))
        for _ in range(GROUPS_PER_VOICE if len(own) > 1 else 0):
            size = int(np.exp(rng.uniform(0, np.log(len(own)))))
            yield rng.permutation(own)[: min(size, len(own) - 1)].tolist()


def _fits(
    meetings: Sequence[HeardMeeting], stretches: Sequence[Stretches], plain: Regressions
) -> Iterator[Fit]:
    rows, sources = [], []
    for meeting, own in zip(meetings, stretches, strict=True):
        joins_of_one = list(_joins(meeting, own))
        rows += joins_of_one
        sources += [meeting.source] * len(joins_of_one)
    inputs = np.array([row for row, _ in rows])
    joins = _logistic(inputs, np.array([same for _, same in rows]), np.array(sources))
    fitted = replace(plain, joins=joins)
    under = [each.under(fitted) for each in stretches]
    courses = [list(joining_steps(each)) for each in under]
    for join_llr in JOIN_LLRS:
        told = [
            own.without_small(next(groups for odds, groups in course if odds < join_llr))
            for own, course in zip(under, courses, strict=True)
        ]
        yield _judged(replace(fitted, join_llr=join_llr), len(rows), meetings, told)


def _judged(
    regressions: Regressions, n_joins: int, meetings: Sequence[HeardMeeting], told: list[Groups]
) -> Fit:
    totals: dict[str, Errors] = {}
    split = []
    for meeting, groups in zip(meetings, told, strict=True):
        totals[meeting.source] = totals.get(meeting.source, Errors()) + meeting.errors(groups)
        if meeting.shares.shape[1] == 1:
            split.append(len(groups) > 1)
    rates = {source: total.rate for source, total in totals.items()}
    return Fit(regressions, 0, n_joins, rates, sum(split) / max(len(split), 1))


def _joins(meeting: HeardMeeting, stretches: Stretches) -> Iterator[tuple[FloatArray, bool]]:
    """The likeliest two voices at each step, joined where they are one and else looked past.

    Ends `WRONG_IN_THE_END` wrong ones after all voices are whole.
    """
    joining = Joining(stretches, stretches.sure_groups())
    voices = [meeting.voice(group) for group in joining.groups]
    n_wrong = 0
    while len(voices) > 1 and n_wrong < WRONG_IN_THE_END:
        first, second = joining.likeliest()
        if not np.isfinite(joining.log_odds[first, second]):
            return
        is_same = voices[first] == voices[second]
        yield joining.inputs(first, second), is_same
        if is_same:
            joining.join(first, second)
            voices.pop(second)
        else:
            joining.bar(first, second)
            n_wrong += len(set(voices)) == len(voices)


def _logistic(
    inputs: FloatArray, targets: NDArray[np.bool_], sources: NDArray[np.str_]
) -> FloatArray:
    """Weights of the inputs (N, Q) and a constant (Q + 1,)."""
    weights = np.zeros(len(targets))
    for source in np.unique(sources):
        for same in (True, False):
            chosen = (sources == source) & (targets == same)
            weights[chosen] = 1 / max(int(np.count_nonzero(chosen)), 1)
    model = LogisticRegression(C=INVERSE_PENALTY, solver="newton-cholesky")
    model.fit(inputs, targets, sample_weight=weights / weights.sum())
    return np.concatenate([model.coef_[0], model.intercept_])
