"""Frames of MPEG audio: MP3 (ISO 11172-3), and AAC in ADTS (ISO 13818-7)."""

from __future__ import annotations

import re

from cepstra.frontend.file_heads import behind_tags, next_place
from cepstra.frontend.file_parts import PartialFile

MPEG_RATES_HZ = {3: (44100, 48000, 32000), 2: (22050, 24000, 16000), 0: (11025, 12000, 8000)}
KBITS_MPEG_1 = (32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320)  # of layer III
KBITS_MPEG_2 = (8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160)
KBITS_LAYER_2 = (32, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320, 384)  # of MPEG 1
KBITS_AC3 = (*KBITS_MPEG_1, 384, 448, 512, 576, 640)
AC3_RATES_HZ = (48_000, 44_100, 32_000)

Coding = tuple[int, tuple[int, ...]]  # samples of a frame, and the bit rates that its head may name

LOAS_SYNC = 0x2B7

FREE_BYTES = 12_000  # three frames at least
ID3V1_BYTES = 128
CONSECUTIVE = 3  # frames that are alike


def frames_at(file: PartialFile, at: int) -> str | None:
    """Return "mp3" or "aac" where some frames of it follow from a place on, or all to the end."""
    found: list[tuple[str, int, int]] = []
    while len(found) < CONSECUTIVE:
        kind, length = frame_at(file, at)
        file.seek(at)
        head = file.read(3)
        if not length and (head or len(found) < 2):
            return None
        if not length:
            break
        found.append((kind, head[1], head[2] & 0x0C))
        at += length
    return found[0][0] if len(set(found)) == 1 else None


def frame_at(file: PartialFile, at: int) -> tuple[str, int]:
    """Return of what kind the frame at a place is, mp3 or aac, and its bytes; 0 where none is."""
    file.seek(at)
    head = file.read(7)
    length = mp3_frame_bytes(head)
    return ("mp3", length) if length else ("aac", _adts_length(head))


def is_of_free_bit_rate(file: PartialFile) -> bool:
    """Tell whether a file begins with MP3 frames that do not say how long they are."""
    file.seek(behind_tags(file, 0))
    begun = file.read(FREE_BYTES)
    if len(begun) < 4 or begun[0] != 0xFF or begun[1] & 0xE6 != 0xE2 or begun[2] & 0xF0:
        return False
    likes = (begun[:2] + bytes([begun[2] ^ padding]) for padding in (0, 2))
    starts = {found.start() for like in likes for found in re.finditer(re.escape(like), begun)}
    return any(starts & {2 * at - 1, 2 * at, 2 * at + 1} for at in starts - {0})


def frames_lost_share(file: PartialFile, size: int) -> float:
    """Go through frames of MPEG audio or AC-3; what is none, and others follow, was sound."""
    at, kept, lost, gap = behind_tags(file, 0), 0, 0, 0
    if not _length_at(file, at):
        return 0.0
    file.seek(at)
    sync = file.read(1)
    while at < size:
        length = _length_at(file, at)
        if length and (gap == 0 or _length_at(file, at + length)):
            kept, lost, gap, at = kept + length, lost + gap, 0, at + length
            continue
        behind = _behind_tag(file, at)
        found = behind if behind > at else next_place(file, sync, at + 1, size)
        gap += found - at if behind == at else 0
        at = found
    return lost / kept


def _behind_tag(file: PartialFile, at: int) -> int:
    file.seek(at)
    return at + ID3V1_BYTES if file.read(3) == b"TAG" else behind_tags(file, at)


def _length_at(file: PartialFile, at: int) -> int:
    """Return how long a frame is; 0 where none begins."""
    file.seek(at)
    head = file.read(7)
    return frame_bytes(head) or _adts_length(head)


def _adts_length(head: bytes) -> int:
    if len(head) < 7 or head[0] != 0xFF or head[1] & 0xF6 != 0xF0:
        return 0
    length = (head[3] & 3) << 11 | head[4] << 3 | head[5] >> 5
    return length if length >= 7 else 0


def mp3_length_s(file: PartialFile) -> float | None:
    """Length by the tag that encoders put into the first frame, Xing or Info."""
    file.seek(behind_tags(file, 0))
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


def frame_bytes(head: bytes) -> int:
    """Return how long a frame of MP3, layer II, AC-3 or LOAS is by six bytes; 0 of others."""
    mpeg = mp3_frame_bytes(head) or _layer_2_frame_bytes(head)
    return mpeg or _ac3_frame_bytes(head) or _loas_frame_bytes(head)


def mp3_frame_bytes(head: bytes) -> int:
    """Return how long a frame of layer III is by its first four bytes; 0 of anything else."""
    return _mpeg_frame_bytes(head, 0xE2, (1152, KBITS_MPEG_1), (576, KBITS_MPEG_2))


def _layer_2_frame_bytes(head: bytes) -> int:
    return _mpeg_frame_bytes(head, 0xE4, (1152, KBITS_LAYER_2), (1152, KBITS_MPEG_2))


def _mpeg_frame_bytes(head: bytes, layer: int, mpeg_1: Coding, mpeg_2: Coding) -> int:
    if len(head) < 4 or head[0] != 0xFF or head[1] & 0xE6 != layer:
        return 0
    version, bit_rate, rate = head[1] >> 3 & 3, head[2] >> 4, head[2] >> 2 & 3
    if version not in MPEG_RATES_HZ or rate == 3 or not 0 < bit_rate < 15:
        return 0
    samples, kbits = mpeg_1 if version == 3 else mpeg_2
    bits_per_second = 1000 * kbits[bit_rate - 1]
    return samples * bits_per_second // 8 // MPEG_RATES_HZ[version][rate] + (head[2] >> 1 & 1)


def _loas_frame_bytes(head: bytes) -> int:
    """Length of an AudioSyncStream (ISO 14496-3, 1.7.2)."""
    if len(head) < 3 or int.from_bytes(head[:2], "big") >> 5 != LOAS_SYNC:
        return 0
    return 3 + ((head[1] & 0x1F) << 8 | head[2])


def _ac3_frame_bytes(head: bytes) -> int:
    """Length of a frame of AC-3 (ATSC A/52, 5.4.1) or E-AC-3 (E.1.3)."""
    if len(head) < 6 or head[:2] != b"\x0b\x77":
        return 0
    if head[5] >> 3 > 10:  # E-AC-3
        return 2 * (((head[2] & 7) << 8 | head[3]) + 1)
    rate, code = head[4] >> 6, head[4] & 63
    if rate >= len(AC3_RATES_HZ) or code >= 2 * len(KBITS_AC3):
        return 0
    is_longer = AC3_RATES_HZ[rate] == 44_100 and code & 1
    return 2 * (KBITS_AC3[code >> 1] * 96_000 // AC3_RATES_HZ[rate] + bool(is_longer))
