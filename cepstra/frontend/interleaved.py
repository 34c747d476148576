"""Containers of sound beside a picture, gone through unit by unit: AVI, ASF, FLV, MPEG."""

from __future__ import annotations

import re
import struct
from typing import NamedTuple

from cepstra.frontend.file_heads import is_filled, next_place
from cepstra.frontend.file_parts import PartialFile

HEAD_BYTES = 1 << 16
AVI_SOUND = b"strh\x38\0\0\0auds"
AVI_LISTS = (b"movi", b"rec ")  # that are gone into
FLV_UNITS, FLV_HEAD_BYTES, FLV_FIRST = (8, 9, 18), 11, 13  # sound, picture, data
ASF_FILE_PROPERTIES = bytes.fromhex("a1dcab8c47a9cf118ee400c00c205365")
ASF_DATA, ASF_DATA_HEAD_BYTES = bytes.fromhex("3626b2758e66cf11a6d900aa0062ce6c"), 50
PACK, END_CODE = b"\0\0\1\xba", b"\0\0\1\xb9"
TS_PACKETS = {188: 0, 192: 4}  # bytes, of which the sync byte is that many further on
TS_SYNC, TS_LOOKED_AT, TS_BLOCK = b"\x47", 4, 4096  # packets


class Units(NamedTuple):
    """How the units of a container follow one another.

    Attributes:
        is_complete: whether none runs beyond the end of the file.
        has_holes: whether something else stands between them, or in their place.
        ends_within: of a stream, whose parts are files too, whether it ends within a unit.
    """

    is_complete: bool = True
    has_holes: bool = False
    ends_within: bool = False


def avi_units(file: PartialFile, size: int) -> Units:
    """Go through chunks and lists, up to where the head says that the file ends."""
    at, end = 0, size
    while at + 12 <= size:
        file.seek(at)
        name, length, kind = struct.unpack("<4sI4s", file.read(12))
        if name == b"RIFF":
            end = at + 8 + length
        is_gone_into = name == b"RIFF" or (name == b"LIST" and kind in AVI_LISTS)
        if not is_gone_into and (not re.match(rb"[ -~]{4}", name) or at + 8 + length > size):
            break
        at += 12 if is_gone_into else 8 + length + length % 2
    return Units(end <= size, at + 12 <= min(end, size))


def avi_length_s(file: PartialFile) -> float | None:
    """Return how long the sound is by the head of its track (AVISTREAMHEADER)."""
    file.seek(0)
    head = file.read(HEAD_BYTES)
    at = head.find(AVI_SOUND) + len(AVI_SOUND)
    if at < len(AVI_SOUND) or at + 32 > len(head):
        return None
    scale, rate, _, length = struct.unpack("<4I", head[at + 16 : at + 32])
    return length * scale / rate if rate else None


def flv_units(file: PartialFile, size: int) -> Units:
    """Go through units, behind each of which stands its size."""
    at = FLV_FIRST
    while (end := _flv_end(file, at)) and end <= size:
        at = end
    if is_filled(file, at, size):
        return Units()
    file.seek(size - 4)
    last = size - 4 - int.from_bytes(file.read(4), "big")
    return Units(last > 0 and _flv_end(file, last) == size, has_holes=at < size)


def _flv_end(file: PartialFile, at: int) -> int:
    """Return where a unit and its size end that begin at a place; 0 where none does."""
    file.seek(at)
    head = file.read(4)
    length = FLV_HEAD_BYTES + int.from_bytes(head[1:], "big")
    file.seek(at + length)
    size = file.read(4)
    is_unit = head[:1] in map(bytes, zip(FLV_UNITS))
    return at + length + 4 if is_unit and size in (b"", length.to_bytes(4, "big")) else 0


def asf_units(file: PartialFile, size: int) -> Units:
    """Go through the packets, all of one size; those with error correction begin alike."""
    file.seek(0)
    head = file.read(HEAD_BYTES)
    data, at = head.find(ASF_DATA), head.find(ASF_FILE_PROPERTIES)
    if min(data, at) < 0 or at + 100 > len(head):
        return Units()
    length = int.from_bytes(head[at + 92 : at + 96], "little")
    first = data + ASF_DATA_HEAD_BYTES
    (n_packets,) = struct.unpack("<Q", head[data + 40 : data + 48].ljust(8, b"\0"))
    n_there = min(n_packets, (size - first) // length) if length else 0
    starts = []
    for n in range(n_there):
        file.seek(first + n * length)
        starts.append(file.read(1))
    is_marked = bool(starts) and starts[0] >= b"\x80"
    return Units(has_holes=is_marked and len(set(starts)) > 1)


def asf_properties(file: PartialFile) -> tuple[int, float] | None:
    """Return size and length by the file properties, which a broadcast lacks (ASF, 3.2)."""
    file.seek(0)
    head = file.read(HEAD_BYTES)
    at = head.find(ASF_FILE_PROPERTIES)
    if at < 0 or at + 92 > len(head):
        return None
    stated, *_, played, _, preroll_ms, flags = struct.unpack("<6QI", head[at + 40 : at + 92])
    return None if flags & 1 else (stated, max(0.0, played / 1e7 - preroll_ms / 1e3))


def program_stream_units(file: PartialFile, size: int) -> Units:
    """Go through the packs of MPEG (ISO 13818-1, 2.5; ISO 11172-1), and what is in them."""
    at, has_holes = 0, False
    while at + 4 <= size:
        end = _end_in_pack(file, at)
        if not end:
            if is_filled(file, at, size):
                break
            has_holes, end = True, next_place(file, PACK, at + 1, size)
        at = end
    return Units(has_holes=has_holes, ends_within=at > size)


def _end_in_pack(file: PartialFile, at: int) -> int:
    file.seek(at)
    head = file.read(14).ljust(14, b"\0")
    if head[:4] == PACK:
        return at + (14 + (head[13] & 7) if head[4] >> 6 == 1 else 12)
    if head[:4] == END_CODE:
        return at + 4
    is_unit = head[:3] == b"\0\0\1" and head[3] > END_CODE[3]
    return at + 6 + int.from_bytes(head[4:6], "big") if is_unit else 0


def transport_stream_units(file: PartialFile, size: int) -> Units | None:
    """Go through the packets of MPEG-TS (ISO 13818-1, 2.4), all of one size; None of others."""
    for length, start in TS_PACKETS.items():
        file.seek(0)
        begun = file.read(TS_LOOKED_AT * length)[start::length]
        if begun != TS_SYNC * TS_LOOKED_AT:
            continue
        last, has_holes = begun, False
        while block := file.read(TS_BLOCK * length)[start::length]:
            has_holes |= block.count(TS_SYNC) < len(block)
            last = block
        ends_within = bool(size % length) or not last.endswith(TS_SYNC)
        return Units(has_holes=has_holes, ends_within=ends_within)
    return None
