"""Where a sound file begins: behind what stands in front of it, and where files were joined."""

from __future__ import annotations

import re
from collections.abc import Iterator

from cepstra.frontend.file_parts import FilePart, PartialFile

FLAC_HEAD = rb"fLaC[\0\x80]\0\0\x22"  # with STREAMINFO, of 34 bytes (RFC 9639, 8.2)
FLAC_MAGIC, SMALLEST_BLOCK = b"fLaC", 16
INITIAL = bytes(flags for flags in range(256) if flags & 8)  # of blocks of WavPack
# Of formats that do not tell where they end, and the name of each.
JOINABLE = {
    "flac": FLAC_HEAD,
    "amr": rb"#!AMR(?:-WB)?\n",
    "aiff": rb"FORM....AIF[FC]",
    "caf": rb"caff\0\x01\0\0",
    "flv": rb"FLV\x01[\x01\x04\x05]\0\0\0\x09\0\0\0\0",
    "wv": rb"wvpk.{4}[\x02-\x10]\x04.{6}\0{4}.{5}[" + re.escape(INITIAL) + b"]",
    "tta": rb"TTA1[\1\2]\0",
    "au": rb"\.snd\0\0\0.\0*",
    "asf": re.escape(bytes.fromhex("3026b2758e66cf11a6d900aa0062ce6c")),
    "w64": re.escape(bytes.fromhex("726966662e91cf11a5d628db04c10000")),
}
# Formats that tell where they end; of Matroska, with the first element of its head.
TELLING = {
    "ogg": rb"OggS\0\x02",
    "wav": rb"(?:RIFF|RF64|BW64)....WAVE",
    "mp4": rb"\0\0\0.ftyp",
    "matroska": rb"\x1aE\xdf\xa3(?:[\x80-\xff]|\x01.{7})B[\x82\x85-\x87\xf2\xf3\xf7]",
}
HEADS = {name: re.compile(pattern, re.DOTALL) for name, pattern in {**TELLING, **JOINABLE}.items()}
FOUND = re.compile(b"|".join([*TELLING.values(), FLAC_HEAD]), re.DOTALL)
BLOCK_BYTES, LONGEST_HEAD = 1 << 20, 32
KNOWN = re.compile(
    rb"RIF[FX]|RF64|BW64|\x1aE\xdf\xa3|....(?:ftyp|moov|mdat|wide|free|skip)", re.DOTALL
)
OWN = re.compile(rb"wvpk|TTA1|NIST_1A")  # which may hold the head of the WAV they were made of
ID3_FOOTER = 0x10  # a flag: ten bytes stand behind the tag
SEARCHED_BYTES = 1 << 16
PACKED = {
    b"PK\3\4": "ZIP",
    b"\x1f\x8b\x08": "gzip",
    b"7z\xbc\xaf": "7z",
    b"Rar!": "RAR",
    b"BZh": "bzip2",
    b"\xfd7zX": "xz",
}
TAR_MAGIC, TAR_MAGIC_AT = b"ustar", 257
FEWEST_LINE_FEEDS = 16  # of which none is without a carriage return by chance: 1 in 256^16


def packed_as(head: bytes) -> str | None:
    """Return how a file is packed that begins with these 512 bytes; None where it is not."""
    if head.startswith(TAR_MAGIC, TAR_MAGIC_AT):
        return "tar"
    return next((kind for tag, kind in PACKED.items() if head.startswith(tag)), None)


def is_changed_as_text(head: bytes) -> bool:
    """Tell whether a transfer took a file that begins so for text, and put CRLF for every LF."""
    n_lines = head.count(b"\n")
    return n_lines >= FEWEST_LINE_FEEDS and head.count(b"\r\n") == n_lines


def behind_tags(file: PartialFile, at: int) -> int:
    """Return where the tags of a music player (ID3) end that begin at a place, if any do."""
    while (head := _read(file, at, 10))[:3] == b"ID3" and len(head) == 10:
        at += 10 + sum((head[9 - n] & 127) << 7 * n for n in range(4))
        at += 10 if head[5] & ID3_FOOTER else 0
    return at


def beginning_of(file: PartialFile) -> int:
    """Return where a file begins: behind tags of a music player, and what a transfer left."""
    at = behind_tags(file, 0)
    head = _read(file, at, SEARCHED_BYTES)
    if KNOWN.match(head) or OWN.match(head):
        return at
    found = FOUND.search(head)
    others = any(re.match(pattern, head, re.DOTALL) for pattern in JOINABLE.values())
    return at if others else at + found.start() if found else 0


def joined_parts(file: PartialFile, size: int) -> tuple[FilePart, ...]:
    """Return the files that were joined to one, each to be read alone; of others, one part."""
    head = _read(file, 0, LONGEST_HEAD)
    if _is_headless_flac(head):
        return (FilePart("flac", 0, size, FLAC_MAGIC),)
    for name, pattern in JOINABLE.items():
        if re.match(pattern, head, re.DOTALL):
            return parts_at(name, list(_places(file, size, re.compile(pattern, re.DOTALL))), size)
    return (FilePart("", 0, size),)


def _is_headless_flac(head: bytes) -> bool:
    """Whether STREAMINFO stands there (RFC 9639, 8.2) without "fLaC" before it."""
    if not re.match(rb"[\0\x80]\0\0\x22", head) or len(head) < LONGEST_HEAD or KNOWN.match(head):
        return False
    fields = (head[4:6], head[6:8], head[8:11], head[11:14], head[14:17])
    smallest, largest, frame, largest_frame, rate = (int.from_bytes(f, "big") for f in fields)
    return SMALLEST_BLOCK <= smallest <= largest and frame <= largest_frame and rate >> 4 > 0


def parts_at(name: str, starts: list[int], size: int) -> tuple[FilePart, ...]:
    """Return files of one format that were joined, by where each begins."""
    ends = [*starts[1:], size]
    return tuple(
        FilePart(name, start, end - start) for start, end in zip(starts, ends, strict=True)
    )


def next_place(file: PartialFile, tag: bytes, at: int, size: int) -> int:
    """Return where a tag stands from a place on; the size, if it does not."""
    length = 256  # it mostly stands near, and a file may have us look often
    while at < size:
        found = _read(file, at, length).find(tag)
        if found >= 0:
            return at + found
        at += length - len(tag) + 1
        length = min(2 * length, BLOCK_BYTES)
    return size


def is_filled(file: PartialFile, at: int, size: int) -> bool:
    """Tell whether only zeros stand from a place on, as on a disk that gave more than was used."""
    places = range(at, size, BLOCK_BYTES)
    blocks = (_read(file, each, min(BLOCK_BYTES, size - each)) for each in places)
    return all(block.count(0) == len(block) for block in blocks)


def _places(file: PartialFile, size: int, pattern: re.Pattern[bytes]) -> Iterator[int]:
    for at in range(0, size, BLOCK_BYTES):
        block = _read(file, at, BLOCK_BYTES + LONGEST_HEAD)
        yield from (at + m.start() for m in pattern.finditer(block) if m.start() < BLOCK_BYTES)


def _read(file: PartialFile, at: int, size: int) -> bytes:
    file.seek(at)
    return file.read(size)
