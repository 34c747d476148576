"""Recordings as attackers may play them: on other devices, through codecs, among other voices."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray
from scipy.signal import resample

from cepstra.evaluation.attack_species import among, played_unevenly
from cepstra.evaluation.codecs import Codec, coded
from cepstra.training.augmentation import simulate

Samples = NDArray[np.float64]
Channel = Callable[[np.random.Generator, Samples, Sequence[Samples]], Samples]

# Rates that evaluate-attacks does not use
CODECS = (
    Codec("libopencore_amrnb", "amrnb", 8_000, 5_150),
    Codec("libopencore_amrnb", "amrnb", 8_000, 5_900),
    Codec("libopencore_amrnb", "amrnb", 8_000, 7_400),
    Codec("g723_1", "g723_1", 8_000, 6_300),
    Codec("libopus", "libopus", 16_000, 7_000),
    Codec("libopus", "libopus", 16_000, 10_000),
    Codec("libmp3lame", "mp3float", 16_000, 16_000),
)
BABBLE_DB = (8.0, 16.0)  # of the recording above the voices
N_VOICES = (2, 6)
N_SPEEDS = (3, 9)
LARGEST_CHANGE = (0.08, 0.2)  # of the speed
FASTER = (0.02, 0.1)  # or slower by as much
LARGEST_SEED = 2**31


def _device(condition: str) -> Channel:
    def played(rng: np.random.Generator, sound: Samples, voices: Sequence[Samples]) -> Samples:
        return simulate(sound, condition, "", "", int(rng.integers(LARGEST_SEED)))

    return played


def through_codec(
    rng: np.random.Generator, sound: Samples, voices: Sequence[Samples] = ()
) -> Samples:
    """Return samples as one of `CODECS` gives them back."""
    return coded(sound, CODECS[int(rng.integers(len(CODECS)))])


def _among_voices(rng: np.random.Generator, sound: Samples, voices: Sequence[Samples]) -> Samples:
    numbers = rng.integers(len(voices), size=rng.integers(*N_VOICES))
    return among(sound, [voices[n] for n in numbers], rng.uniform(*BABBLE_DB))


def at_changing_speed(rng: np.random.Generator, sound: Samples) -> Samples:
    """Play samples now faster, now slower."""
    most = rng.uniform(*LARGEST_CHANGE)
    return played_unevenly(sound, rng.uniform(1 - most, 1 + most, rng.integers(*N_SPEEDS)))


def at_another_speed(rng: np.random.Generator, sound: Samples) -> Samples:
    """Play samples faster or slower."""
    speed = 1 + rng.choice([-1, 1]) * rng.uniform(*FASTER)
    return np.asarray(resample(sound, round(len(sound) / speed)))


CHANNELS: Mapping[str, Channel] = MappingProxyType(
    {
        "telephone": _device("telephone"),
        "microphone": _device("microphone"),
        "noisy": _device("noisy"),
        "codec": through_codec,
        "voices": _among_voices,
    }
)
