"""Who speaks when in frames of several people: voices told apart, the enrolled ones by name."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from cepstra.timeline import Segment, named, on_one_side, voice_names
from cepstra.verification.identification import Identification, identify
from cepstra.verification.message import Message
from cepstra.verification.service import Service
from cepstra.verification.shipped import FRONT_END
from cepstra.verification.timeline_parameters import load_diarizer

LONGEST_ATTEMPT = 6000  # frames of a voice that decide its name, a minute
PART_FRAMES = 2000


@dataclass(frozen=True)
class Voice:
    """A voice of the recording.

    Attributes:
        name: alias of the speaker, or "voice 1" and so on.
        speaker: alias of the enrolled speaker; None for nobody.
        llr: of the likeliest enrolled speaker; None where nobody is enrolled.
        speech_s: seconds that it speaks.
    """

    name: str
    speaker: str | None
    llr: float | None
    speech_s: float


@dataclass(frozen=True)
class VoiceSegment:
    """A stretch of one voice, by name; `other` where that is not sure, `channel` of a call."""

    start_s: float
    end_s: float
    voice: str
    confidence: float
    other: str | None
    channel: str | None


@dataclass(frozen=True)
class NamedTimeline:
    """What /timeline replies."""

    duration_s: float
    voices: Sequence[Voice]
    segments: Sequence[VoiceSegment]


def timeline(service: Service, sides: Sequence[NDArray[np.float64]]) -> NamedTimeline:
    """Tell the voices of a recording apart and identify each; nothing is kept.

    Args:
        service: knows the enrolled speakers.
        sides: (T, 20) frames of `meyda-16k-1`, of a call those of either channel.

    Raises:
        UncalibratedError: the service has no system for that front end.
    """
    system = service.verifiers.calibrated(FRONT_END, "frontend")
    found = load_diarizer(system.scorer).timeline(*sides)
    likeliest = [_identified(service, speech) for speech in found.speech]
    known = {n: each.speaker for n, each in enumerate(likeliest) if each.speaker is not None}
    aliases = on_one_side(found, known)
    names = voice_names(found.n_voices, aliases)
    told, once = named(found, names)
    voices = [
        Voice(
            name=name,
            speaker=name if name in aliases.values() else None,
            llr=_highest([e for n, e in zip(names, likeliest, strict=True) if n == name]),
            speech_s=told.speech_s(number),
        )
        for number, name in enumerate(once)
    ]
    return NamedTimeline(found.duration_s, voices, [_by_name(s, once) for s in told.segments])


def _identified(service: Service, speech: NDArray[np.float64]) -> Identification:
    """Identify a voice by its first minute."""
    heard = speech[:LONGEST_ATTEMPT]
    parts = [heard[at : at + PART_FRAMES] for at in range(0, len(heard), PART_FRAMES)]
    return identify(service, [Message(frames=part, frontend=FRONT_END) for part in parts], top=1)


def _highest(found: Sequence[Identification]) -> float | None:
    return max((each.ranking[0].llr for each in found if each.ranking), default=None)


def _by_name(segment: Segment, names: Sequence[str]) -> VoiceSegment:
    other = None if segment.other is None else names[segment.other]
    times_s = segment.start_s, segment.end_s
    side = segment.side
    return VoiceSegment(*times_s, names[segment.voice], segment.confidence, other, side)
