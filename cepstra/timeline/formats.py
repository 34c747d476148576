"""A timeline as RTTM, SRT, WebVTT and plain data.

Sources: NIST, "Rich Transcription Spring 2009 Evaluation Plan", appendix A (RTTM); W3C, "WebVTT:
The Web Video Text Tracks Format", 2019.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import chain, count
from typing import Any

from cepstra.timeline.diarizer import Segment, Timeline

Names = Sequence[str]


def to_rttm(timeline: Timeline, names: Names, recording: str) -> str:
    """One SPEAKER line a segment, with its channel; spaces in names become underscores."""
    columns = _columns(names)
    lines = [
        f"SPEAKER {_column(recording)} {(s.channel or 0) + 1} {s.start_s:.2f} "
        f"{s.end_s - s.start_s:.2f} <NA> <NA> {columns[s.voice]} {s.confidence:.2f} <NA>\n"
        for s in timeline.segments
    ]
    return "".join(lines)


def to_srt(timeline: Timeline, names: Names) -> str:
    """Numbered subtitles that tell who speaks."""
    cues = [
        f"{number}\n{_clock(s.start_s, ',')} --> {_clock(s.end_s, ',')}\n"
        f"{_untagged(said(s, names))}\n"
        for number, s in enumerate(timeline.segments, start=1)
    ]
    return "\n".join(cues)


def to_vtt(timeline: Timeline, names: Names) -> str:
    """Cues with voice spans that tell who speaks."""
    cues = [
        f"\n{_clock(s.start_s, '.')} --> {_clock(s.end_s, '.')}\n"
        f"<v {_escaped(names[s.voice])}>{_escaped(said(s, names))}</v>\n"
        for s in timeline.segments
    ]
    return "WEBVTT\n" + "".join(cues)


def to_data(timeline: Timeline, names: Names) -> dict[str, Any]:
    """Voices and segments as plain data, for JSON; times in seconds."""
    voices = [
        {"name": name, "speech_s": round(timeline.speech_s(voice), 2)}
        for voice, name in enumerate(names)
    ]
    segments = [
        {
            "start_s": round(s.start_s, 2),
            "end_s": round(s.end_s, 2),
            "voice": names[s.voice],
            "confidence": round(s.confidence, 3),
            "other": None if s.other is None else names[s.other],
            "channel": s.side,
        }
        for s in timeline.segments
    ]
    return {"duration_s": timeline.duration_s, "voices": voices, "segments": segments}


def said(segment: Segment, names: Names) -> str:
    """The name of who speaks; of two where that is not sure, or both speak."""
    name = names[segment.voice]
    return name if segment.other is None else f"{name}? {names[segment.other]}?"


def _column(text: str) -> str:
    return re.sub(r"\s+", "_", text)


def _columns(names: Names) -> list[str]:
    """A column for each name: of two that differ in their spaces alone, one gets a number."""
    given: dict[str, str] = {}
    for name in sorted(names, key=lambda name: _column(name) != name):  # who has none, as it is
        column = _column(name)
        numbered = (f"{column}_{number}" for number in count(2))
        given[name] = next(c for c in chain([column], numbered) if c not in given.values())
    return [given[name] for name in names]


def _plain(text: str) -> str:
    """A line that neither ends a cue nor looks like its times."""
    return re.sub(r"\s+", " ", text).replace("-->", "->")


def _untagged(text: str) -> str:
    """The same without brackets that players read as markup: SRT has no escapes."""
    return _plain(text).translate(str.maketrans("<>{}", "‹›()"))


def _escaped(text: str) -> str:
    return _plain(text).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _clock(seconds: float, mark: str) -> str:
    whole, thousandths = divmod(round(seconds * 1000), 1000)
    minutes, second = divmod(whole, 60)
    hour, minute = divmod(minutes, 60)
    return f"{hour:02}:{minute:02}:{second:02}{mark}{thousandths:03}"
