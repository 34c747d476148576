"""Writes speech in the sound formats that tests read."""

from __future__ import annotations

import struct
from pathlib import Path

import av
import numpy as np
from audio_files import write_audio

ENCODED: dict[tuple[object, ...], bytes] = {}  # many odd files are made from the same whole one


class Maker:
    """Writes speech, (n,) samples at 16 kHz, in any format."""

    def __init__(self, folder: Path, speech: np.ndarray) -> None:
        self.folder, self.speech = folder, speech

    def file(self, suffix: str, codec: str, rate_hz: int = 16_000, **options: str) -> bytes:
        """Return the bytes of the speech in a format."""
        return self.of(self.speech, suffix, codec, rate_hz, **options)

    def of(
        self, samples: np.ndarray, suffix: str, codec: str, rate_hz: int = 16_000, **options: str
    ) -> bytes:
        """Return the bytes of (n,) or (channels, n) samples at 16 kHz in a format."""
        key = (samples.shape, samples.tobytes(), suffix, codec, rate_hz, *sorted(options.items()))
        if key not in ENCODED:
            path = self.folder / f"plain.{suffix}"
            write_audio(path, resampled(samples, rate_hz), rate_hz, codec, **options)
            ENCODED[key] = path.read_bytes()
        return ENCODED[key]

    def tracks(
        self,
        *tracks: np.ndarray,
        picture_s: float = 0.0,
        starts_s: float = 0.0,
        suffix: str = "mp4",
        last: str = "",
    ) -> bytes:
        """Return an MP4 of sound tracks that begin so late, and of a picture that lasts so long.

        With another suffix it is a WebM or an Ogg, of Opus. The last track may be of another codec.
        """
        path, codec = self.folder / f"tracks.{suffix}", "aac" if suffix == "mp4" else "libopus"
        codecs = [*(codec for _ in tracks[1:]), *(last or codec for _ in tracks[:1])]
        with av.open(str(path), "w") as container:
            streams = [container.add_stream(each, rate=16_000, layout="mono") for each in codecs]
            if picture_s:
                picture = container.add_stream("mpeg4", rate=10)
                picture.width = picture.height = 32
            for stream, samples in zip(streams, tracks, strict=True):
                frame = av.AudioFrame.from_ndarray(samples[None].astype("f4"), "fltp", "mono")
                frame.sample_rate, frame.pts = 16_000, int(16_000 * starts_s)
                for part in (frame, None):
                    container.mux(stream.encode(part))
            for _ in range(int(10 * picture_s)):
                image = av.VideoFrame.from_ndarray(np.zeros((32, 32, 3), dtype=np.uint8))
                container.mux(picture.encode(image))
            if picture_s:
                container.mux(picture.encode(None))
        return path.read_bytes()

    def gap(self, gap_s: float) -> bytes:
        """Return an M4A whose times leap in the middle, as of a recorder that was held up."""
        path = self.folder / "gap.m4a"
        with av.open(str(path), "w") as container:
            stream = container.add_stream("aac", rate=16_000, layout="mono")
            frame = av.AudioFrame.from_ndarray(self.speech[None].astype("f4"), "fltp", "mono")
            frame.sample_rate, frame.pts = 16_000, 0
            for packet in [*stream.encode(frame), *stream.encode(None)]:
                if packet.pts > len(self.speech) / 2:
                    packet.pts += int(16_000 * gap_s)
                    packet.dts += int(16_000 * gap_s)
                container.mux(packet)
        return path.read_bytes()

    def fragments(self) -> bytes:
        """Return an MP4 as a recorder writes it, piece by piece."""
        return self.file("mp4", "aac", movflags="frag_keyframe+empty_moov", frag_duration="200000")

    def wav(self, bits: int = 16, block: int = 2, low: bool = False) -> bytearray:
        """Return a WAV of whole numbers; `low` puts 24 bits into the low bytes of four."""
        whole = np.round(np.clip(self.speech, -1, 1) * (2 ** (bits - 1) - 1)).astype("<i4")
        data = (whole if low else whole << (8 * block - bits)).astype(f"<i{block}").tobytes()
        return wav(data, struct.pack("<HHIIHH", 1, 1, 16_000, 16_000 * block, block, bits))


def resampled(samples: np.ndarray, rate_hz: int) -> np.ndarray:
    """Return samples at 16 kHz at another rate, by straight lines."""
    times = np.arange(int(samples.shape[-1] * rate_hz / 16_000)) * 16_000 / rate_hz
    places = np.arange(samples.shape[-1])
    return np.stack([np.interp(times, places, row) for row in np.atleast_2d(samples)])


def wav(data: bytes, layout: bytes, before: bytes = b"") -> bytearray:
    """Return a RIFF WAVE file of a layout; `before` stands before the samples."""
    chunks = b"fmt " + struct.pack("<I", len(layout)) + layout + before
    chunks += b"data" + struct.pack("<I", len(data)) + data
    return bytearray(b"RIFF" + struct.pack("<I", len(chunks) + 4) + b"WAVE" + chunks)
