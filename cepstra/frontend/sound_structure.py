"""What the structure of a sound file says of its sound: how long it is, and whether all is there.

Decoders pass over the end of a file in silence; half an enrolment would go unnoticed. What counts
is the sound: a picture that is longer, or an index that is missing behind the sound, says nothing.
"""

from __future__ import annotations

import re
import struct
import zlib
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import pairwise
from pathlib import Path

from cepstra.frontend.file_heads import is_filled, joined_parts, next_place, parts_at
from cepstra.frontend.file_parts import FilePart, PartialFile
from cepstra.frontend.interleaved import (
    PACK,
    Units,
    asf_properties,
    asf_units,
    avi_length_s,
    avi_units,
    flv_units,
    program_stream_units,
    transport_stream_units,
)
from cepstra.frontend.mpeg_frames import frames_lost_share, mp3_length_s
from cepstra.frontend.wav import is_framed, is_wav, wav_parts

EBML, SEGMENT, CLUSTER, HOLE = 0x1A45DFA3, 0x18538067, 0x1F43B675, 0
OPUS_HZ = 48_000
NO_AIFF_SIZE = 0x7F000000  # and more: written to a pipe, whose end was not known
LATE_START_S = 60.0  # behind the heads: the recording of a stream that ran before
REVERSED = bytes(int(f"{byte:08b}"[::-1], 2) for byte in range(256))
MOST_FRAGMENT_BYTES = 1 << 20
TRACK_TIME = re.compile(
    rb"tfhd.{4}(.{4})(?:(?!tfhd).)*?tfdt(?:\0.{3}(.{4})|\x01.{3}(.{8}))", re.DOTALL
)


@dataclass(frozen=True)
class Structure:
    """What a file says of its sound.

    Attributes:
        is_complete: whether no unit of the container runs beyond the end of the file.
        is_binding: whether sound is missing where there is less than the container says, even if
            it is complete.
        says_length: whether the length told by the decoder was written, and not found by it.
        has_holes: whether something else than sound stands between units; where time leaps,
            sound is missing then.
        ends_within: of a stream, whether it ends within a unit.
        missing_s: sound in the gaps between units.
        lost_share: bytes between frames that are none, of those in frames.
        stated_s: how long the sound is, where decoders do not tell.
        fragments: of MP4, as they lie: number, and for each track the time when it begins.
        parts: what is to be read one behind the other, each as a file; none has no samples.
    """

    is_complete: bool = True
    is_binding: bool = True
    says_length: bool = True
    has_holes: bool = False
    ends_within: bool = False
    missing_s: float = 0.0
    lost_share: float = 0.0
    stated_s: float | None = None
    fragments: tuple[tuple[int, dict[int, int]], ...] = ()
    parts: tuple[FilePart, ...] = ()


def structure_of(path: Path, container: FilePart) -> Structure:
    """Read the structure of a container of any format; of one that has none, all is there."""
    with PartialFile(path, container) as file:
        parts = joined_parts(file, container.size)
    each = [_structure_of_part(path, _shifted(part, container.start)) for part in parts]
    stated = [structure.stated_s or 0.0 for structure in each]
    return replace(
        each[0],
        is_complete=all(structure.is_complete for structure in each),
        stated_s=sum(stated) if all(stated) else None,
        parts=tuple(part for structure in each for part in structure.parts),
    )


def _shifted(part: FilePart, start: int) -> FilePart:
    return replace(part, start=part.start + start)


def _structure_of_part(path: Path, part: FilePart) -> Structure:
    with PartialFile(path, part) as file:
        if is_wav(file.read(12)):
            parts = wav_parts(file, part.size)
            parts = tuple(_shifted(each, part.start) for each in parts)
            lost = [_framed_lost_share(path, each) for each in parts]
            return Structure(lost_share=max(lost, default=0.0), parts=parts)
        found = _structure(file, part.size)
    parts = tuple(_shifted(each, part.start) for each in found.parts) or (part,)
    return replace(found, parts=parts)


def _framed_lost_share(path: Path, part: FilePart) -> float:
    if not is_framed(part.head):
        return 0.0
    with PartialFile(path, replace(part, head=b"")) as file:
        return frames_lost_share(file, part.size)


def _structure(file: PartialFile, size: int) -> Structure:
    file.seek(0)
    head = file.read(16)
    if head[:4] == b"OggS":
        return _ogg(file, size)
    if head[:4] == EBML.to_bytes(4, "big"):
        return _matroska(file, size)
    if head[4:8] in (b"ftyp", b"moov", b"mdat", b"wide", b"free", b"skip"):
        return _mp4(file, size)
    if head[:4] == bytes.fromhex("3026b275"):
        return _asf(file, size)
    if head[:4] == b"RIFF" and head[8:11] == b"AVI":
        return _interleaved(avi_units(file, size), avi_length_s(file))
    if head[:4] == b"FORM" and int.from_bytes(head[4:8], "big") >= NO_AIFF_SIZE:
        return Structure(is_binding=False)
    if head[:4] == b".snd" and len(head) >= 12:  # AU
        return _au(file, size, *struct.unpack(">II", head[4:12]))
    if head[:4] == b"riff":  # W64
        return Structure(int.from_bytes(file.read(8), "little") <= size, False, False)
    if head[:4] == b"caff":
        return _caf(file, size)
    if head[:4] == b"FLV\1":
        return _interleaved(flv_units(file, size))
    if head[:4] == PACK:
        return _interleaved(program_stream_units(file, size))
    if units := transport_stream_units(file, size):
        return _interleaved(units)
    return Structure(stated_s=mp3_length_s(file), lost_share=frames_lost_share(file, size))


def _au(file: PartialFile, size: int, start: int, length: int) -> Structure:
    end = size if length == 0xFFFFFFFF else start + length
    own = end if end < size and is_filled(file, end, size) else size
    return Structure(end <= size, False, False, parts=(FilePart("au", 0, own),))


def _ogg(file: PartialFile, size: int) -> Structure:
    """Pages are numbered, so that a lost one shows (RFC 3533, 6)."""
    positions: dict[int, list[tuple[int, int]]] = defaultdict(list)
    rates: dict[int, int] = {}
    starts, end, has_sound = [0], 0, False
    for start, number, position, serial, end, body in ogg_pages(file, size):
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
    parts = parts_at("ogg", starts, size)
    return Structure(end <= size, False, False, missing_s=missing_s, parts=parts)


def ogg_pages(file: PartialFile, size: int) -> Iterator[tuple[int, int, int, int, int, bytes]]:
    """Yield a page's start, number, position, serial, end, and the beginning of its body.

    A last one that is torn or damaged has a negative number, and ends beyond the file.
    """
    at, damaged = 0, None
    while at < size:
        file.seek(at)
        head = file.read(27)
        if head[:4] != b"OggS":
            at = next_place(file, b"OggS", at + 1, size)
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
        damaged = None if is_whole else damaged or at
        at = end if is_whole else at + 1
    if damaged:  # and none follows, whose number would tell
        yield damaged, -1, -1, 0, size + 1, b""


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


def _matroska(file: PartialFile, size: int) -> Structure:
    """Go through the elements; those of unknown size are gone into (RFC 8794, 6)."""
    starts, is_complete, has_holes = [], True, False
    for start, element, end in matroska_elements(file, size):
        if element == EBML:  # several: joined files
            starts.append(start)
        is_complete = is_complete and end <= size
        has_holes = has_holes or (element == HOLE and end <= size)
    parts = parts_at("matroska", starts, size) if len(starts) > 1 else ()
    return Structure(is_complete, is_binding=False, has_holes=has_holes, parts=parts)


def matroska_elements(file: PartialFile, size: int) -> Iterator[tuple[int, int, int]]:
    """Yield where an element begins, its name, and where it ends, beyond the end if it is torn.

    What cannot be one, and others follow, is a hole.
    """
    at, tag, known_end = 0, CLUSTER.to_bytes(4, "big"), 0
    while at < size:
        element, start, end = _element_at(file, at)
        is_gone_into = element in (SEGMENT, CLUSTER) or end is None
        if element == HOLE or (not is_gone_into and (end or 0) > size):
            end = next_place(file, tag, at + 1, size)
            if end == size and element == HOLE and at >= known_end:
                return  # something else stands behind the last one
            yield at, HOLE, end if end < size else size + 1
            at = end
            continue
        known_end = max(known_end, end or 0)
        yield at, element, start if end is None else end
        at = start if is_gone_into or end is None else end


def _element_at(file: PartialFile, at: int) -> tuple[int, int, int | None]:
    """Return the name of an element, where its contents begin, and where they end, if it says."""
    file.seek(at)
    head = file.read(12)
    id_length = 9 - head[0].bit_length()
    if id_length > 4:
        return HOLE, at, at
    size_length = 9 - head[id_length].bit_length() if len(head) > id_length else 9
    if len(head) < id_length + size_length or size_length > 8:
        return -1, at, 1 << 62  # torn within its head
    bits = 7 * size_length
    field = int.from_bytes(head[id_length : id_length + size_length], "big")
    length, start = field & ((1 << bits) - 1), at + id_length + size_length
    element = int.from_bytes(head[:id_length], "big")
    return element, start, None if length == (1 << bits) - 1 else start + length


def _mp4(file: PartialFile, size: int) -> Structure:
    """Go through the boxes; without the one that says where the sound lies, nothing can be read."""
    starts, found, end = [0], [set[bytes]()], 0
    fragments: list[tuple[int, dict[int, int]]] = []
    for name, at, end in mp4_boxes(file, size):
        if name == b"ftyp" and found[-1] & {b"moov", b"mdat"}:  # another file begins
            starts.append(at)
            found.append(set())
        found[-1].add(name)
        if name == b"moof" and end <= size:
            file.seek(at)
            fragments.append(_fragment(file.read(min(end - at, MOST_FRAGMENT_BYTES))))
    is_complete = end <= size and all(b"moov" in names for names in found)
    says_length = not any(b"moof" in names for names in found)
    parts = parts_at("mp4", starts, size) if len(starts) > 1 else ()
    told = tuple(fragments) if len(starts) == 1 else ()
    return Structure(is_complete, False, says_length, fragments=told, parts=parts)


def mp4_boxes(file: PartialFile, size: int) -> Iterator[tuple[bytes, int, int]]:
    """Yield the name of a box, where it begins, and where it ends."""
    at = 0
    while at + 8 <= size:
        file.seek(at)
        box = file.read(16)
        length = int.from_bytes(box[:4], "big")
        if length == 1:
            length = int.from_bytes(box[8:], "big")
        yield box[4:8], at, at + max(8, length)
        if length < 8 or at + length > size:  # to the end of the file, or no box
            length = next_place(file, b"moof", at + 8, size + 4) - 4 - at
        at += length


def _fragment(box: bytes) -> tuple[int, dict[int, int]]:
    """Return the number of a fragment, and when each of its tracks goes on (ISO 14496-12, 8.8)."""
    times = {
        int.from_bytes(found[1], "big"): int.from_bytes(found[2] or found[3], "big")
        for found in TRACK_TIME.finditer(box)
    }
    return int.from_bytes(box[20:24], "big"), times


def lost_fragments_ticks(structure: Structure, track: int) -> float:
    """Return what of a track was in lost fragments, in ticks of its time."""
    own = [
        (number, n, times[track])
        for n, (number, times) in enumerate(structure.fragments)
        if track in times
    ]
    lost = 0.0
    for (number, n, time), (next_number, next_n, next_time) in pairwise(own):
        steps = next_number - number
        if steps > next_n - n:  # all being alike
            lost += max(0, next_time - time) * (1 - (next_n - n) / steps)
    return lost


def _interleaved(units: Units, stated_s: float | None = None) -> Structure:
    """Without holes, sound may be shorter than the picture, or than its head says."""
    return Structure(
        units.is_complete,
        is_binding=units.has_holes,
        says_length=False,
        has_holes=units.has_holes,
        ends_within=units.ends_within,
        stated_s=stated_s if units.has_holes else None,
    )


def _caf(file: PartialFile, size: int) -> Structure:
    """Where a table tells of the packets, it tells how long the sound is, too."""
    chunks = [(0, 8, b""), *caf_chunks(file, size)]
    is_complete = chunks[-1][1] <= size
    says_length = is_complete and any(name == b"pakt" for *_, name in chunks)
    return Structure(is_complete, is_binding=says_length, says_length=says_length)


def caf_chunks(file: PartialFile, size: int) -> Iterator[tuple[int, int, bytes]]:
    """Yield where a chunk begins and ends, and its name; sound may run to the end of the file."""
    at = 8
    while at + 12 <= size:
        file.seek(at)
        name, length = struct.unpack(">4sq", file.read(12))
        end = size if length < 0 else at + 12 + length
        yield at, end, name
        at = end


def _asf(file: PartialFile, size: int) -> Structure:
    properties = asf_properties(file)
    if properties is None:
        return Structure(is_binding=False)
    stated, played_s = properties
    holes = asf_units(file, size).has_holes
    return Structure(stated <= size, is_binding=holes, has_holes=holes, stated_s=played_s)
