"""RIFF WAVE, whatever its sizes say: where its samples lie, by the rules of wav-header.js."""

from __future__ import annotations

import re
import struct
from collections.abc import Iterator

import numpy as np

from cepstra.frontend.file_heads import HEADS, LONGEST_HEAD, is_filled
from cepstra.frontend.file_parts import FilePart, PartialFile
from cepstra.frontend.mpeg_frames import frames_at

PCM, EXTENSIBLE = 1, 0xFFFE  # of an extensible one the encoding proper stands further on
FRAMED = (0x50, 0x55, 0x2000)  # MPEG layer II, MP3, AC-3
FILES = (b"RIFF", b"RF64", b"BW64")  # the latter two hold sizes of 64 bits, in the chunk "ds64"
NO_SIZE = 0x7FFF0000  # and more: written to a pipe, whose end was not known
LOOKED_AT_BYTES = 3 << 18  # whole samples of any width
MOST_BITS = 32
CHUNKS = re.findall(b"....", b"datafmt LISTfactcue smplbextid3 ID3 PEAKJUNKinstiXMLafspRIFF")
TAGS = (b"ID3", b"TAG", b"APETAGEX")  # of music players, behind the sound


def is_wav(head: bytes) -> bool:
    """Tell whether a file begins as RIFF WAVE does."""
    return head[:4] in FILES and head[8:12] == b"WAVE"


def is_framed(head: bytes) -> bool:
    """Tell whether what stands behind a head of ours are frames that say how long they are."""
    return int.from_bytes(head[20:22], "little") in FRAMED


def wav_parts(file: PartialFile, size: int) -> tuple[FilePart, ...]:
    """Return where the samples of a file lie; none where it has no layout or no samples."""
    return tuple(_part(file, *found) for found in data_chunks(file, size) if found[2])


def data_chunks(file: PartialFile, size: int) -> Iterator[tuple[bytes, int, int, int]]:
    """Yield layout, start of the samples, bytes that are there, bytes that should be."""
    layout, at, long_size = b"", 12, 0
    while at + 8 <= size:
        file.seek(at)
        name, length = struct.unpack("<4sI", file.read(8))
        if name in FILES:  # another file, joined to this one
            at += 12
            continue
        if name == b"fmt ":
            layout = file.read(min(length, 64))
        if name == b"ds64":
            long_size = int.from_bytes(file.read(16)[8:], "little")
        if name == b"data" and len(layout) >= 16:
            there = size - at - 8
            stated = long_size or there if length >= NO_SIZE else length
            ends = {at + 8 + stated, at + 8 + stated + stated % 2}
            is_last = stated < there and is_filled(file, at + 8 + stated, size)
            if stated < there and not is_last:
                goes_on = not any(_begins_chunk(file, end, size) for end in ends)
                stated = there if goes_on else stated
            yield layout, at + 8, min(stated, there), stated
            if is_last:
                return
            length = stated
        at += 8 + length
        if length % 2 and not _names_chunk(file, at):
            at += 1  # padding, which some writers forget


def _names_chunk(file: PartialFile, at: int) -> bool:
    """Tell whether the name of a chunk stands there that is usual in such files."""
    file.seek(at)
    return file.read(4) in CHUNKS


def _begins_chunk(file: PartialFile, at: int, size: int) -> bool:
    """Tell whether something else than sound begins there, or no more than padding is left."""
    file.seek(at)
    head = file.read(LONGEST_HEAD)
    if any(pattern.match(head) for pattern in HEADS.values()) or frames_at(file, at):
        return True  # a file of another format
    head = head[:8]
    is_chunk = head[:4].isascii() and head[:4].decode("latin-1").isprintable()
    fits = at + 8 + int.from_bytes(head[4:], "little") <= size
    return len(head) < 8 or head[:4] in CHUNKS or head.startswith(TAGS) or (is_chunk and fits)


def _part(file: PartialFile, layout: bytes, start: int, size: int, stated: int) -> FilePart:
    layout, gain = _as_plain(file, layout, start, size)
    chunks = struct.pack("<4sI", b"fmt ", len(layout)) + layout
    length = min(size, NO_SIZE)
    head = struct.pack("<4sI4s", b"RIFF", 12 + len(chunks) + length, b"WAVE") + chunks
    return FilePart("wav", start, size, head + struct.pack("<4sI", b"data", length), stated, gain)


def _as_plain(file: PartialFile, layout: bytes, start: int, size: int) -> tuple[bytes, float]:
    """Describe samples with fewer bits than their bytes have as such of all bits, and their gain.

    They lie in the high bits, as the standard says, or in the low ones.
    """
    code, channels, rate_hz, byte_rate, block, bits = struct.unpack("<HHIIHH", layout[:16])
    valid = bits
    if code == EXTENSIBLE and len(layout) >= 26:
        code = int.from_bytes(layout[24:26], "little")
        valid = min(int.from_bytes(layout[18:20], "little") or bits, bits)
    if code != PCM or not channels or not 8 < bits <= MOST_BITS:
        return layout, 1.0
    width = -(-bits // 8)
    of_block = block // channels
    if width < of_block <= MOST_BITS // 8 and (
        byte_rate == rate_hz * block or any(_padding(file, start, size, of_block, valid))
    ):
        width = of_block
    if valid == 8 * width:
        return layout, 1.0
    _, is_low = _padding(file, start, size, width, valid)
    plain = struct.pack("<HHI", PCM, channels, rate_hz)
    plain += struct.pack("<IHH", rate_hz * width * channels, width * channels, 8 * width)
    return plain, 2.0 ** (8 * width - valid) if is_low else 1.0


def _padding(file: PartialFile, start: int, size: int, width: int, valid: int) -> tuple[bool, bool]:
    """Tell whether the low bits are always zeros, and whether the high ones repeat the sign.

    Where both do, as in silence, it is looked on: of a recording of which all is so, the sound had
    fewer bits still, or is very faint.
    """
    is_high = is_low = True
    for at in range(start, start + size, LOOKED_AT_BYTES):
        file.seek(at)
        data = file.read(min(LOOKED_AT_BYTES, start + size - at))
        is_high, is_low = _padding_of(data, width, valid)
        if not (is_high and is_low):
            break
    return is_high, is_low


def _padding_of(data: bytes, width: int, valid: int) -> tuple[bool, bool]:
    count = len(data) // width
    words = np.zeros((count, 4), dtype=np.uint8)
    words[:, 4 - width :] = np.frombuffer(data, np.uint8, count * width).reshape(count, width)
    values = words.view("<i4")[:, 0]
    spare = 8 * width - valid
    low = values >> (32 - 8 * width) & ((1 << spare) - 1)
    return not np.any(low), bool(np.all(values >> (31 - spare) == values >> 31))
