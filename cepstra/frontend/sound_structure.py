"""What the structure of a sound file says of its sound: how long it is, and whether all is there.

Decoders pass over the end of a file in silence; half an enrolment would go unnoticed. What counts
is the sound: a picture that is longer, or an index that is missing behind the sound, says nothing.
"""

from __future__ import annotations

import struct
import zlib
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import BinaryIO

from cepstra.frontend.file_parts import FilePart

EBML, SEGMENT = 0x1A45DFA3, 0x18538067
MPEG_RATES_HZ = {3: (44100, 48000, 32000), 2: (22050, 24000, 16000), 0: (11025, 12000, 8000)}
KBITS_MPEG_1 = (32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320)  # of layer III
KBITS_MPEG_2 = (8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160)
OPUS_HZ = 48_000
LATE_START_S = 60.0  # behind the heads: the recording of a stream that ran before
FLAC_HEAD = b"fLaC\0\0\0\x22"
REVERSED = bytes(int(f"{byte:08b}"[::-1], 2) for byte in range(256))
ASF_FILE_PROPERTIES = bytes.fromhex("a1dcab8c47a9cf118ee400c00c205365")


@dataclass(frozen=True)
class Structure:
    """What a file says of its sound.

    Attributes:
        is_complete: whether no unit of the container runs beyond the end of the file.
        is_binding: whether sound is missing where there is less than the container says, even if
            it is complete.
        says_length: whether the length told by the decoder was written, and not found by it.
        missing_s: sound in the gaps between units.
        stated_s: how long the sound is, where decoders do not tell.
        parts: of joined files, each to be read as one.
    """

    is_complete: bool = True
    is_binding: bool = True
    says_length: bool = True
    missing_s: float = 0.0
    stated_s: float | None = None
    parts: tuple[FilePart, ...] = ()


def structure_of(path: Path) -> Structure:
    """Read the structure of a file of any format; of one that has none, all is there."""
    size = path.stat().st_size
    with path.open("rb") as file:
        head = file.read(16)
        if head[:4] == b"OggS":
            return _ogg(file, size)
        if head[:4] == EBML.to_bytes(4, "big"):
            return _matroska(file, size)
        if head[4:8] in (b"ftyp", b"moov", b"mdat", b"wide", b"free", b"skip"):
            return _mp4(file, size)
        if head[:4] == bytes.fromhex("3026b275"):
            return _asf(file, size)
        if head[:4] == b"fLaC":
            return Structure(parts=_flac_parts(file, size))
        if head[:4] == b"RIFF" and head[8:11] == b"AVI":
            return Structure(int.from_bytes(head[4:8], "little") + 8 <= size, False, False)
        if head[:4] == b".snd":  # AU
            start, length = struct.unpack(">II", head[4:12])
            return Structure(length == 0xFFFFFFFF or start + length <= size, False, False)
        if head[:4] == b"riff":  # W64
            file.seek(16)
            return Structure(int.from_bytes(file.read(8), "little") <= size, False, False)
        if head[:4] == b"caff":
            return Structure(_caf_fits(file, size), False, False)
        return Structure(stated_s=_mp3_length_s(file))


def _ogg(file: BinaryIO, size: int) -> Structure:
    """Pages are numbered, so that a lost one shows (RFC 3533, 6)."""
    positions: dict[int, list[tuple[int, int]]] = defaultdict(list)
    rates: dict[int, int] = {}
    starts, end, has_sound = [0], 0, False
    for start, number, position, serial, end, body in _ogg_pages(file, size):
        if number < 0:
            break
        if number == 0:
            rates[serial] = _ogg_rate_hz(body)
            if has_sound:  # another file begins, joined to this one
                starts.append(start)
                positions[serial] = []
        has_sound = number > 0
        if position >= 0 and end <= size:
            positions[serial].append((number, position))
    missing_s = sum(
        _in_gaps_s(pages, rates.get(serial, OPUS_HZ)) for serial, pages in positions.items()
    )
    return Structure(end <= size, False, False, missing_s, parts=_parts("ogg", starts, size))


def _parts(name: str, starts: list[int], size: int) -> tuple[FilePart, ...]:
    """Files that were joined, by where each begins."""
    ends = pairwise([*starts, size])
    return tuple(FilePart(name, start, end - start) for start, end in ends)


def _ogg_pages(file: BinaryIO, size: int) -> Iterator[tuple[int, int, int, int, int, bytes]]:
    """Yield a page's start, number, position, serial, end, and the beginning of its body."""
    at = 0
    while at < size:
        file.seek(at)
        head = file.read(27)
        if head[:4] != b"OggS":
            at = _next(file, b"OggS", at + 1, size)
            continue
        if len(head) < 27:  # torn within its head
            yield at, -1, -1, 0, at + 27, b""
            return
        position, serial, number = struct.unpack("<qII", head[6:22])
        lengths = file.read(head[26])
        end = at + 27 + head[26] + sum(lengths)
        body = file.read(sum(lengths))
        stated = int.from_bytes(head[22:26], "little")
        is_whole = end > size or stated == _ogg_checksum(
            head[:22] + bytes(4) + head[26:] + lengths + body
        )
        if is_whole:  # decoders pass over any other
            yield at, number, position, serial, end, body[:64]
        at = end if is_whole else at + 1


def _next(file: BinaryIO, tag: bytes, at: int, size: int) -> int:
    while at < size:
        file.seek(at)
        found = file.read(1 << 20).find(tag)
        if found >= 0:
            return at + found
        at += (1 << 20) - len(tag) + 1
    return size


def _ogg_checksum(page: bytes) -> int:
    """Return the CRC of RFC 3533 by that of zlib, whose bits stand the other way round."""
    reflected = zlib.crc32(page.translate(REVERSED), 0xFFFFFFFF) ^ 0xFFFFFFFF
    return int(f"{reflected:032b}"[::-1], 2)


def _ogg_rate_hz(packet: bytes) -> int:
    if packet[:4] == b"Opus":
        return OPUS_HZ
    if packet[1:7] == b"vorbis":
        return int.from_bytes(packet[12:16], "little") or OPUS_HZ
    if packet[1:5] == b"FLAC":
        return int.from_bytes(packet[27:30], "big") >> 4 or OPUS_HZ
    return int.from_bytes(packet[36:40], "little") or OPUS_HZ  # Speex


def _in_gaps_s(pages: list[tuple[int, int]], rate_hz: int) -> float:
    """Return what lost pages held: their part of what the position grew by, all being alike."""
    missing_s = 0.0
    for (number, position), (next_number, next_position) in pairwise(pages):
        steps, grown_s = next_number - number, max(0, next_position - position) / rate_hz
        runs_before = position == 0 and grown_s > LATE_START_S
        missing_s += grown_s * (1 - 1 / steps) if steps > 1 and not runs_before else 0.0
    return missing_s


def _matroska(file: BinaryIO, size: int) -> Structure:
    """Go through the elements; those of unknown size are gone into (RFC 8794, 6)."""
    elements = list(_elements(file, size))
    starts = [start for start, element, _ in elements if element == EBML]  # several: joined files
    parts = _parts("matroska", starts, size) if len(starts) > 1 else ()
    is_complete = all(end <= size for _, _, end in elements)
    return Structure(is_complete, is_binding=False, parts=parts)


def _elements(file: BinaryIO, size: int) -> Iterator[tuple[int, int, int]]:
    """Yield where an element begins, its name, and where it ends, beyond the end if it is torn."""
    at = 0
    while at < size:
        file.seek(at)
        head = file.read(12)
        id_length, size_length = 9 - head[0].bit_length(), 0
        if id_length > 4:
            return  # no element: something else stands behind the last one
        if len(head) > id_length:
            size_length = 9 - head[id_length].bit_length()
        if not size_length or len(head) < id_length + size_length:
            yield at, 0, size + 1
            return
        element = int.from_bytes(head[:id_length], "big")
        bits = 7 * size_length
        length = int.from_bytes(head[id_length : id_length + size_length], "big") & (
            (1 << bits) - 1
        )
        start, at = at, at + id_length + size_length
        is_unknown = length == (1 << bits) - 1
        yield start, element, at if is_unknown else at + length
        if element != SEGMENT and not is_unknown:
            at += length


def _mp4(file: BinaryIO, size: int) -> Structure:
    """Go through the boxes; without the one that says where the sound lies, nothing can be read."""
    at, starts, found = 0, [0], [set[bytes]()]
    while at + 8 <= size:
        file.seek(at)
        box = file.read(16)
        length = int.from_bytes(box[:4], "big")
        if length == 1:
            length = int.from_bytes(box[8:], "big")
        if box[4:8] == b"ftyp" and found[-1] & {b"moov", b"mdat"}:  # another file begins
            starts.append(at)
            found.append(set())
        found[-1].add(box[4:8])
        if length < 8:
            break  # to the end of the file, or no box
        at += length
    is_complete = at <= size and all(b"moov" in names for names in found)
    says_length = not any(b"moof" in names for names in found)
    parts = _parts("mp4", starts, size) if len(starts) > 1 else ()
    return Structure(is_complete, False, says_length, parts=parts)


def _caf_fits(file: BinaryIO, size: int) -> bool:
    """Go through the chunks; the sound's may run to the end of the file."""
    at = 8
    while at + 12 <= size:
        file.seek(at)
        _, length = struct.unpack(">4sq", file.read(12))
        if length < 0:
            return True
        at += 12 + length
    return at <= size


def _asf(file: BinaryIO, size: int) -> Structure:
    """Size and length stand in the file properties, save for a broadcast (ASF, 3.2)."""
    file.seek(0)
    head = file.read(64 * 1024)
    at = head.find(ASF_FILE_PROPERTIES)
    if at < 0 or at + 92 > len(head):
        return Structure(is_binding=False)
    stated, *_, played, _, preroll_ms, flags = struct.unpack("<6QI", head[at + 40 : at + 92])
    if flags & 1:
        return Structure(is_binding=False)
    return Structure(stated <= size, False, stated_s=max(0.0, played / 1e7 - preroll_ms / 1e3))


def _flac_parts(file: BinaryIO, size: int) -> tuple[FilePart, ...]:
    """Streams that were joined, each with its STREAMINFO of 34 bytes (RFC 9639, 8.2)."""
    starts, at = [0], 0
    while (at := _next(file, FLAC_HEAD, at + 1, size)) < size:
        starts.append(at)
    return _parts("flac", starts, size)


def _mp3_length_s(file: BinaryIO) -> float | None:
    """Length by the tag that encoders put into the first frame, Xing or Info."""
    file.seek(0)
    head = file.read(10)
    start = 10 + sum((head[9 - n] & 127) << 7 * n for n in range(4)) if head[:3] == b"ID3" else 0
    file.seek(start)
    frame = file.read(256)
    if len(frame) < 64 or frame[0] != 0xFF or frame[1] & 0xE6 != 0xE2:
        return None
    version, is_mono = frame[1] >> 3 & 3, frame[3] >> 6 == 3
    tag = 4 + ((17 if is_mono else 32) if version == 3 else (9 if is_mono else 17))
    rates = MPEG_RATES_HZ.get(version, ())
    rate = frame[2] >> 2 & 3
    if (
        frame[tag : tag + 4] not in (b"Xing", b"Info")
        or not frame[tag + 7] & 1
        or rate >= len(rates)
    ):
        return None
    samples = int.from_bytes(frame[tag + 8 : tag + 12], "big") * (1152 if version == 3 else 576)
    if frame[tag + 7] & 15 == 15:  # the encoder's delay and padding stand at a place that is known
        added = int.from_bytes(frame[tag + 141 : tag + 144], "big")
        samples -= (added >> 12) + (added & 0xFFF)
    return max(0, samples) / rates[rate] or None


def mp3_frame_bytes(head: bytes) -> int:
    """Return how long a frame of layer III is by its first four bytes; 0 of anything else."""
    if len(head) < 4 or head[0] != 0xFF or head[1] & 0xE6 != 0xE2:
        return 0
    version, bit_rate, rate = head[1] >> 3 & 3, head[2] >> 4, head[2] >> 2 & 3
    if version not in MPEG_RATES_HZ or rate == 3 or not 0 < bit_rate < 15:
        return 0
    samples, kbits = (1152, KBITS_MPEG_1) if version == 3 else (576, KBITS_MPEG_2)
    bits_per_second = 1000 * kbits[bit_rate - 1]
    return samples * bits_per_second // 8 // MPEG_RATES_HZ[version][rate] + (head[2] >> 1 & 1)
