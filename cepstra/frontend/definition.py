"""What a front end is: the numbers the page and Python share through one JSON file."""

import json
from dataclasses import dataclass, fields
from functools import cache
from pathlib import Path
from typing import Any

PAGE_DEFINITION = Path(__file__).resolve().parent.parent / "static" / "js" / "frontend.json"


@dataclass(frozen=True)
class Endpointing:
    """When the page's endpointer takes sound for speech; endpointer.js tells what each does.

    Times are in milliseconds; levels in dB of a frame's energy without its mean, times gain^2.
    """

    smoothing_ms: float
    floor_window_ms: float
    lowest_floor_db: float
    assumed_floor_db: float
    start_above_floor_db: float
    end_above_floor_db: float
    start_ms: float
    hangover_ms: float
    padding_before_ms: float
    padding_after_ms: float
    min_speech_ms: float
    max_speech_ms: float


@dataclass(frozen=True)
class FrontEndDefinition:
    """The settings of one front end.

    Attributes:
        id: name carried by messages as `frontend`; empty for a front end without a name.
        sample_rate_hz: rate the samples must have.
        frame_samples: frame length, a power of two.
        hop_samples: distance between the starts of two frames.
        remove_frame_mean: subtract each frame's own mean first.
        pre_emphasis: coefficient of y[n] = x[n] - a x[n-1] inside the frame; 0 turns it off.
        gain: factor on samples in [-1, 1]. Meyda takes ln(1 + energy), so without a gain
            quiet mel bands vanish.
        window: Meyda's window name; only "hamming" (periodic) is known.
        mel_bands: number of mel bands.
        coefficients: cepstral coefficients kept, c0 included.
        step: distance of the values that a coefficient takes in a message; 0: as computed.
        endpointing: how speech is found in a stream; None where nobody has to find it.
    """

    id: str
    sample_rate_hz: int
    frame_samples: int
    hop_samples: int
    remove_frame_mean: bool
    pre_emphasis: float
    gain: float
    window: str
    mel_bands: int
    coefficients: int
    step: float
    endpointing: Endpointing | None = None

    def __post_init__(self) -> None:
        """Refuse settings that Meyda could not run.

        Raises:
            ValueError: a setting is out of range or the window is unknown.
        """
        if self.window != "hamming":
            raise ValueError(f"window: expected 'hamming', got {self.window!r}")
        if self.frame_samples < 2 or self.frame_samples & (self.frame_samples - 1):
            raise ValueError(f"frame_samples: expected a power of two, got {self.frame_samples}")
        if self.hop_samples < 1 or self.sample_rate_hz < 1:
            raise ValueError("hop_samples and sample_rate_hz: expected positive numbers")
        if self.step < 0:
            raise ValueError(f"step: expected 0 or more, got {self.step}")
        if not 1 <= self.coefficients <= self.mel_bands:
            raise ValueError(
                f"coefficients: expected 1 to mel_bands ({self.mel_bands}), got {self.coefficients}"
            )

    @property
    def frames_per_second(self) -> float:
        """Frames in a second of sound."""
        return self.sample_rate_hz / self.hop_samples


def load_definition(path: Path) -> FrontEndDefinition:
    """Read a definition from JSON.

    Args:
        path: file with exactly the attributes of `FrontEndDefinition`, and in its
            `endpointing`, unless that is null, those of `Endpointing`.

    Raises:
        ValueError: the file lacks a setting or holds one that Python does not know; a
            setting known to one side only would let the two front ends drift apart.
    """
    settings = json.loads(path.read_text(encoding="utf-8"))
    _check_names(settings, FrontEndDefinition, path)
    endpointing = settings.pop("endpointing")
    if endpointing is not None:
        _check_names(endpointing, Endpointing, path)
        endpointing = Endpointing(**endpointing)
    return FrontEndDefinition(**settings, endpointing=endpointing)


def _check_names(settings: dict[str, Any], kind: type, path: Path) -> None:
    expected = {field.name for field in fields(kind)}
    if settings.keys() != expected:
        missing, unknown = expected - settings.keys(), settings.keys() - expected
        raise ValueError(f"{path}: missing {sorted(missing)}, unknown {sorted(unknown)}")


@cache
def page_definition() -> FrontEndDefinition:
    """The page's front end, `static/js/frontend.json`, read once."""
    return load_definition(PAGE_DEFINITION)
