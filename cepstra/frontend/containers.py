"""Files of different formats that were joined to one: what the structure of each says.

static/js/files/containers.js has the same rule.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

from cepstra.frontend.file_heads import (
    BLOCK_BYTES,
    HEADS,
    LONGEST_HEAD,
    OWN,
    SEARCHED_BYTES,
    beginning_of,
    behind_tags,
)
from cepstra.frontend.file_parts import FilePart, PartialFile
from cepstra.frontend.interleaved import asf_properties
from cepstra.frontend.mpeg_frames import frame_at, frames_at
from cepstra.frontend.sound_structure import (
    Structure,
    caf_chunks,
    matroska_elements,
    mp4_boxes,
    ogg_pages,
    structure_of,
)
from cepstra.frontend.wav import data_chunks

ID3_HEAD, SYNC = (
    rb"ID3[\2-\4]\0.[\0-\x7f]{4}",
    rb"\xff[\xe2\xe3\xf0-\xf3\xf8-\xfb]",
)
HEAD = re.compile(b"|".join([*(each.pattern for each in HEADS.values()), ID3_HEAD]), re.DOTALL)
HEAD_OR_FRAME = re.compile(HEAD.pattern + b"|" + SYNC, re.DOTALL)
WITHOUT_END = ("flac", "amr")
NEAR_BYTES = 1 << 12


def structures_of(path: Path) -> tuple[Structure, ...]:
    """Read the structure of a file: one for each container that was joined to it."""
    return tuple(structure_of(path, each) for each in _containers(path))


def ends_within_head(path: Path) -> bool:
    """Tell whether a file ends within tags, or metadata of FLAC; both may hold large pictures."""
    size = path.stat().st_size
    with PartialFile(path, FilePart("", 0, size)) as file:
        begin = behind_tags(file, 0)
        file.seek(begin)
        is_flac = file.read(4) == b"fLaC"
        return begin > size or (is_flac and _end_of_flac_metadata(file, begin) >= size)


def _containers(path: Path) -> Iterator[FilePart]:
    rest = FilePart("", 0, path.stat().st_size)
    while rest.size:
        with PartialFile(path, rest) as file:
            is_mpeg = frames_at(file, behind_tags(file, 0)) is not None
            start = 0 if is_mpeg else beginning_of(file)
        rest = FilePart("", rest.start + start, rest.size - start)
        with PartialFile(path, rest) as file:
            size = _size_of_first(file, rest.size)
        yield replace(rest, size=size)
        rest = FilePart("", rest.start + size, rest.size - size)


def _size_of_first(file: PartialFile, size: int) -> int:
    """Return where another format begins; neighbours of one format are one container."""
    file.seek(0)
    if OWN.match(file.read(LONGEST_HEAD)):
        return size
    searched = _places(file, 0, min(size, SEARCHED_BYTES), HEAD_OR_FRAME)
    kinds = (_kind_at(file, at) for at in (0, *searched))
    kind = next(filter(None, kinds), None)
    if kind is None:
        return size
    end = min(size, ENDS.get(kind, _stated_end)(file, size))
    pattern = HEAD_OR_FRAME if kind in WITHOUT_END else HEAD
    own = _sync_at(file, end) if kind == "flac" else b""  # its frames of silence look like AAC
    for at in (end, *_places(file, end, size, pattern)):
        if _sync_at(file, at) != own and _is_other(file, at, kind):
            return at
    return size


def _sync_at(file: PartialFile, at: int) -> bytes:
    file.seek(at)
    return file.read(2)


def _kind_at(file: PartialFile, at: int) -> str | None:
    """Return the name of the format that begins at a place, perhaps with tags."""
    begin = behind_tags(file, at)
    file.seek(begin)
    head = file.read(LONGEST_HEAD)
    if head[:1] == b"\xff":
        return frames_at(file, begin)
    return next((name for name, pattern in HEADS.items() if pattern.match(head)), None)


def _is_other(file: PartialFile, at: int, kind: str) -> bool:
    return _kind_at(file, at) not in (None, kind)


def _places(file: PartialFile, at: int, end: int, pattern: re.Pattern[bytes]) -> Iterator[int]:
    length = NEAR_BYTES  # it mostly stands near, and a file may have us look often
    while at < end:
        file.seek(at)
        block = file.read(min(length, end - at) + LONGEST_HEAD)
        yield from (at + m.start() for m in pattern.finditer(block) if m.start() < length)
        at += length
        length = min(2 * length, BLOCK_BYTES)


def _end_of_wav(file: PartialFile, size: int) -> int:
    return max((at + there for _, at, there, _ in data_chunks(file, size)), default=size)


def _end_of_mp4(file: PartialFile, size: int) -> int:
    end = 0
    for _, at, box_end in mp4_boxes(file, size):
        if at > 0 and _is_other(file, at, "mp4"):
            return at
        end = box_end
    return end


def _end_of_matroska(file: PartialFile, size: int) -> int:
    end = 0
    for at, _, element_end in matroska_elements(file, size):
        if at > 0 and _is_other(file, at, "matroska"):
            return at
        end = max(end, element_end)
    return end


def _end_of_ogg(file: PartialFile, size: int) -> int:
    end = 0
    for at, *_, page_end, _ in ogg_pages(file, size):
        if any(_is_other(file, place, "ogg") for place in _places(file, end, at, HEAD)):
            return end
        end = page_end
    return end


def _end_of_frames(file: PartialFile, size: int) -> int:
    """Go through MP3 or AAC frame by frame; what is none is passed over, up to another format."""
    at, kind = behind_tags(file, 0), frames_at(file, behind_tags(file, 0))
    while at < size:
        found, length = frame_at(file, at)
        if length and found == kind:
            at += length
            continue
        others = _places(file, at, size, HEAD_OR_FRAME)
        next_at = next((place for place in others if _kind_at(file, place)), size)
        if kind and next_at < size and _is_other(file, next_at, kind):
            return next_at
        at = behind_tags(file, next_at)
        kind = kind or frames_at(file, at)
    return size


def _end_of_caf(file: PartialFile, size: int) -> int:
    chunks = caf_chunks(file, size)
    return next((at for at, *_ in chunks if _is_other(file, at, "caf")), size)


def _stated_end(file: PartialFile, _: int) -> int:
    """Return where a file ends by its head; where its head ends, if that says nothing."""
    begin = behind_tags(file, 0)
    file.seek(begin)
    head = file.read(LONGEST_HEAD)
    length = 0
    if head[:4] == b"fLaC":
        return _end_of_flac_metadata(file, begin)
    if head[:4] == b"FORM":
        length = 8 + int.from_bytes(head[4:8], "big")
    elif head[:4] == b".snd":
        length = int.from_bytes(head[4:8], "big") + int.from_bytes(head[8:12], "big")
    elif head[:4] == b"riff":
        length = int.from_bytes(head[16:24], "little")
    elif properties := asf_properties(file):
        length = properties[0]
    return begin + max(length, LONGEST_HEAD)


def _end_of_flac_metadata(file: PartialFile, begin: int) -> int:
    """Go through the blocks, which may hold the head of the WAV that it was made of."""
    at, is_last = begin + 4, False
    while not is_last:
        file.seek(at)
        head = file.read(4)
        is_last = len(head) < 4 or head[0] >= 0x80
        at += 4 + int.from_bytes(head[1:], "big")
    return at


ENDS: dict[str, Callable[[PartialFile, int], int]] = {
    "wav": _end_of_wav,
    "mp4": _end_of_mp4,
    "matroska": _end_of_matroska,
    "ogg": _end_of_ogg,
    "caf": _end_of_caf,
    "mp3": _end_of_frames,
    "aac": _end_of_frames,
}
