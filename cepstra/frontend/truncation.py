"""Whether a sound file ends before its own headers say so.

Decoders pass over the end of a file in silence; half an enrolment would go unnoticed. Lengths in
seconds are the decoder's affair, this looks at structure only.
"""

from __future__ import annotations

from pathlib import Path
from typing import BinaryIO

UNKNOWN_SIZES = (0, 0xFFFFFFFF)  # of a WAV that was written to a pipe
OGG_PAGE, OGG_LAST_PAGE = b"OggS", 4
OGG_LONGEST_PAGE = 65_307
MP4_BOX_WITH_INDEX = b"moov"


def is_truncated(path: Path) -> bool:
    """Tell whether the structure of a WAV, OGG or MP4 file is incomplete."""
    with path.open("rb") as file:
        head = file.read(12)
        size = path.stat().st_size
        if head[:4] == b"RIFF" and head[8:] == b"WAVE":
            return _wav_lacks_data(file, size)
        if head[:4] == OGG_PAGE:
            return _ogg_lacks_end(file, size)
        return head[4:8] == b"ftyp" and _mp4_lacks_index(file, size)


def states_length(path: Path) -> bool:
    """Tell whether an MP3 has the frame that states its length; without, lengths are guesses."""
    with path.open("rb") as file:
        head = file.read(64 * 1024)
    if head[:3] == b"ID3":
        tag = int.from_bytes(bytes(head[6:10]), "big")
        size = sum((tag >> 8 * n & 0x7F) << 7 * n for n in range(4)) + 10
        with path.open("rb") as file:
            file.seek(size)
            head = file.read(4096)
    return b"Xing" in head[:4096] or b"Info" in head[:4096]


def _wav_lacks_data(file: BinaryIO, size: int) -> bool:
    """Walk the chunks to the samples and compare their size with what the file holds."""
    at = 12
    while at + 8 <= size:
        file.seek(at)
        chunk = file.read(8)
        length = int.from_bytes(chunk[4:], "little")
        if chunk[:4] == b"data":
            return length not in UNKNOWN_SIZES and at + 8 + length > size
        at += 8 + length + length % 2
    return True


def _ogg_lacks_end(file: BinaryIO, size: int) -> bool:
    """The last page carries a flag that says it is the last."""
    file.seek(max(0, size - OGG_LONGEST_PAGE))
    tail = file.read()
    last = tail.rfind(OGG_PAGE)
    return last < 0 or last + 5 >= len(tail) or not tail[last + 5] & OGG_LAST_PAGE


def _mp4_lacks_index(file: BinaryIO, size: int) -> bool:
    """Walk the boxes: without the one that says where the sound lies, nothing can be read."""
    at = 0
    while at + 8 <= size:
        file.seek(at)
        box = file.read(16)
        length = int.from_bytes(box[:4], "big")
        if length == 1:
            length = int.from_bytes(box[8:], "big")
        if box[4:8] == MP4_BOX_WITH_INDEX:
            return at + length > size
        if length < 8:
            return length != 0
        at += length
    return True
