"""What a timeline of joined meetings is worth: rows of a table, one a source."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from cepstra.evaluation.diarization import (
    COLLAR_S,
    DoubtSeconds,
    Errors,
    Spoken,
    changes_found,
    doubt,
    errors,
)
from cepstra.evaluation.joined_meetings import Meeting
from cepstra.frontend.continuous import stream_cepstra
from cepstra.timeline import Diarizer, Timeline

Tell = Callable[[Meeting], list[Spoken]]
DOUBT = " or another"


@dataclass
class TimelineSummary:
    """The errors of several meetings.

    Attributes:
        name: of their source.
        strict: errors without a collar.
        collared: errors with one of 0.25 s.
        rates: of each meeting, without a collar.
        count_errors: voices told less true ones, of each meeting.
        found: changes of voice told within 0.5 s.
        changes: true changes of voice.
        spoken_s: length of the meetings.
        doubt: seconds marked as not sure, and those that should be.
    """

    name: str
    strict: Errors = field(default_factory=Errors)
    collared: Errors = field(default_factory=Errors)
    rates: list[float] = field(default_factory=list)
    count_errors: list[int] = field(default_factory=list)
    found: int = 0
    changes: int = 0
    spoken_s: float = 0.0
    doubt: DoubtSeconds = field(default_factory=DoubtSeconds)

    def add(self, meeting: Meeting, told: Sequence[Spoken]) -> None:
        """Count what was told of a meeting."""
        truth = [Spoken(turn.speaker, turn.start_s, turn.end_s) for turn in meeting.turns]
        said = [spoken for spoken in told if not spoken.label.endswith(DOUBT)]
        strict = errors(truth, said)
        self.strict += strict
        self.collared += errors(truth, said, COLLAR_S)
        self.rates.append(strict.rate)
        n_told = len({spoken.label for spoken in said})
        self.count_errors.append(n_told - len({spoken.label for spoken in truth}))
        found, changes = changes_found(truth, said)
        self.found, self.changes = self.found + found, self.changes + changes
        self.spoken_s += meeting.duration_s
        marked = [spoken for spoken in told if spoken.label.endswith(DOUBT)]
        self.doubt += doubt(truth, said, marked)

    def row(self) -> tuple[str, ...]:
        """Cells of a table."""
        counts = np.array(self.count_errors)
        seconds = self.doubt
        return (
            self.name,
            f"{len(self.rates)}, {self.spoken_s / 60:.0f} min",
            f"{100 * self.strict.rate:.1f}",
            f"{100 * self.collared.rate:.1f}",
            f"{100 * min(self.rates):.1f} / {100 * max(self.rates):.1f}",
            f"{np.count_nonzero(counts == 0)} of {len(counts)}"
            f", {counts.min():+d} to {counts.max():+d}",
            f"{self.found} of {self.changes}",
            f"{seconds.marked_s:.0f}",
            f"{seconds.marked_two_s:.0f} of {seconds.two_s:.0f}",
            f"{seconds.marked_another_s:.0f} of {seconds.another_s:.0f}",
        )


COLUMNS = (
    "speech",
    "meetings",
    "DER, %",
    "DER with collar, %",
    "best / worst meeting, %",
    "voices counted right",
    "changes within 0.5 s",
    "not sure, s",
    "two at once, not sure of all, s",
    "another voice, not sure of all, s",
)


def summarise(name: str, meetings: Iterable[Meeting], tell: Tell) -> TimelineSummary:
    """Let something tell who speaks when in meetings, and add up its errors."""
    summary = TimelineSummary(name)
    for meeting in meetings:
        summary.add(meeting, tell(meeting))
    return summary


def told_by(diarizer: Diarizer) -> Tell:
    """Tell by our own diarizer, each side of a call by itself.

    What is not sure is there twice, the second time marked.
    """

    def tell(meeting: Meeting) -> list[Spoken]:
        channels = np.atleast_2d(meeting.samples)
        return as_spoken(diarizer.timeline(*map(_cepstra, channels)))

    return tell


def _cepstra(samples: NDArray[np.float64]) -> NDArray[np.float32]:
    return np.concatenate(list(stream_cepstra([samples.astype(np.float32)])))


def as_spoken(timeline: Timeline) -> list[Spoken]:
    """The segments of a timeline; those that are not sure are there twice."""
    result = []
    for segment in timeline.segments:
        label = f"voice {segment.voice + 1}"
        result.append(Spoken(label, segment.start_s, segment.end_s))
        if segment.other is not None:
            result.append(Spoken(label + DOUBT, segment.start_s, segment.end_s))
    return result


def read_rttm(text: str) -> list[Spoken]:
    """The speaker lines of an RTTM file.

    Raises:
        ValueError: a line has too few columns, or a time is no number.
    """
    rows = [line.split() for line in text.splitlines() if line.startswith("SPEAKER ")]
    short = [" ".join(row) for row in rows if len(row) < 8]
    if short:
        raise ValueError(f"expected at least 8 columns, got {short[0]!r}")
    return [Spoken(row[7], float(row[3]), float(row[3]) + float(row[4])) for row in rows]
