"""Decode FLAC files for tests in Node, which cannot: float32 mono samples on standard output.

    python decode_corpus.py FILE...

For each file in turn: the number of samples as a little-endian uint32, then the samples.
"""

import sys
from pathlib import Path

import numpy as np
import soundfile


def decode(path: Path) -> bytes:
    """Return length and samples of one 16 kHz mono file as bytes; ValueError for any other file."""
    samples, rate_hz = soundfile.read(path, dtype="float32")
    if rate_hz != 16_000 or samples.ndim != 1:
        raise ValueError(f"{path}: expected 16 kHz mono, got {rate_hz} Hz, shape {samples.shape}")
    return np.uint32(len(samples)).tobytes() + samples.tobytes()


if __name__ == "__main__":
    for name in sys.argv[1:]:
        sys.stdout.buffer.write(decode(Path(name)))
