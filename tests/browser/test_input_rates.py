"""The same recording from devices of 44.1 and 48 kHz gives the same coefficients."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray
from page_driver import evaluate_in_time

MAX_LAG_FRAMES = 40
DIGITS = 5
SPEECH_RANGE_DB = 40
DB_PER_C0 = 10 / np.log(10) / 52  # c0 is twice the sum of 26 natural logarithms
HOP_SAMPLES = 160
SLIPS_SAMPLES = {44_100: 32, 48_000: 6}
RECORD = """async (count) => {
  const { Cepstra } = await import("/static/js/cepstra.js");
  const voice = new Cepstra();
  await voice.openMicrophone();
  const messages = [];
  while (messages.length < count) {
    messages.push(await voice.record({ digits: 1 }));
  }
  return JSON.stringify(messages);
}"""
CAPTURES = 3  # a busy machine loses blocks, which no resampler can make up for


def _captured(open_page: Callable, url: str, wav: Any) -> list[NDArray[np.float64]]:
    """Coefficients of each utterance, (frames, 20), and in one more column its level in dB."""
    messages = json.loads(evaluate_in_time(open_page(url, wav).page, RECORD, DIGITS))
    return [
        np.column_stack([message["mfcc"], DB_PER_C0 * np.array(message["mfcc"])[:, 0]])
        for message in messages
    ]


def _overlap(
    a: NDArray[np.float64], b: NDArray[np.float64], lag: int
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    a, b = a[max(lag, 0) :], b[max(-lag, 0) :]
    length = min(len(a), len(b))
    return a[:length], b[:length]


def _closest(
    pairs: list[tuple[NDArray[np.float64], NDArray[np.float64]]],
) -> NDArray[np.float64]:
    """Differences of the pair and lag that fit best, in standard deviations of a coefficient.

    Frames far below the loudest are left out: near digital silence they hold the rounding of the
    16-bit file, which is another one at another rate.
    """
    candidates = []
    for a, b in pairs:
        for lag in range(-MAX_LAG_FRAMES, MAX_LAG_FRAMES + 1):
            left, right = _overlap(a, b, lag)
            if len(left) >= 0.8 * len(a):
                sounding = left[:, -1] > a[:, -1].max() - SPEECH_RANGE_DB
                difference = np.abs(left - right)[sounding] / a.std(axis=0)
                candidates.append(difference[:, :-1])
    return min(candidates, key=lambda difference: float(np.median(difference)))


def _slipping(recording: NDArray[np.float64], slip: int) -> NDArray[np.float64]:
    """Make each repetition of the file begin `slip` samples later within a hop.

    Capture begins anywhere, so frames of two captures are up to half a hop apart, which alone
    changes coefficients. Five steps of 32 samples against five of 6 hold a pair within 0.3 ms.
    """
    missing = (slip - len(recording)) % HOP_SAMPLES
    return np.concatenate([recording, np.zeros(missing)])


def test_coefficients_agree_between_44100_and_48000_hz(
    live_server, open_page, write_wav, voice: Callable
) -> None:
    recording = voice(0, [0])[3]
    captured: dict[int, list[NDArray[np.float64]]] = {rate_hz: [] for rate_hz in SLIPS_SAMPLES}
    median = p95 = np.inf
    for _ in range(CAPTURES):
        for rate_hz, slip in SLIPS_SAMPLES.items():
            wav = write_wav("rate", [_slipping(recording, slip)], rate_hz)
            captured[rate_hz] += _captured(open_page, live_server.url, wav)
        first, second = captured.values()
        difference = _closest([(a, b) for a in first for b in second])
        median, p95 = np.quantile(difference, [0.5, 0.95])
        print(f"difference in standard deviations: median {median:.3f}, p95 {p95:.3f}")
        if median < 0.1 and p95 < 1.0:
            break
    assert median < 0.1
    assert p95 < 1.0  # a block lost by a busy machine moves a few frames
