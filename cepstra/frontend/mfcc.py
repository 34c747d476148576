"""Mel-frequency cepstral coefficients exactly as Meyda 5.6.3 computes them."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray

from cepstra.frontend.cosine_transform import dct_matrix
from cepstra.frontend.definition import FrontEndDefinition, page_definition

Array = NDArray[np.float64]

FRAMES_AT_ONCE = 3000  # a frame takes some 17 kB while it is computed, an hour of them 6 GB


@dataclass(frozen=True, repr=False)
class Features:
    """What one recording sends: T frames.

    Attributes:
        mfcc: (T, coefficients), c0 first.
        energy: (T,) sum of squares of the windowed frame.
        zcr: (T,) sign changes in the windowed frame.
    """

    mfcc: Array
    energy: Array
    zcr: Array

    def __repr__(self) -> str:
        return f"Features(mfcc {self.mfcc.shape}, energy and zcr {self.energy.shape})"

    def __len__(self) -> int:
        """Number of frames."""
        return len(self.mfcc)

    def __getitem__(self, frames: slice) -> "Features":
        """Features of a slice of the frames."""
        return Features(self.mfcc[frames], self.energy[frames], self.zcr[frames])


def extract(samples: Array, definition: FrontEndDefinition | None = None) -> Features:
    """Features of every whole frame of a recording.

    Args:
        samples: (n,) mono samples in [-1, 1] at the definition's rate.
        definition: the front end; the page's own when omitted.

    Returns:
        Features of T = 1 + (n - frame_samples) // hop_samples frames, none when n is
        shorter than one frame.

    Raises:
        ValueError: samples is not one-dimensional or holds NaN or infinity.
    """
    definition = definition or page_definition()
    samples = np.asarray(samples, dtype=np.float64)
    if samples.ndim != 1:
        raise ValueError(f"samples: expected shape (n,), got {samples.shape}")
    if not np.isfinite(samples).all():
        raise ValueError("samples: expected finite numbers")
    hop, length = definition.hop_samples, definition.frame_samples
    n_frames = max(1, 1 + (len(samples) - length) // hop)
    reach = (FRAMES_AT_ONCE - 1) * hop + length
    starts = range(0, n_frames * hop, FRAMES_AT_ONCE * hop)
    return concatenate([_extract(samples[at : at + reach], definition) for at in starts])


def _extract(samples: Array, definition: FrontEndDefinition) -> Features:
    windowed = _windowed_frames(samples, definition)
    bands = _log_bands(windowed, definition)
    mfcc = bands @ dct_matrix(bands.shape[1], definition.coefficients)
    positive = windowed >= 0
    zcr = np.count_nonzero(positive[:, 1:] != positive[:, :-1], axis=1).astype(np.float64)
    return Features(mfcc, np.einsum("tn,tn->t", windowed, windowed), zcr)


def mel_spectrogram(samples: Array, definition: FrontEndDefinition | None = None) -> Array:
    """(T, mel_bands) ln(1 + energy) of the bands that `extract` makes its cepstra of."""
    definition = definition or page_definition()
    return _log_bands(_windowed_frames(samples, definition), definition)


def concatenate(parts: Sequence[Features]) -> Features:
    """Several recordings' features one after the other, as one.

    Raises:
        ValueError: no parts, or different numbers of coefficients.
    """
    return Features(
        np.concatenate([part.mfcc for part in parts]),
        np.concatenate([part.energy for part in parts]),
        np.concatenate([part.zcr for part in parts]),
    )


def _log_bands(windowed: Array, definition: FrontEndDefinition) -> Array:
    half = definition.frame_samples // 2
    spectrum = np.fft.rfft(windowed, axis=1)[:, :half]  # Meyda leaves the Nyquist bin out
    power = spectrum.real**2 + spectrum.imag**2
    return np.log1p(power @ mel_filter_bank(definition).T)


def _windowed_frames(samples: Array, definition: FrontEndDefinition) -> Array:
    """(T, frame_samples) frames, each prepared without memory of the one before."""
    length = definition.frame_samples
    if len(samples) < length:
        return np.empty((0, length))
    frames = np.lib.stride_tricks.sliding_window_view(samples, length)[:: definition.hop_samples]
    if definition.remove_frame_mean:
        frames = frames - frames.mean(axis=1, keepdims=True)
    if definition.pre_emphasis:
        previous = np.concatenate([frames[:, :1], frames[:, :-1]], axis=1)
        frames = frames - definition.pre_emphasis * previous
    return frames * (definition.gain * hamming(length))


@cache
def hamming(length: int) -> Array:
    """(length,) periodic Hamming window: Meyda divides by length, not by length - 1.

    Meyda keeps it in 32-bit floats. Their rounding leaks a little of a strong low band into
    weak ones, by up to 2e-4 of a coefficient in real speech.
    """
    exact = 0.54 - 0.46 * np.cos(2 * np.pi * np.arange(length) / length)
    window = exact.astype(np.float32).astype(np.float64)
    window.flags.writeable = False
    return window


@cache
def mel_filter_bank(definition: FrontEndDefinition) -> Array:
    """(mel_bands, frame_samples / 2) triangles on mel = 1125 ln(1 + f / 700).

    Edges are equally spaced in mel from 0 to half the sample rate and rounded down to bins
    floor((N + 1) f / fs), as Meyda's createMelFilterBank does. The edges pass through 32-bit
    floats there, which decides on which side of a whole bin the floor falls.
    """
    top_mel = 1125 * np.log(1 + definition.sample_rate_hz / 2 / 700)
    steps = np.arange(definition.mel_bands + 2) * (top_mel / (definition.mel_bands + 1))
    edges_mel = steps.astype(np.float32).astype(np.float64)
    edges_hz = (700 * (np.exp(edges_mel / 1125) - 1)).astype(np.float32).astype(np.float64)
    bins = np.floor((definition.frame_samples + 1) * edges_hz / definition.sample_rate_hz)
    low, centre, high = bins[:-2, None], bins[1:-1, None], bins[2:, None]
    bin_index = np.arange(definition.frame_samples // 2)
    # Two edges may share a bin; its slope is then empty, so the 1 below is never used.
    rising = (bin_index - low) / np.where(centre > low, centre - low, 1)
    falling = (high - bin_index) / np.where(high > centre, high - centre, 1)
    bank = np.where((bin_index >= low) & (bin_index < centre), rising, 0.0)
    bank = np.where((bin_index >= centre) & (bin_index < high), falling, bank)
    bank.flags.writeable = False
    return bank
