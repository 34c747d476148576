"""Sound files of several formats or channels, and of layouts that are seldom seen."""

from __future__ import annotations

import struct
from collections.abc import Callable

import numpy as np
from odd_files import COPY, REST, Bytes, OddFile, half, hole, overwritten
from sound_maker import Maker, wav
from torn_files import tagged

BARE = {"write_xing": "0", "id3v2_version": "0"}
SUBFORMAT = struct.pack("<H", 1) + bytes.fromhex("000000001000800000aa00389b71")
NO_SIZE = 0x7F000000
TAG_WITH_FOOTER = b"ID3\4\0\x10\0\0\0\x0a" + bytes(20)


def mp3(maker: Maker, **options: str) -> bytes:
    """Return an MP3."""
    return maker.file("mp3", "libmp3lame", **options)


def mixed(name: str, *makers: Callable[[Maker], Bytes], **right: str) -> OddFile:
    """Files of different formats, joined to one."""
    return OddFile(
        f"mixed-{name}", lambda m: b"".join(make(m) for make in makers), len(makers), **right
    )


def flac(maker: Maker) -> bytes:
    """Return a FLAC."""
    return maker.file("flac", "flac")


def opus(maker: Maker) -> bytes:
    """Return an Ogg of Opus."""
    return maker.file("ogg", "libopus")


def of_free_bit_rate(maker: Maker) -> bytes:
    """Return an MP3 whose frames do not say how long they are."""
    content = bytearray(mp3(maker, **BARE))
    head = content[:2] + bytes([content[2] & 0xFD])
    for at in range(len(content) - 4):
        if content[at : at + 2] == head[:2] and content[at + 2] & 0xFD == head[2]:
            content[at + 2] &= 0x0F
    return bytes(content)


def of_few_bits(maker: Maker, valid: int, width: int, low: bool = False) -> bytearray:
    """Return a WAV whose samples have fewer bits than they take, as its layout says."""
    whole = np.round(maker.speech * (2 ** (valid - 1) - 1)).astype("<i4")
    data = (whole if low else whole << (8 * width - valid)).astype(f"<i{width}").tobytes()
    bits = valid if low else 8 * width
    layout = struct.pack("<HHIIHH", 0xFFFE, 1, 16_000, 16_000 * width, width, bits)
    if low:
        return wav(data, struct.pack("<HHIIHH", 1, 1, 16_000, 16_000 * width, width, bits))
    return wav(data, layout + struct.pack("<HHI", 22, valid, 4) + SUBFORMAT)


def of_fewer_bits_still(maker: Maker) -> bytearray:
    """Return a WAV of 24 bits in the low bytes of four, made from sound of 16 bits."""
    data = (np.round(maker.speech * 32_767).astype("<i4") << 8).tobytes()
    return wav(data, struct.pack("<HHIIHH", 1, 1, 16_000, 64_000, 4, 24))


def behind_silence(maker: Maker) -> bytearray:
    """Return a WAV of 24 bits in the high bytes of four that begins with a long silence."""
    layout = struct.pack("<HHIIHH", 0xFFFE, 1, 16_000, 64_000, 4, 32)
    data = bytes(64_000 * 13) + bytes(of_few_bits(maker, 24, 4)[68:])
    return wav(data, layout + struct.pack("<HHI", 22, 24, 4) + SUBFORMAT)


def film(maker: Maker) -> np.ndarray:
    """Return six channels: speech in the centre, music around it."""
    time = np.arange(len(maker.speech)) / 16_000
    music = 0.2 * np.sin(2 * np.pi * 440 * time) + 0.1 * np.sin(2 * np.pi * 660 * time)
    around = (music, music[::-1], 0.1 * music, 0.5 * music, 0.3 * music)
    return np.stack([*around[:2], maker.speech, *around[2:]])


def of_no_length(maker: Maker) -> bytes:
    """Return a FLAC as it is written to a pipe."""
    content = bytearray(flac(maker))
    content[21] &= 0xF0
    content[22:42] = bytes(20)
    return bytes(content)


def with_cover(maker: Maker) -> bytes:
    """Return a FLAC with a picture that browsers stumble over."""
    content, size = flac(maker), 1_500_000
    return content[:42] + b"\6" + struct.pack(">I", size)[1:] + bytes(size) + content[42:]


def piped_aiff(maker: Maker) -> bytes:
    """Return an AIFF whose sizes are those that sox writes to a pipe."""
    content = bytearray(maker.file("aiff", "pcm_s16be"))
    for at, size in (
        (4, NO_SIZE + 46),
        (content.index(b"COMM") + 10, NO_SIZE // 2),
        (content.index(b"SSND") + 4, NO_SIZE + 8),
    ):
        content[at : at + 4] = struct.pack(">I", size)
    return bytes(content)


def sphere(maker: Maker) -> bytes:
    """Return a file of NIST, as corpora of speech have them."""
    fields = (
        "NIST_1A", "   1024", f"sample_count -i {len(maker.speech)}", "channel_count -i 1",
        "sample_n_bytes -i 2", "sample_byte_format -s2 01", "sample_rate -i 16000",
        "sample_coding -s3 pcm", "end_head",
    )  # fmt: skip
    head = "".join(f"{field}\n" for field in fields).encode()
    return head.ljust(1024) + bytes(maker.wav()[44:])


def wavpack(maker: Maker) -> bytes:
    """Return a WavPack that keeps the head of the WAV it was made of, as its own programs write."""
    content = bytearray(maker.file("wv", "wavpack"))
    size = struct.unpack("<I", content[4:8])[0] + 46
    content[4:8] = struct.pack("<I", size)
    return bytes(content[:32]) + b"\x21\x16" + bytes(maker.wav()[:44]) + bytes(content[32:])


def never_by_page(name: str, make: Callable[[Maker], Bytes]) -> OddFile:
    """A file that no browser reads."""
    return OddFile(name, make, page_code="unsupported")


def with_silence(maker: Maker, seconds: float, *form: str | int, **options: str) -> bytes:
    """Return the speech behind a silence, in a format."""
    return maker.of(np.r_[np.zeros(int(16_000 * seconds)), maker.speech], *form, **options)


def broken_amr(maker: Maker, kind: str, share: float, byte: int) -> Bytes:
    """Return AMR of which a third is overwritten."""
    content = maker.file(kind, "libopencore_amrnb", 8_000)
    return overwritten(content, share, len(content) // 3, byte)


def named_channels(maker: Maker) -> bytes:
    """Return a CAF of eight channels that are named in an order of its own."""
    rows = np.stack([maker.speech * (n == 5) for n in range(8)], axis=1)
    names = b"".join(struct.pack(">I16x", label) for label in (5, 6, 1, 2, 4, 3, 34, 33))
    chunks = {
        b"desc": struct.pack(">d4s5I", 16_000, b"lpcm", 2, 16, 1, 8, 16),
        b"chan": struct.pack(">3I", 0, 0, 8) + names,
        b"data": bytes(4) + np.round(rows * 32_767).astype("<i2").tobytes(),
    }
    written = (struct.pack(">4sq", name, len(chunk)) + chunk for name, chunk in chunks.items())
    return b"caff\0\1\0\0" + b"".join(written)


def late_picture(maker: Maker) -> bytes:
    """Return an FLV of a broadcast whose picture comes late, and not in its head."""
    picture = b"\x22" + bytes(20)
    unit = b"\x09" + struct.pack(">I", len(picture))[1:] + bytes(7) + picture
    return maker.file("flv", "aac") + unit + struct.pack(">I", len(unit))


CENTRE, TORN = "only the centre", "ends within a frame"
MIXED_FILES = [
    mixed("wav-mp3.wav", Maker.wav, mp3),
    mixed("wav-frames.wav", Maker.wav, lambda m: mp3(m, **BARE)),
    mixed("mp3-wav.mp3", mp3, Maker.wav),
    mixed("frames-aac.mp3", lambda m: mp3(m, **BARE), lambda m: m.file("aac", "aac")),
    mixed("m4a-ogg.m4a", lambda m: m.file("m4a", "aac"), opus),
    mixed("webm-flac.webm", lambda m: m.file("webm", "libopus"), flac),
    mixed("flac-frames.flac", flac, lambda m: mp3(m, **BARE)),
    mixed("ogg-wav-ogg.ogg", opus, Maker.wav, opus),
    mixed(
        "wav-aiff.wav", Maker.wav, lambda m: m.file("aiff", "pcm_s16be"),
        page_code="unsupported",
    ),
    OddFile(
        "mixed-half.mp3", lambda m: mp3(m) + half(m.wav()), None, "cut-short", said=COPY
    ),
    OddFile("16-in-32.wav", lambda m: of_few_bits(m, 16, 4)),
    OddFile("20-in-32.wav", lambda m: of_few_bits(m, 20, 4)),
    OddFile("12-in-16.wav", lambda m: of_few_bits(m, 12, 2)),
    OddFile("16-in-24-in-32.wav", of_fewer_bits_still),
    OddFile("16-in-32-low.wav", lambda m: of_few_bits(m, 16, 4, low=True)),
    *(
        OddFile(f"film.{suffix}", lambda m, s=suffix, c=codec: m.of(film(m), s, c), said=CENTRE)
        for suffix, codec in (("wav", "pcm_s16le"), ("flac", "flac"), ("m4a", "aac"))
    ),
    OddFile(
        "free-bit-rate.mp3", lambda m: TAG_WITH_FOOTER + tagged(of_free_bit_rate(m)), None,
        "unsupported", said="free bit rate",
    ),
    OddFile("no-length.flac", of_no_length),
    OddFile("half-of-no-length.flac", lambda m: half(of_no_length(m)), 0.35, said=TORN),
    OddFile("cover.flac", with_cover),
    OddFile("within-cover.flac", lambda m: half(with_cover(m)), None, "cut-short", said=COPY),
    OddFile(
        "within-tag.mp3", lambda m: b"ID3\4\0\0\0\x0c\0\0" + bytes(9000), None, "cut-short",
        said=COPY,
    ),
    OddFile("pcm.mka", lambda m: m.file("mka", "pcm_s16le")),
    never_by_page("lossless.mka", lambda m: m.file("mka", "alac")),
    never_by_page("piped.aiff", piped_aiff),
    never_by_page("corpus.sph", sphere),
    OddFile(
        "bad-frame.flac", lambda m: overwritten(flac(m), 0.5, 1400, 0x55), 0.94, said=REST
    ),
    never_by_page("of-a-wav.wv", wavpack),
    OddFile(
        "silence-first.flac", lambda m: with_silence(m, 20, "flac", "flac"), silence_s=20
    ),
    OddFile(
        "comfort-noise.amr",
        lambda m: with_silence(m, 20, "amr", "libopencore_amrnb", 8_000, dtx="1"),
        page_code="unsupported", silence_s=20,
    ),
    *(
        OddFile(
            f"{name}.{kind}", lambda m, form=(kind, at, byte): broken_amr(m, *form), None,
            page_code="unsupported", said=COPY,
        )
        for kind, name, at, byte in (
            ("amr", "zeros-late", 0.6, 0), ("3gp", "zeros-within", 0.3, 0),
            ("amr", "overwritten", 0.5, 0xFF),
        )
    ),
    OddFile(
        "zeros-within-no-length.mp3", lambda m: hole(mp3(m, **BARE)), None, "cut-short", said=COPY
    ),
    *(
        OddFile(
            f"zeros-within.{kind}", lambda m, k=kind: hole(m.file(k, k, 48_000)), None,
            page_code="unsupported", said=COPY,
        )
        for kind in ("mp2", "ac3", "eac3")
    ),
    *(
        OddFile(
            f"zeros-within-{codec}.mp4",
            lambda m, c=codec: hole(m.file("mp4", c, 48_000, movflags="faststart")), None, code,
            page_code, said=COPY,
        )
        for codec, code, page_code in (
            ("libopus", "cut-short", None), ("libmp3lame", "cut-short", None),
            ("ac3", None, "unsupported"),
        )
    ),
    never_by_page("named-channels.caf", named_channels),
    never_by_page("late-picture.flv", late_picture),
    *(
        OddFile(
            f"lossless-behind.{kind}",
            lambda m, k=kind: m.tracks(m.speech, m.speech[::-1], suffix=k, last="alac"),
            said="only the first",
        )
        for kind in ("mp4", "mkv")
    ),
    OddFile(
        "lossless-behind-silence.mp4",
        lambda m: m.tracks(0 * m.speech, m.speech, last="alac"), page_code="unsupported",
    ),
    OddFile("half.sph", lambda m: half(sphere(m)), None, page_code="unsupported", said=COPY),
]  # fmt: skip
