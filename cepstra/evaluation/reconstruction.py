"""Sound from cepstral frames: what somebody can make who has the frames and the front end."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.fft import idct, irfft, rfft

from cepstra.frontend import FrontEndDefinition
from cepstra.frontend.mfcc import hamming, mel_filter_bank

Array = NDArray[np.float64]

SPREADING_STEPS = 30
PHASE_STEPS = 60
MOMENTUM = 0.99
LEAST = 1e-12


def rebuild(mfcc: Array, definition: FrontEndDefinition, seed: int = 0) -> Array:
    """Make sound from frames of cepstra.

    Args:
        mfcc: (T, D) cepstra, c0 first, D at most the definition's mel bands.
        definition: the front end that made them.
        seed: of the phases to begin with.

    Returns:
        ((T - 1) hop + frame_samples,) samples.
    """
    power = spread(mel_energies(mfcc, definition), definition)
    return with_phases(np.sqrt(power), definition, seed)


def mel_energies(mfcc: Array, definition: FrontEndDefinition) -> Array:
    """Undo the cosine transform, cepstra left out being zero, and Meyda's ln(1 + energy).

    Returns:
        (T, mel_bands) energies of samples in [-1, 1].
    """
    whole = np.zeros((len(mfcc), definition.mel_bands))
    whole[:, : mfcc.shape[1]] = mfcc
    return np.asarray(np.maximum(np.expm1(idct(whole, type=2, axis=1)), 0) / definition.gain**2)


def spread(energies: Array, definition: FrontEndDefinition) -> Array:
    """Share mel energies (T, bands) out to a smooth power spectrum that has them.

    The spectrum is that before pre-emphasis, which counts as a part of the filter bank.

    Multiplicative updates for the Kullback-Leibler divergence (Lee and Seung, "Algorithms for
    non-negative matrix factorization", 2001) with the filter bank held.

    Returns:
        (T, frame_samples / 2 + 1) power.
    """
    bank = bank_with_pre_emphasis(definition)
    weight = np.maximum(bank.sum(axis=0), LEAST)
    power = (energies / bank.sum(axis=1)) @ bank / weight
    for _ in range(SPREADING_STEPS):
        power *= (energies / np.maximum(power @ bank.T, LEAST)) @ bank / weight
    return np.pad(power, ((0, 0), (0, 1)))  # Meyda leaves the Nyquist bin out


def bank_with_pre_emphasis(definition: FrontEndDefinition) -> Array:
    """Return how much the power of each bin adds to each band, (mel_bands, frame_samples / 2)."""
    half_turns = np.linspace(0, np.pi, definition.frame_samples // 2, endpoint=False)
    emphasis = np.abs(1 - definition.pre_emphasis * np.exp(-1j * half_turns)) ** 2
    return np.asarray(mel_filter_bank(definition) * emphasis)


def spectra(samples: Array, definition: FrontEndDefinition) -> NDArray[np.complex128]:
    """Return the spectra (T, frame_samples / 2 + 1) of the front end's windowed frames."""
    frames = np.lib.stride_tricks.sliding_window_view(samples, definition.frame_samples)
    windowed = frames[:: definition.hop_samples] * hamming(definition.frame_samples)
    return np.asarray(rfft(windowed, axis=1))


def with_phases(magnitudes: Array, definition: FrontEndDefinition, seed: int = 0) -> Array:
    """Find sound whose frames have these magnitudes.

    Griffin and Lim, "Signal estimation from modified short-time Fourier transform", 1984, with
    the momentum of Perraudin, Balazs and Søndergaard, "A fast Griffin-Lim algorithm", 2013.

    Args:
        magnitudes: (T, frame_samples / 2 + 1) of windowed frames.
        definition: frame length and hop.
        seed: of the phases to begin with.

    Returns:
        ((T - 1) hop + frame_samples,) samples.
    """
    turns = np.random.default_rng(seed).random(magnitudes.shape)
    estimate = magnitudes * np.exp(2j * np.pi * turns)
    before = np.zeros_like(estimate)
    for _ in range(PHASE_STEPS):
        consistent = spectra(_overlap_added(estimate, definition), definition)
        ahead = consistent + MOMENTUM * (consistent - before)
        before = consistent
        estimate = magnitudes * ahead / np.maximum(np.abs(ahead), LEAST)
    return _overlap_added(estimate, definition)


def _overlap_added(estimate: NDArray[np.complex128], definition: FrontEndDefinition) -> Array:
    """The sound whose windowed frames are closest to the spectra in the least-squares sense."""
    length, hop = definition.frame_samples, definition.hop_samples
    window = hamming(length)
    frames = irfft(estimate, n=length, axis=1) * window
    samples = np.zeros((len(frames) - 1) * hop + length)
    weights = np.zeros_like(samples)
    for index, frame in enumerate(frames):
        samples[index * hop : index * hop + length] += frame
        weights[index * hop : index * hop + length] += window**2
    return samples / weights
