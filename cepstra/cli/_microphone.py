"""Record from this machine's microphone into a sound file."""

from __future__ import annotations

import wave
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from cepstra.frontend.audio_errors import SourceError

HOW_TO_INSTALL = "make setup-cli"
PORTAUDIO = "PortAudio, a library of the system, is missing (Debian: apt-get install libportaudio2)"


def record(path: Path, seconds: float, on_ready: Callable[[], None]) -> None:
    """Record one channel for so long, at the microphone's own rate, as 16-bit WAV.

    Calls `on_ready` once there is a microphone, just before listening.

    Raises:
        SourceError: the library or a microphone is missing, or it cannot be opened.
    """
    sound = _sounddevice()
    try:
        rate_hz = int(sound.query_devices(kind="input")["default_samplerate"])
        on_ready()
        samples = sound.rec(
            round(seconds * rate_hz),
            samplerate=rate_hz,
            channels=1,
            dtype="float32",
            blocking=True,
        )
    except (sound.PortAudioError, ValueError) as error:
        raise SourceError(f"microphone: cannot be used ({error})") from error
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(rate_hz)
        file.writeframes((np.clip(samples, -1, 1) * 32767).astype("<i2").tobytes())


def _sounddevice() -> Any:
    try:
        import sounddevice
    except ImportError:
        raise SourceError(f"microphone: needs sounddevice ({HOW_TO_INSTALL})") from None
    except OSError:
        raise SourceError(f"microphone: {PORTAUDIO}") from None
    return sounddevice
