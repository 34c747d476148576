"""Sound as a codec gives it back."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import av
import numpy as np
from numpy.typing import NDArray
from scipy.signal import resample_poly

from cepstra.frontend import page_definition

Samples = NDArray[np.float64]

SAMPLE_RATE_HZ = page_definition().sample_rate_hz
FULL_SCALES = {"s16": 2**15, "s32": 2**31, "flt": 1}
LARGEST_INT16 = 32_767


@dataclass(frozen=True)
class Codec:
    """A lossy codec at one rate, by FFmpeg's names.

    Attributes:
        encoder: its name.
        decoder: its name.
        sample_rate_hz: of the sound that it codes.
        bit_rate_bps: bits a second.
    """

    encoder: str
    decoder: str
    sample_rate_hz: int
    bit_rate_bps: int


def coded(samples: Samples, codec: Codec) -> Samples:
    """Samples (n,) at 16 kHz through a codec and back, as many or a few more of them."""
    encoder = _context(codec.encoder, "w", codec)
    encoder.bit_rate, encoder.format = codec.bit_rate_bps, encoder.codec.audio_formats[0].name
    encoder.open()
    decoder = _context(codec.decoder, "r", codec)
    decoder.extradata = encoder.extradata
    packets = [p for piece in _pieces(samples, encoder) for p in encoder.encode(piece)]
    frames = [out for packet in [*packets, None] for out in decoder.decode(packet)]
    back = np.concatenate([_scaled(frame) for frame in frames])
    return np.asarray(resample_poly(back, SAMPLE_RATE_HZ, frames[0].sample_rate))


def _context(name: str, mode: Any, codec: Codec) -> Any:
    context: Any = av.CodecContext.create(name, mode)
    context.sample_rate, context.layout = codec.sample_rate_hz, "mono"
    return context


def _pieces(samples: Samples, encoder: Any) -> list[Any]:
    """Frames as long as the encoder wants them, then None."""
    sound = resample_poly(samples, encoder.sample_rate, SAMPLE_RATE_HZ)
    numbers = np.round(np.clip(sound, -1, 1) * LARGEST_INT16).astype(np.int16)
    frame = av.AudioFrame.from_ndarray(numbers[None], "s16", "mono")
    frame.sample_rate, frame.pts = encoder.sample_rate, 0
    size = encoder.frame_size or None
    cut = av.AudioResampler(encoder.format.name, "mono", encoder.sample_rate, size)
    return [*cut.resample(frame), *cut.resample(None), None]


def _scaled(frame: Any) -> Samples:
    full_scale = FULL_SCALES[frame.format.packed.name]
    return np.asarray(frame.to_ndarray().ravel() / full_scale, dtype=np.float64)
