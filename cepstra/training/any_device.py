"""One random device, place and line after another: what a voice may meet before the front end.

Richer and more mixed than the four conditions of `background.augmentation`, of whose parts it is
made: any of response, room, noise, band limits, overload and companding, alone or together.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.signal import butter, resample_poly, sosfilt

from cepstra.training.augmentation import (
    SAMPLE_RATE_HZ,
    coloured_noise,
    companded,
    reverberant,
    with_noise,
    with_response,
)

Samples = NDArray[np.float64]


def somewhere(
    samples: Samples, device: np.random.Generator, take: np.random.Generator, babble: Samples
) -> Samples:
    """A recording as some device in some place would have given it.

    Args:
        samples: (n,) mono samples at 16 kHz.
        device: draws what stays the same over a speaker's takes.
        take: draws what differs from take to take.
        babble: (m,) m >= n, other voices, from which a stretch may become the noise.

    Returns:
        (n,) samples at a random level, clipped to [-1, 1].
    """
    if device.random() < 0.85:
        samples = with_response(samples, device, range_db=device.uniform(1, 9))
    if device.random() < 0.5:
        samples = reverberant(samples, device)
    narrow = device.random() < 0.35
    if not narrow or device.random() < 0.7:
        noise = _noise(len(samples), device, take, babble)
        samples = with_noise(samples, noise, device.uniform(4, 35))
    samples = _line(samples, device, take) if narrow else _band_limited(samples, device)
    return _at_some_level(samples, device)


def _noise(
    n_samples: int, device: np.random.Generator, take: np.random.Generator, babble: Samples
) -> Samples:
    kind = device.random()
    if kind < 0.2:
        start = int(take.integers(0, len(babble) - n_samples + 1))
        return babble[start : start + n_samples] + 1e-6 * take.standard_normal(n_samples)
    noise = coloured_noise(n_samples, device.uniform(-2, 0.3), take)
    time_s = np.arange(n_samples) / SAMPLE_RATE_HZ
    if kind < 0.65:
        cycles = device.uniform(0.3, 8) * time_s + take.random()
        noise = noise * (1 + device.uniform(0.2, 0.95) * np.sin(2 * np.pi * cycles))
    elif kind < 0.75:
        hum_hz = device.choice([50, 60]) * np.arange(1, 6)[:, None]
        strength = device.uniform(0, 1, (5, 1))
        hum = (strength * np.sin(2 * np.pi * (hum_hz * time_s + take.random((5, 1))))).sum(axis=0)
        noise = noise / noise.std() + device.uniform(0.5, 2) * hum
    return np.asarray(noise)


def _line(samples: Samples, device: np.random.Generator, take: np.random.Generator) -> Samples:
    """Something that works at 8 kHz: a recorder, or a telephone with its companding."""
    low = resample_poly(samples, 1, 2)
    low_hz, high_hz = device.uniform(40, 420), device.uniform(2800, 3900)
    order = int(device.integers(1, 6))
    low = sosfilt(butter(order, [low_hz, high_hz], "bandpass", fs=8000, output="sos"), low)
    low = with_noise(low, coloured_noise(len(low), 0.0, take), device.uniform(15, 45))
    if device.random() < 0.6:
        low = companded(low, np.abs(low).max() * device.uniform(1, 4) + 1e-9)
    return np.asarray(resample_poly(low, 2, 1)[: len(samples)])


def _band_limited(samples: Samples, device: np.random.Generator) -> Samples:
    if device.random() < 0.3:
        low_hz = device.uniform(50, 250)
        samples = sosfilt(butter(2, low_hz, "highpass", fs=SAMPLE_RATE_HZ, output="sos"), samples)
    if device.random() < 0.25:
        high_hz = device.uniform(3500, 7500)
        line = butter(4, high_hz, "lowpass", fs=SAMPLE_RATE_HZ, output="sos")
        samples = sosfilt(line, samples)
    return np.asarray(samples)


def _at_some_level(samples: Samples, device: np.random.Generator) -> Samples:
    peak = np.abs(samples).max() + 1e-9
    level = 0.6 * 10 ** (device.uniform(-18, 3) / 20)
    if device.random() < 0.08:
        level = device.uniform(1.2, 2.5)  # an overdriven input
    return np.asarray(np.clip(samples * (level / peak), -1.0, 1.0))
