"""Real frames as the page would send them."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

import orjson

ROOT = Path(__file__).resolve().parent.parent
FRAMES_PER_MESSAGE = 70
N_MESSAGES = 10


def messages() -> list[bytes]:
    """Return ten bodies of seventy frames each.

    Two of them share a digit, so that ten digits already give a reference.
    """
    return [_message(index) for index in range(N_MESSAGES)]


def _message(index: int) -> bytes:
    whole = recording()
    start = index * (len(whole["mfcc"]) - FRAMES_PER_MESSAGE) // (N_MESSAGES - 1)
    part = {
        name: whole[name][start : start + FRAMES_PER_MESSAGE]
        for name in ("mfcc", "energy", "zcr")
        if name in whole
    }
    return orjson.dumps({**part, "digit": index % 5, "frontend": whole["frontend"]})


@cache
def recording() -> dict[str, Any]:
    """Return the shipped message, read once."""
    recording: dict[str, Any] = json.loads((ROOT / "mfcc_train.json").read_text())
    return recording
