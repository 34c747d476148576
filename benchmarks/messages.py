"""Real frames as the page would send them."""

from __future__ import annotations

import json
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import orjson
from numpy.typing import NDArray

ROOT = Path(__file__).resolve().parent.parent
FRAMES_PER_MESSAGE = 70
N_MESSAGES = 10
NOISE = 0.6  # of each coefficient's deviation: neither a copy nor another voice


def messages() -> list[bytes]:
    """Return ten bodies of seventy frames each.

    Two of them share a digit, so that ten digits already give a reference.
    """
    return [_message(index) for index in range(N_MESSAGES)]


def _message(index: int) -> bytes:
    whole = recording()
    start = index * (len(whole["mfcc"]) - FRAMES_PER_MESSAGE) // (N_MESSAGES - 1)
    mfcc = whole["mfcc"][start : start + FRAMES_PER_MESSAGE]
    return orjson.dumps({"mfcc": mfcc, "digit": index % 5, "frontend": whole["frontend"]})


@cache
def recording(name: str = "mfcc_train") -> dict[str, Any]:
    """Return a shipped message, read once."""
    recording: dict[str, Any] = json.loads((ROOT / f"{name}.json").read_text())
    return recording


class Voice:
    """Says digits again and again, never twice alike."""

    def __init__(self) -> None:
        self._rng = np.random.default_rng(1)

    def say(self, digits: Sequence[int], **more: Any) -> bytes:
        """Return a message of those digits, said anew."""
        segments = [{"digit": digit, "frames": FRAMES_PER_MESSAGE} for digit in digits]
        frames = np.round(np.concatenate([self._word(digit) for digit in digits]), 2).tolist()
        frontend = recording()["frontend"]
        return orjson.dumps({"mfcc": frames, "segments": segments, "frontend": frontend, **more})

    def take(self, digit: int, **more: Any) -> bytes:
        """Return a message for /train."""
        frames = np.round(self._word(digit), 2).tolist()
        frontend = recording()["frontend"]
        return orjson.dumps({"mfcc": frames, "digit": digit, "frontend": frontend, **more})

    def _word(self, digit: int) -> NDArray[np.float64]:
        mfcc = np.array(recording()["mfcc"])
        start = digit * (len(mfcc) - FRAMES_PER_MESSAGE) // 9
        word = mfcc[start : start + FRAMES_PER_MESSAGE]
        noise = NOISE * word.std(axis=0) * self._rng.normal(size=word.shape)
        return word + noise
