"""Odd sound files of the kinds that people have, each made from speech, with its right answer."""

from __future__ import annotations

import struct
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

import numpy as np
from sound_maker import Maker, wav

Bytes = bytes | bytearray


@dataclass(frozen=True)
class OddFile:
    """A file and what is right of it.

    Attributes:
        name: of the file.
        make: gets a `Maker` and returns the bytes.
        share: of the speech that is heard; None where the file is refused.
        code: why the page refuses it; the command line's line holds `said`.
        page_code: where the browser cannot do what the command line can.
        said: part of what the command line says, as an error or a warning.
        silence_s: what is heard besides.
    """

    name: str
    make: Callable[[Maker], Bytes]
    share: float | None = 1.0
    code: str | None = None
    page_code: str | None = None
    said: str = ""
    silence_s: float = 0.0


def half(content: Bytes) -> Bytes:
    """Return the first half."""
    return content[: len(content) // 2]


def sized(content: bytearray, size: int) -> bytearray:
    """Change what a WAV says of the size of its samples; negative ones are added."""
    at = content.index(b"data") + 4
    true = len(content) - at - 4
    content[at : at + 4] = struct.pack("<I", true - size if size < 0 else size)
    return content


def sized_wav(maker: Maker, size: int) -> bytearray:
    """Return a WAV that says this of its size."""
    return sized(maker.wav(), size)


def overwritten(content: Bytes, share: float, length: int, byte: int = 0) -> bytearray:
    """Overwrite bytes from a place on."""
    changed, at = bytearray(content), int(share * len(content))
    changed[at : at + length] = bytes([byte]) * length
    return changed


def hole(content: Bytes) -> bytearray:
    """Overwrite the third quarter."""
    return overwritten(content, 0.5, len(content) // 4)


def bad_frames(content: Bytes) -> Bytes:
    """Overwrite 60 bytes at a third and at two thirds."""
    return overwritten(overwritten(content, 1 / 3, 60, 0xAA), 2 / 3, 60, 0xAA)


def unpadded(maker: Maker) -> bytearray:
    """A chunk of odd length that nothing pads."""
    plain = maker.wav()
    note = b"LIST" + struct.pack("<I", 25) + b"INFOISFT\r\0\0\0Recorder 1.2\0"
    return wav(bytes(plain[44:]), bytes(plain[20:36]), before=note)


def long_sizes(content: bytearray) -> bytearray:
    """Write a WAV as RF64, whose sizes have 64 bits."""
    sizes = struct.pack("<4sIQQQI", b"ds64", 28, len(content), len(content) - 44, 0, 0)
    return bytearray(b"RF64\xff\xff\xff\xffWAVE" + sizes + sized(content, 0xFFFFFFFF)[12:])


def pages(content: bytes) -> list[bytes]:
    """Return the pages of an Ogg file."""
    return [b"OggS" + page for page in content.split(b"OggS")[1:]]


def without_page(content: bytes) -> bytes:
    """Lose a page in the middle."""
    found = pages(content)
    return b"".join(found[: len(found) // 2] + found[len(found) // 2 + 1 :])


def without_last_flag(content: bytes) -> bytes:
    """Clear the flag of the last page, as some telephones do."""
    found = pages(content)
    last = bytearray(found[-1])
    last[5] &= ~4
    last[22:26] = bytes(4)
    last[22:26] = struct.pack("<I", ogg_checksum(last))
    return b"".join([*found[:-1], last])


def ogg_checksum(page: Bytes) -> int:
    """The CRC of RFC 3533: polynomial 0x04c11db7, nothing reflected."""
    crc = 0
    for byte in page:
        crc ^= byte << 24
        for _ in range(8):
            crc = (crc << 1 ^ (0x04C11DB7 if crc & 0x80000000 else 0)) & 0xFFFFFFFF
    return crc


def rewritten(content: bytes, first: int, change: Callable[[bytearray], None]) -> bytes:
    """Change the pages of an Ogg file from one on, and their checksums with them."""
    found = [bytearray(page) for page in pages(content)]
    for page in found[first:]:
        change(page)
        page[22:26] = bytes(4)
        page[22:26] = struct.pack("<I", ogg_checksum(page))
    return b"".join(found)


def ten_hours_on(page: bytearray) -> None:
    """Count pages and samples of an Ogg file as radio does that has run for ten hours."""
    position, serial, number = struct.unpack("<qII", page[6:22])
    page[6:22] = struct.pack("<qII", position + 48_000 * 36_000, serial, number + 90_000)


def torn_head(content: bytes) -> bytes:
    """Break off within the head of a page."""
    found = pages(content)
    whole = b"".join(found[: len(found) // 2])
    return whole + found[len(found) // 2][:12]


def without_bits(maker: Maker) -> bytearray:
    """A WAV that does not say how many bits a sample has."""
    return wav(bytes(maker.wav()[44:]), struct.pack("<HHIIHH", 1, 1, 16_000, 0, 0, 0))


def channels(*rows: np.ndarray) -> bytearray:
    """Return a WAV of these channels."""
    layout = struct.pack("<HHIIHH", 1, len(rows), 16_000, 32_000 * len(rows), 2 * len(rows), 16)
    return wav(np.round(np.stack(rows, axis=1) * 32_767).astype("<i2").tobytes(), layout)


def eight_channels(maker: Maker) -> bytearray:
    """One of eight channels holds the speech."""
    return channels(*(maker.speech * (n == 5) for n in range(8)))


def other_byte_order(maker: Maker) -> bytes:
    """A WAV for processors that store the highest byte first."""
    data = np.round(maker.speech * 32_767).astype(">i2").tobytes()
    layout = struct.pack(">IHHIIHH", 16, 1, 1, 16_000, 32_000, 2, 16)
    sizes = struct.pack(">I", len(data) + 36), struct.pack(">I", len(data))
    return b"RIFX" + sizes[0] + b"WAVEfmt " + layout + b"data" + sizes[1] + data


def call(maker: Maker) -> np.ndarray:
    """Two people by turns, a channel each."""
    speech = maker.speech
    return np.stack([np.r_[speech, 0 * speech], np.r_[0 * speech, speech[::-1]]])


def as_text(content: Bytes) -> bytes:
    """Put line ends of Windows for every LF, as transfers do that take a file for text."""
    return bytes(content).replace(b"\n", b"\r\n")


COPY, REST = "cut short or damaged", "could not be read"
ODD_FILES = [
    OddFile("plain.wav", lambda m: m.wav()),
    OddFile("half.wav", lambda m: half(m.wav()), None, "cut-short", said=" s could be read"),
    *(
        OddFile(f"size-{size & 0xFFFFFFFF:x}.wav", partial(sized_wav, size=size))
        for size in (0, 0x7FFFF000, 0x7FFFFFFF, 0x80000000, 0xFFFFFFFF, -44)
    ),
    OddFile("long-sizes.wav", lambda m: long_sizes(m.wav())),
    OddFile(
        "half-long-sizes.wav", lambda m: half(long_sizes(m.wav())), None, "cut-short", said=COPY
    ),
    OddFile("unpadded.wav", unpadded),
    OddFile("24-in-32-high.wav", lambda m: m.wav(24, 4)),
    OddFile("24-in-32-low.wav", lambda m: m.wav(24, 4, low=True)),
    OddFile("mu-law.wav", lambda m: m.file("wav", "pcm_mulaw")),
    OddFile("a-law.wav", lambda m: m.file("wav", "pcm_alaw")),
    OddFile(
        "no-bits.wav", without_bits,
        None, page_code="unsupported", said="not read here",
    ),
    OddFile("g722.wav", lambda m: m.file("wav", "g722"), page_code="unsupported"),
    OddFile("other-byte-order.wav", other_byte_order, None, "unsupported", said="RIFX"),
    OddFile(
        "6-khz.wav", lambda m: m.file("wav", "pcm_s16le", 6_000), None, "sample-rate",
        said="sample rate",
    ),
    OddFile("eight-channels.wav", eight_channels),
    OddFile("joined.wav", lambda m: m.wav() + m.file("wav", "pcm_s16le", 32_000), 2.0),
    OddFile(
        "out-of-phase.wav", lambda m: m.of(np.stack([m.speech, -m.speech]), "wav", "pcm_s16le")
    ),
    OddFile(
        "one-silent.wav", lambda m: m.of(np.stack([m.speech, 0 * m.speech]), "wav", "pcm_s16le")
    ),
    OddFile(
        "call.wav", lambda m: m.of(call(m), "wav", "pcm_s16le"), None, "two-voices",
        said="--channel left, right or mix",
    ),
    OddFile(
        "call-and-its-mix.wav", lambda m: channels(*call(m), call(m).mean(axis=0)), None,
        "two-voices", said="--channel left, right or mix",
    ),
    OddFile(
        "four-microphones.wav",
        lambda m: channels(*(share * m.speech for share in (1, 0.8, 0.3, 0.01))),
    ),
    OddFile(
        "as-text.wav", lambda m: as_text(m.wav()), None, "changed-as-text", said="binary mode"
    ),
    OddFile(
        "as-text.aiff", lambda m: as_text(m.file("aiff", "pcm_s16be")), None, "changed-as-text",
        said="binary mode",
    ),
    OddFile(
        "as-text.caf", lambda m: as_text(m.file("caf", "pcm_s16le")), None, "changed-as-text",
        said="binary mode",
    ),
    OddFile("aac.wav", lambda m: m.file("wav", "aac"), None, "unsupported", said="holds AAC"),
    OddFile("plain.mp3", lambda m: m.file("mp3", "libmp3lame")),
    OddFile("half.mp3", lambda m: half(m.file("mp3", "libmp3lame")), None, "cut-short", said=COPY),
    OddFile("bad-frame.mp3", lambda m: overwritten(m.file("mp3", "libmp3lame"), 0.5, 150, 0x55)),
    OddFile(
        "hole.mp3", lambda m: overwritten(m.file("mp3", "libmp3lame"), 0.5, 1500), 0.93, said=REST
    ),
    OddFile("zeros-behind.mp3", lambda m: m.file("mp3", "libmp3lame") + bytes(2000)),
    OddFile("tag-behind.mp3", lambda m: m.file("mp3", "libmp3lame") + b"TAG" + b"x" * 125),
    OddFile("from-the-middle.mp3", lambda m: m.file("mp3", "libmp3lame")[900:], 0.9),
    OddFile(
        "rates.mp3",
        lambda m: m.file("mp3", "libmp3lame", 44_100) + m.file("mp3", "libmp3lame", 48_000), 2.0,
    ),
    OddFile(
        "rates-far.mp3",
        lambda m: m.file("mp3", "libmp3lame") + m.file("mp3", "libmp3lame", 32_000), 2.0,
    ),
    OddFile("plain.aac", lambda m: m.file("aac", "aac")),
    OddFile("from-the-middle.aac", lambda m: m.file("aac", "aac")[1000:], 0.9),
    OddFile("bad-frames.aac", lambda m: bad_frames(m.file("aac", "aac")), 0.95, said=REST),
    OddFile("half.aac", lambda m: half(m.file("aac", "aac")), 0.5, said="ends within a frame"),
    OddFile(
        "half-of-no-length.mp3", lambda m: half(m.file("mp3", "libmp3lame", write_xing="0")), 0.5,
        said="ends within a frame",
    ),
    OddFile(
        "half-of-joined.mp3",
        lambda m: m.file("mp3", "libmp3lame") + half(m.file("mp3", "libmp3lame")), 1.5,
        said="ends within a frame",
    ),
    OddFile("rates.aac", lambda m: m.file("aac", "aac") + m.file("aac", "aac", 32_000), 2.0),
    OddFile("plain.ogg", lambda m: m.file("ogg", "libopus")),
    OddFile("no-end.ogg", lambda m: without_last_flag(m.file("ogg", "libopus"))),
    OddFile("half.ogg", lambda m: half(m.file("ogg", "libopus")), None, "cut-short", said=COPY),
    OddFile(
        "lost-page.ogg", lambda m: without_page(m.file("ogg", "libopus")), None, "cut-short",
        said=COPY,
    ),
    OddFile(
        "damaged-page.ogg", lambda m: overwritten(m.file("ogg", "libopus"), 0.5, 60), None,
        "cut-short", said=COPY,
    ),
    OddFile(
        "torn-head.ogg", lambda m: torn_head(m.file("ogg", "libopus", page_duration="100000")),
        None, "cut-short", said=COPY,
    ),
    OddFile(
        "radio.ogg",
        lambda m: rewritten(m.file("ogg", "libopus", page_duration="100000"), 2, ten_hours_on),
    ),
    OddFile("joined.ogg", lambda m: 2 * m.file("ogg", "libopus"), 2.0),
    OddFile("rates.ogg", lambda m: m.file("ogg", "flac") + m.file("ogg", "flac", 32_000), 2.0),
    OddFile("plain.webm", lambda m: m.file("webm", "libopus")),
    OddFile("half.webm", lambda m: half(m.file("webm", "libopus")), None, "cut-short", said=COPY),
    OddFile("joined.webm", lambda m: 2 * m.file("webm", "libopus"), 2.0),
    OddFile("joined-live.webm", lambda m: 2 * m.file("webm", "libopus", live="1"), 2.0),
    OddFile(
        "half-live.webm", lambda m: half(m.file("webm", "libopus", live="1")), None, "cut-short",
        said=COPY,
    ),
    OddFile("second-track.ogg", lambda m: m.tracks(0 * m.speech, m.speech, suffix="ogg")),
    OddFile(
        "two-tracks.ogg", lambda m: m.tracks(m.speech, m.speech[::-1], suffix="ogg"),
        said="only the first",
    ),
    OddFile("second-track.webm", lambda m: m.tracks(0 * m.speech, m.speech, suffix="webm")),
    OddFile("late-start.mp4", lambda m: m.tracks(m.speech, picture_s=1.0, starts_s=2.0)),
    OddFile("plain.m4a", lambda m: m.file("m4a", "aac")),
    OddFile("half.m4a", lambda m: half(m.file("m4a", "aac")), None, "cut-short", said=COPY),
    OddFile(
        "half-index-first.m4a", lambda m: half(m.file("m4a", "aac", movflags="faststart")), None,
        "cut-short", said=COPY,
    ),
    OddFile(
        "hole.m4a", lambda m: overwritten(m.file("m4a", "aac"), 0.5, 900), 0.95, said=REST
    ),
    OddFile(
        "large-hole.m4a", lambda m: overwritten(m.file("m4a", "aac"), 0.3, 9000), None, "cut-short",
        said=COPY,
    ),
    OddFile(
        "latin-1-tag.m4a", lambda m: m.file("m4a", "aac").replace(b"Lavf", b"L\xe4vf")
    ),
    OddFile("joined.m4a", lambda m: m.file("m4a", "aac") + m.file("m4a", "aac", 32_000), 2.0),
    OddFile(
        "half-of-joined.m4a", lambda m: m.file("m4a", "aac") + half(m.file("m4a", "aac")), None,
        "cut-short", said="cut short",
    ),
    OddFile("fragments.mp4", lambda m: m.fragments()),
    OddFile("half-fragments.mp4", lambda m: half(m.fragments()), None, "cut-short", said=COPY),
    OddFile("long-picture.mp4", lambda m: m.tracks(m.speech, picture_s=len(m.speech) / 4000)),
    OddFile("second-track.m4a", lambda m: m.tracks(0 * m.speech, m.speech)),
    OddFile("gap.m4a", lambda m: m.gap(0.9)),
    OddFile(
        "longer-silent-track.m4a", lambda m: m.tracks(np.zeros(2 * len(m.speech)), m.speech)
    ),
    OddFile(
        "two-tracks.m4a", lambda m: m.tracks(m.speech, m.speech[::-1]), said="only the first"
    ),
    OddFile("book.m4b", lambda m: m.file("mp4", "aac")),
    OddFile("lossless.m4a", lambda m: m.file("m4a", "alac"), page_code="unsupported"),
    OddFile("plain.flac", lambda m: m.file("flac", "flac")),
    OddFile("half.flac", lambda m: half(m.file("flac", "flac")), None, "cut-short", said=COPY),
    OddFile("joined.flac", lambda m: m.file("flac", "flac") + m.file("flac", "flac", 32_000), 2.0),
    OddFile(
        "half.wma", lambda m: half(m.file("wma", "wmav2", 44_100)), None, page_code="unsupported",
        said=COPY,
    ),
    OddFile("layer-2.mp3", lambda m: m.file("mp2", "mp2"), page_code="unsupported"),
    OddFile("a.ts", lambda m: m.file("ts", "aac"), page_code="unsupported"),
    OddFile("a.amr", lambda m: m.file("amr", "libopencore_amrnb", 8_000), page_code="unsupported"),
    OddFile("a.3gp", lambda m: m.file("3gp", "libopencore_amrnb", 8_000), page_code="unsupported"),
    OddFile("a.wma", lambda m: m.file("wma", "wmav2", 44_100), page_code="unsupported"),
    OddFile("a.avi", lambda m: m.file("avi", "libmp3lame"), page_code="unsupported"),
    OddFile("a.caf", lambda m: m.file("caf", "pcm_s16le"), page_code="unsupported"),
    OddFile("a.aiff", lambda m: m.file("aiff", "pcm_s16be"), page_code="unsupported"),
]  # fmt: skip
