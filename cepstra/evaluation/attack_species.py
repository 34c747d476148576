"""What somebody can make of recordings of a speaker, as messages of the page's front end."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import uniform_filter1d
from scipy.signal import resample

from cepstra.evaluation.codecs import Codec, coded
from cepstra.evaluation.reconstruction import rebuild
from cepstra.frontend import extract, page_definition, rounded

Frames = NDArray[np.float64]
Samples = NDArray[np.float64]
PIECE_FRAMES = 12
N_SPEEDS = 6
PEAK = 0.9
LEAST_DEVIATION = 1e-6
SLOW_FRAMES = 7  # whose mean is a trajectory's slow movement
SHARE_OF_OTHER = 0.7
AMR = "libopencore_amrnb", "amrnb", 8_000
OPUS = "libopus", "libopus", 16_000
MP3 = "libmp3lame", "mp3float", 16_000


@dataclass(frozen=True)
class Recorded:
    """What an attacker has of one digit.

    Attributes:
        samples: (n,) sound of a recording that the service heard.
        frames: (T, 20) its frames, as they were sent.
        other: (U, 20) frames of another such recording of the digit.
        devices: (m,) sound of copies of the recording, by device.
    """

    samples: Samples
    frames: Frames
    other: Frames
    devices: Mapping[str, Samples]


Species = Callable[[np.random.Generator, Recorded], Frames]
Mixture = Callable[[Frames, Frames], Frames]  # of a speaker's word and another's


def as_sent(frames: Frames) -> Frames:
    """Round coefficients to the step of a message."""
    step = page_definition().step
    return np.asarray(np.floor(frames / step + 0.5) * step)


def heard(samples: Samples) -> Frames:
    """Return the frames that a message carries of sound."""
    return rounded(extract(samples)).mfcc


def stretched(frames: Frames, n_frames: int) -> Frames:
    """Frames at another tempo, interpolated."""
    positions = np.linspace(0, len(frames) - 1, n_frames)
    below = positions.astype(int)
    above = np.minimum(below + 1, len(frames) - 1)
    share = (positions - below)[:, None]
    return np.asarray(frames[below] * (1 - share) + frames[above] * share)


def noisy(share: float) -> Species:
    """Return frames with noise of a share of each coefficient's deviation."""
    return lambda rng, r: as_sent(
        r.frames + share * r.frames.std(axis=0) * rng.normal(size=r.frames.shape)
    )


def in_turn(rng: np.random.Generator, recorded: Recorded) -> Frames:
    """Pieces of 12 frames of two recordings, which were brought to one length."""
    other = stretched(recorded.other, len(recorded.frames))
    is_other = np.arange(len(other)) // PIECE_FRAMES % 2 == 1
    return np.asarray(as_sent(np.where(is_other[:, None], other, recorded.frames)))


def mean_of_two(rng: np.random.Generator, recorded: Recorded) -> Frames:
    """The mean of two recordings, which were brought to one length."""
    return as_sent((recorded.frames + stretched(recorded.other, len(recorded.frames))) / 2)


def at_tempo(tempo: float) -> Species:
    """Return frames that go by faster; pitch and spectrum stay."""
    return lambda rng, r: as_sent(stretched(r.frames, max(2, round(len(r.frames) / tempo))))


def at_speed(speed: float) -> Species:
    """Return the recording played faster; pitch and spectrum rise."""
    return lambda rng, r: heard(resample(r.samples, round(len(r.samples) / speed)))


def copied_by(device: str) -> Species:
    """Return the recording as another device hears it."""
    return lambda rng, r: heard(r.devices[device])


def rebuilt(rng: np.random.Generator, recorded: Recorded) -> Frames:
    """Sound made of the frames by the Griffin-Lim algorithm, and its frames again."""
    return heard(rebuild(recorded.frames, page_definition(), int(rng.integers(2**31))))


def rebuilt_at_tempo(rng: np.random.Generator, recorded: Recorded) -> Frames:
    """The same at a tempo between 0.85 and 1.15."""
    again = rebuilt(rng, recorded)
    return as_sent(stretched(again, max(2, round(len(again) / rng.uniform(0.85, 1.15)))))


def cleaned(device: str) -> Species:
    """Return the other device's copy with the mean and deviation of another take."""
    return lambda rng, r: as_sent(_levelled(heard(r.devices[device]), r.other))


def mirrored(rng: np.random.Generator, recorded: Recorded) -> Frames:
    """Return the recording from its end to its beginning."""
    return recorded.frames[::-1]


def with_fine_movement(own: Frames, other: Frames) -> Frames:
    """Frames that move slowly as the own word does, and from frame to frame as another's does."""
    fine = other - _slow(other)
    return as_sent(_slow(own) + np.resize(fine, own.shape))


def blended(own: Frames, other: Frames) -> Frames:
    """Another's word, with the own one's mean and deviation, and `SHARE_OF_OTHER` of it."""
    theirs = _levelled(stretched(other, len(own)), own)
    return as_sent(SHARE_OF_OTHER * theirs + (1 - SHARE_OF_OTHER) * own)


def _slow(frames: Frames) -> Frames:
    return np.asarray(uniform_filter1d(frames, SLOW_FRAMES, axis=0))


def _levelled(frames: Frames, like: Frames) -> Frames:
    """Frames with the mean and deviation of others."""
    unit = (frames - frames.mean(axis=0)) / (frames.std(axis=0) + LEAST_DEVIATION)
    return np.asarray(unit * like.std(axis=0) + like.mean(axis=0))


def copied_faster(device: str, speed: float) -> Species:
    """Return the other device's copy, played faster."""
    return lambda rng, r: heard(resample(r.devices[device], round(len(r.devices[device]) / speed)))


def among(samples: Samples, voices: Sequence[Samples], above_db: float) -> Samples:
    """Samples (n,) while others speak, by how much they are above those; the peak is `PEAK`."""
    babble = sum(np.resize(voice / voice.std(), len(samples)) for voice in voices)
    mixed = samples + samples.std() / np.std(babble) / 10 ** (above_db / 20) * babble
    return np.asarray(PEAK * mixed / np.abs(mixed).max())


def played_unevenly(samples: Samples, speeds: NDArray[np.float64]) -> Samples:
    """Samples (n,) at speeds that are reached one after the other, at equal distances."""
    numbers = np.arange(len(samples))
    steps = np.interp(numbers, np.linspace(0, len(samples), len(speeds)), speeds)
    positions = np.cumsum(steps)
    return np.interp(positions[positions < len(samples)], numbers, samples)


def at_changing_speed(most: float) -> Species:
    """Return the recording played now faster, now slower, by up to a share."""

    def change(rng: np.random.Generator, recorded: Recorded) -> Frames:
        speeds = rng.uniform(1 - most, 1 + most, N_SPEEDS)
        return heard(played_unevenly(recorded.samples, speeds))

    return change


def through(codec: Codec) -> Species:
    """Return the recording as a codec gives it back."""
    return lambda rng, r: heard(coded(r.samples, codec))


DEVICES = ("laptop", "phone", "cafe")
SPECIES: Mapping[str, Species] = MappingProxyType(
    {
        "exact": lambda rng, r: r.frames,
        "noise, 10% of the deviation": noisy(0.1),
        "noise, 30%": noisy(0.3),
        "noise, 50%": noisy(0.5),
        "12-frame pieces of two takes in turn": in_turn,
        "mean of two takes": mean_of_two,
        **{f"tempo {t:.2f}": at_tempo(t) for t in (0.85, 0.93, 1.07, 1.15)},
        **{f"speed {s:.2f}": at_speed(s) for s in (0.9, 0.95, 1.05, 1.1)},
        **{f"{device} copy": copied_by(device) for device in DEVICES},
        "Griffin-Lim": rebuilt,
        "Griffin-Lim and tempo 0.85 to 1.15": rebuilt_at_tempo,
        "speed changing by up to 20%": at_changing_speed(0.2),
        "laptop copy, speed 1.05": copied_faster("laptop", 1.05),
        "AMR, 4.75 kbit/s": through(Codec(*AMR, 4_750)),
    }
)
BY_CODEC: Mapping[str, Species] = MappingProxyType(
    {
        "AMR, 7.4 kbit/s": through(Codec(*AMR, 7_400)),
        "Opus, 6 kbit/s": through(Codec(*OPUS, 6_000)),
        "Opus, 12 kbit/s": through(Codec(*OPUS, 12_000)),
        "MP3, 16 kbit/s": through(Codec(*MP3, 16_000)),
    }
)
