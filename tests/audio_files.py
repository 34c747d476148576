"""Sound files of every format, written by the library that reads them: no system program needed."""

from __future__ import annotations

from pathlib import Path

import av
import numpy as np

CODECS = {
    "wav": "pcm_s16le",
    "flac": "flac",
    "ogg": "libopus",
    "mp3": "libmp3lame",
    "m4a": "aac",
    "mp4": "aac",
    "webm": "libopus",
}
OPUS_RATE_HZ = 48_000


def write_audio(
    path: Path,
    samples: np.ndarray,
    rate_hz: int,
    codec: str,
    index_first: bool = False,
    **options: str,
) -> None:
    """Write (n,) or (channels, n) samples; `index_first` is for MP4 that streams."""
    channels = np.atleast_2d(samples).astype(np.float32)
    layout = {1: "mono", 2: "stereo", 6: "5.1"}[len(channels)]
    if index_first:
        options["movflags"] = "faststart"
    with av.open(str(path), "w", options=options) as container:
        stream = container.add_stream(
            codec, rate=OPUS_RATE_HZ if codec == "libopus" else rate_hz, layout=layout
        )
        stream.options = options
        stream.bit_rate = stream.bit_rate or 64_000
        frame = av.AudioFrame.from_ndarray(np.ascontiguousarray(channels), "fltp", layout)
        frame.sample_rate = rate_hz
        frame.pts = 0
        for part in [frame, None]:
            container.mux(stream.encode(part))


def write_silent_video(path: Path) -> None:
    """Write a video of one second without a sound track."""
    with av.open(str(path), "w") as container:
        stream = container.add_stream("mpeg4", rate=10)
        stream.width = stream.height = 32
        for n in range(10):
            image = np.full((32, 32, 3), 20 * n, dtype=np.uint8)
            container.mux(stream.encode(av.VideoFrame.from_ndarray(image)))
        container.mux(stream.encode(None))
