"""Simulated devices and places, so that a voice is known apart from its channel.

`simulate` draws one of four conditions besides the recording itself: a device (its response, room,
bandwidth) once for a speaker and condition, noise once for a recording. `random_channel` is richer:
any of response, room, noise, band limits, overload and companding, alone or together.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray
from scipy.signal import butter, fftconvolve, firwin2, resample_poly, sosfilt

from cepstra.frontend import page_definition

Samples = NDArray[np.float64]
Simulation = Callable[[Samples, np.random.Generator, np.random.Generator], Samples]

SAMPLE_RATE_HZ = page_definition().sample_rate_hz
CLEAN = "clean"
RESPONSE_TAPS = 257
MU_LAW = 255.0
SPEECH_SHARE = 0.125  # the loudest samples, which stand for the speech level


def simulate(samples: Samples, condition: str, speaker: str, recording: str, seed: int) -> Samples:
    """A recording as another device or place would have given it; the same on every call.

    Args:
        samples: (n,) mono samples at 16 kHz, n >= 1.
        condition: one of `CONDITIONS`, or "clean" for the samples themselves.
        speaker: whose device it is.
        recording: a name within the speaker.
        seed: another seed draws other devices and noises.

    Returns:
        (n,) samples at a random level, clipped to [-1, 1].

    Raises:
        ValueError: the condition is unknown.
    """
    if condition == CLEAN:
        return samples
    if condition not in CONDITIONS:
        raise ValueError(f"condition {condition!r} is unknown; known: {', '.join(CONDITIONS)}")
    device = generator_of(seed, condition, speaker)
    take = generator_of(seed, condition, speaker, recording)
    degraded = CONDITIONS[condition](samples, device, take)
    level = 0.5 * 10 ** (generator_of(seed, "level", condition, speaker).uniform(-15, 5) / 20)
    peak = np.abs(degraded).max() + 1e-9
    return np.asarray(np.clip(degraded * (level / peak), -1.0, 1.0))


def narrowband(samples: Samples, device: np.random.Generator, take: np.random.Generator) -> Samples:
    """A recorder at 8 kHz: nothing above 4 kHz, a mild response, little noise."""
    if device.random() < 0.5:
        samples = with_response(samples, device, range_db=4.0)
    low = resample_poly(samples, 1, 2)
    if device.random() < 0.5:
        cut_hz = device.uniform(50, 200)
        low = sosfilt(butter(2, cut_hz, "highpass", fs=SAMPLE_RATE_HZ / 2, output="sos"), low)
    low = with_noise(low, take.standard_normal(len(low)), device.uniform(25, 50))
    return np.asarray(resample_poly(low, 2, 1)[: len(samples)])


def telephone(samples: Samples, device: np.random.Generator, take: np.random.Generator) -> Samples:
    """A telephone line: band-pass of varied edges and steepness, noise, mu-law at 8 kHz."""
    if device.random() < 0.5:
        samples = with_response(samples, device, range_db=5.0)
    edges_hz = [device.uniform(200, 400), device.uniform(2900, 3700)]
    order = int(device.integers(2, 6))
    line = butter(order, edges_hz, "bandpass", fs=SAMPLE_RATE_HZ / 2, output="sos")
    low = sosfilt(line, resample_poly(samples, 1, 2))
    low = with_noise(
        low, coloured_noise(len(low), device.uniform(-1, 0), take), device.uniform(15, 35)
    )
    full_scale = np.abs(low).max() * device.uniform(1, 3) + 1e-9
    return np.asarray(resample_poly(companded(low, full_scale), 2, 1)[: len(samples)])


def microphone(samples: Samples, device: np.random.Generator, take: np.random.Generator) -> Samples:
    """Another microphone, mostly in a small room, with some noise."""
    samples = with_response(samples, device, range_db=device.uniform(3, 9))
    if device.random() < 0.8:
        samples = reverberant(samples, device)
    noise = coloured_noise(len(samples), device.uniform(-2, 0), take)
    return with_noise(samples, noise, device.uniform(12, 35))


def noisy(samples: Samples, device: np.random.Generator, take: np.random.Generator) -> Samples:
    """Another microphone in a noisy place; the noise mostly swells and fades."""
    samples = with_response(samples, device, range_db=device.uniform(2, 8))
    noise = coloured_noise(len(samples), device.uniform(-2, 0), take)
    if device.random() < 0.7:
        cycles = take.uniform(0.5, 8) * np.arange(len(samples)) / SAMPLE_RATE_HZ + take.random()
        noise = noise * (1 + device.uniform(0.2, 0.9) * np.sin(2 * np.pi * cycles))
    return with_noise(samples, noise, device.uniform(3, 20))


CONDITIONS: dict[str, Simulation] = {
    "narrowband": narrowband,
    "telephone": telephone,
    "microphone": microphone,
    "noisy": noisy,
}


def generator_of(*names: object) -> np.random.Generator:
    """Return a random generator that is the same for the same names, a seed among them."""
    digest = hashlib.sha256("/".join(map(str, names)).encode()).digest()
    return np.random.default_rng(int.from_bytes(digest[:8], "little"))


def with_response(samples: Samples, rng: np.random.Generator, range_db: float) -> Samples:
    """A smooth random frequency response with a tilt, its corners about evenly spaced in mel."""
    n_corners = int(rng.integers(6, 14))
    corners = np.linspace(0.15, 2.5, n_corners) + rng.normal(0, 0.06, n_corners)
    inner_hz = np.sort(700 * np.expm1(corners))
    nyquist_hz = SAMPLE_RATE_HZ / 2
    frequencies_hz = np.unique(np.clip(np.r_[0.0, inner_hz, nyquist_hz], 0.0, nyquist_hz))
    n_bands = len(frequencies_hz)
    gains_db = rng.uniform(-range_db, range_db, n_bands)
    gains_db += rng.uniform(-3, 3) * np.linspace(-1, 1, n_bands)
    taps = firwin2(RESPONSE_TAPS, frequencies_hz / nyquist_hz, 10 ** (gains_db / 20))
    delay = RESPONSE_TAPS // 2
    return np.asarray(fftconvolve(samples, taps)[delay : delay + len(samples)])


def reverberant(samples: Samples, rng: np.random.Generator) -> Samples:
    """Exponentially decaying noise (60 dB in 0.1 to 0.5 s) behind the direct sound."""
    length = int(SAMPLE_RATE_HZ * rng.uniform(0.1, 0.5))
    tail = rng.standard_normal(length) * np.exp(-6.9 * np.arange(length) / length)
    tail *= rng.uniform(0.1, 0.5) / np.linalg.norm(tail)
    tail[0] = 1.0
    return np.asarray(fftconvolve(samples, tail)[: len(samples)])


def coloured_noise(n_samples: int, slope: float, rng: np.random.Generator) -> Samples:
    """Noise whose power falls with frequency as f to the slope: 0 white, -1 pink, -2 brown."""
    spectrum = np.fft.rfft(rng.standard_normal(n_samples))
    frequencies_hz = np.arange(len(spectrum)) * SAMPLE_RATE_HZ / n_samples
    coloured = spectrum * np.maximum(frequencies_hz, 50.0) ** (slope / 2)
    return np.asarray(np.fft.irfft(coloured, n_samples))


def with_noise(samples: Samples, noise: Samples, snr_db: float) -> Samples:
    """Samples and noise at a ratio of speech power, judged from the loudest eighth, to noise."""
    loud = np.sort(samples**2)[-max(1, int(SPEECH_SHARE * len(samples))) :]
    speech_power = 0.5 * loud.mean()
    gain = np.sqrt(speech_power / (noise**2).mean() / 10 ** (snr_db / 10))
    return np.asarray(samples + noise * gain)


def companded(samples: Samples, full_scale: float) -> Samples:
    """Eight-bit companding and back, ITU-T G.711's law."""
    coded = np.sign(samples) * np.log1p(MU_LAW * np.abs(samples) / full_scale) / np.log1p(MU_LAW)
    coded = np.round(coded * 127) / 127
    expanded = (1 + MU_LAW) ** np.abs(coded) - 1
    return np.asarray(np.sign(coded) * full_scale * expanded / MU_LAW)


def random_channel(
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
