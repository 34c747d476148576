"""Digits sent while something breaks, and a ledger of which of them were acknowledged."""

from __future__ import annotations

import threading
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any
from zlib import crc32

import httpx
from caller_driver import HTTP
from example_messages import TRAIN

FRAMES_PER_TAKE = 40
KEPT_PER_SPEAKER = 60


def digit_message(label: str) -> dict[str, Any]:
    """Return a message of forty real frames that can be told from others by its label.

    It is cut without regard to words, too little to tell a voice by: the sender confirms it.
    """
    start = 5 * (crc32(label.encode()) % 40)
    frames = TRAIN["mfcc"][start : start + FRAMES_PER_TAKE]
    told = {"digit": start % 10, "device": label, "frontend": TRAIN["frontend"]}
    return {"mfcc": frames, **told, "confirm_voice": True}


@dataclass
class Ledger:
    """What was sent and what the service acknowledged, by speaker; safe between threads."""

    url: str
    n_speakers: int = 4
    replies: Counter[int | str] = field(default_factory=Counter)
    sent: set[tuple[str, str]] = field(default_factory=set)
    acknowledged: set[tuple[str, str]] = field(default_factory=set)
    errors: list[httpx.Response] = field(default_factory=list)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def send(self, number: int, http: httpx.Client = HTTP) -> int | None:
        """Send the digit of that number and return the status, None where no reply came."""
        speaker, label = f"speaker{number % self.n_speakers}", f"take{number}"
        with self.lock:
            self.sent.add((speaker, label))
        url = f"{self.url}/train?speaker={speaker}"
        try:
            reply = http.put(url, json=digit_message(label), timeout=60)
        except httpx.TransportError as error:
            return self._note(type(error).__name__)
        return self._note(reply.status_code, (speaker, label), reply)

    def send_all(self, numbers: range) -> None:
        """Send digits from several threads."""
        with ThreadPoolExecutor(4) as pool:
            list(pool.map(self.send, numbers))

    def assert_nothing_lost(self, url: str | None = None) -> None:
        """Compare with the store: all that was acknowledged, once, and nothing never sent."""
        kept = self.kept(url or self.url)
        assert set(kept.values()) <= {1}, "a digit was kept twice"
        assert self.acknowledged, "nothing was acknowledged, so nothing was tested"
        assert self.acknowledged <= set(kept) <= self.sent

    def kept(self, url: str) -> Counter[tuple[str, str]]:
        """Return how often the store holds each digit."""
        found: Counter[tuple[str, str]] = Counter()
        for number in range(self.n_speakers):
            speaker = f"speaker{number}"
            reply = HTTP.get(f"{url}/status?speaker={speaker}", timeout=60)
            for device in reply.raise_for_status().json()["devices"]:
                found[speaker, device["device"]] += device["takes"]
        return found

    def _note(
        self, outcome: int | str, digit: Any = None, reply: httpx.Response | None = None
    ) -> int | None:
        with self.lock:
            self.replies[outcome] += 1
            if outcome == 200:
                self.acknowledged.add(digit)
            elif reply is not None:
                self.errors.append(reply)
        return outcome if isinstance(outcome, int) else None
