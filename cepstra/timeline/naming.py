"""The names of voices: known ones by name, the others by number."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import replace
from itertools import count

from cepstra.timeline.diarizer import Segment, Timeline, renumbered


def voice_names(n_voices: int, known: Mapping[int, str]) -> list[str]:
    """Names of voices 0 to V - 1: the known ones, else "voice" and the place among all from 1.

    So a voice keeps its number when another one is known from now on. Where somebody known is
    called by that number, it gets one beyond V.
    """
    taken = set(known.values())
    beyond = (name for number in count(n_voices + 1) if (name := f"voice {number}") not in taken)
    own = (f"voice {voice + 1}" for voice in range(n_voices))
    return [
        known[voice] if voice in known else next(beyond) if name in taken else name
        for voice, name in enumerate(own)
    ]


def on_one_side(timeline: Timeline, known: Mapping[int, str]) -> dict[int, str]:
    """The known names of voices; nobody is on both sides of a call, but on the one of more speech.

    Args:
        timeline: voices by number.
        known: names of voices.
    """
    channels = {segment.voice: segment.channel for segment in timeline.segments}
    speech_s: dict[tuple[str, int | None], float] = defaultdict(float)
    for voice, name in known.items():
        speech_s[name, channels[voice]] += timeline.speech_s(voice)
    side_of = dict(sorted(speech_s, key=lambda place: speech_s[place]))  # the most comes last
    return {voice: name for voice, name in known.items() if channels[voice] == side_of[name]}


def named(timeline: Timeline, names: Sequence[str]) -> tuple[Timeline, tuple[str, ...]]:
    """Voices of one name become one voice.

    Args:
        timeline: voices by number.
        names: of each voice.

    Returns:
        The timeline and the names of its voices, each once.
    """
    once = tuple(dict.fromkeys(names))
    numbers = [once.index(name) for name in names]
    speech = tuple(
        max((timeline.speech[v] for v, name in enumerate(names) if name == own), key=len)
        for own in once
    )
    segments = joined([renumbered(segment, numbers) for segment in timeline.segments])
    return replace(timeline, segments=segments, speech=speech), once


def joined(segments: Sequence[Segment]) -> tuple[Segment, ...]:
    """Segments of a channel that follow each other without a gap and say the same become one."""
    result: list[Segment] = []
    last_of: dict[int | None, int] = {}  # of each channel, in the result
    for segment in segments:
        at = last_of.get(segment.channel, -1)
        last = result[at] if at >= 0 else None
        if last and (last.voice, last.other, last.end_s) == (
            segment.voice,
            segment.other,
            segment.start_s,
        ):
            before_s, here_s = last.end_s - last.start_s, segment.end_s - segment.start_s
            sums = last.confidence * before_s + segment.confidence * here_s
            mean = sums / (before_s + here_s)
            result[at] = replace(last, end_s=segment.end_s, confidence=mean)
        else:
            last_of[segment.channel] = len(result)
            result.append(segment)
    return tuple(result)
