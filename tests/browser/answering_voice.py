"""A voice in the browser that says the digits which the page shows: recordings of fsdd."""

from __future__ import annotations

import base64
import json
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from page_driver import VerificationPage
from playwright.sync_api import BrowserContext, Page

from cepstra.frontend.audio import read_audio

LEVEL = 0.15  # every take is as loud, so that a noise is as far below each
WINDOW = 800
SCRIPT = Path(__file__).with_name("answering-voice.js").read_text()


def fsdd_path(shared_dir: Path, voice: str, digit: int, take: int) -> Path:
    """Return the file of one recorded digit."""
    return shared_dir / "corpora" / "fsdd" / voice / f"{digit}_{voice}_{take}.flac"


@cache
def _pcm(path: Path) -> str:
    return as_take(read_audio(path))


def as_take(sound: NDArray[np.float64]) -> str:
    """Return a recording of 16 kHz as the script in the page wants it."""
    power = np.convolve(sound**2, np.full(WINDOW, 1 / WINDOW), mode="same")
    samples = np.clip(sound * LEVEL / np.sqrt(power.max()), -1, 1)
    return base64.b64encode((samples * 32767).astype("<i2").tobytes()).decode()


def recordings(shared_dir: Path, voice: str, takes: Sequence[int]) -> dict[str, list[str]]:
    """Return takes of every digit, as the script in the page wants them."""
    return {
        str(digit): [_pcm(fsdd_path(shared_dir, voice, digit, take)) for take in takes]
        for digit in range(10)
    }


def put_voice_into(where: Page | BrowserContext, takes: dict[str, list[str]]) -> None:
    """Have somebody with these takes at the microphone of every page that is opened there.

    A page gets them, two megabytes, when it opens its microphone: most never do.
    """
    where.expose_function("recordedTakes", lambda: json.dumps(takes))
    where.add_init_script(SCRIPT)


class AnsweringPage(VerificationPage):
    """The page with somebody in front of it."""

    def __init__(
        self,
        browser: Any,
        url: str,
        speaker: str | None = None,
        takes: dict[str, list[str]] | None = None,
        **context_options: Any,
    ) -> None:
        context = browser.new_context(reduced_motion="reduce", **context_options)
        put_voice_into(context, takes or {})
        super().__init__(context.new_page(), url, speaker)

    def change_voice(self, **properties: Any) -> None:
        """Set `takes`, `isWrong` (says another digit) or `isRefused` (the microphone is)."""
        change = f"Object.assign(answeringVoice, {json.dumps(properties)})"
        self.page.add_init_script(change)  # somebody stays the same when the page is loaded again
        self.page.evaluate(change)

    def make_noise(self, level: float) -> None:
        """Have it noisy (0 to 1) around the microphone from now on."""
        self.page.evaluate(f"answeringVoice.setNoise({level})")
