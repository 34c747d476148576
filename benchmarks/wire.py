"""Bits that a second of speech takes on the wire, by the step of the coefficients."""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from cepstra.frontend import (
    Features,
    concatenate,
    extract,
    page_definition,
    speech_span,
    to_message,
)
from cepstra.frontend.audio import read_audio

STEPS = (0.01, 1.0, 2.0, 4.0)
GZIP_LEVEL = 6  # what CompressionStream uses
ATTEMPT_DIGITS = 5
EVERY_SPEAKER = 6
EVERY_READER = 12


@dataclass(frozen=True)
class WireCost:
    """What the messages of one kind take.

    Attributes:
        kind: of the messages.
        step: of the coefficients.
        plain_kbit_s: JSON, for each second of speech in it.
        gzip_kbit_s: the same, gzipped.
    """

    kind: str
    step: float
    plain_kbit_s: float
    gzip_kbit_s: float


def measure(shared: Path) -> list[WireCost]:
    """Measure digits, attempts of five digits and read sentences.

    Raises:
        AudioError: a recording is broken.
    """
    digits = [list(_digits(folder)) for folder in _speakers(shared)]
    kinds = {
        "one digit": [take for takes in digits for take in takes],
        "attempt of five digits": [concatenate(takes[:ATTEMPT_DIGITS]) for takes in digits],
        "seven seconds of reading": list(_readings(shared)),
    }
    return [_cost(kind, step, takes) for kind, takes in kinds.items() for step in STEPS]


def _speakers(shared: Path) -> list[Path]:
    return sorted((shared / "corpora" / "speech_commands" / "dev").iterdir())[::EVERY_SPEAKER]


def _digits(speaker: Path) -> Iterator[Features]:
    for path in sorted(speaker.glob("*.flac"))[:10]:
        features = extract(read_audio(path))
        yield features[speech_span(features.energy)]


def _readings(shared: Path) -> Iterator[Features]:
    folder = shared / "corpora" / "librispeech" / "background"
    for path in sorted(folder.rglob("*.flac"))[::EVERY_READER]:
        yield extract(read_audio(path))


def _cost(kind: str, step: float, takes: Sequence[Features]) -> WireCost:
    definition = replace(page_definition(), step=step)
    bodies = [_body(to_message(take, definition=definition)) for take in takes]
    seconds = sum(map(len, takes)) / definition.frames_per_second
    plain = sum(map(len, bodies))
    packed = sum(len(gzip.compress(body, GZIP_LEVEL)) for body in bodies)
    return WireCost(kind, step, 8 * plain / seconds / 1000, 8 * packed / seconds / 1000)


def _body(message: dict[str, object]) -> bytes:
    """JSON as a browser writes it, without the dust of binary fractions behind two digits."""
    tidy = json.loads(json.dumps(message), parse_float=lambda number: round(float(number), 2))
    return json.dumps(tidy, separators=(",", ":")).encode()
