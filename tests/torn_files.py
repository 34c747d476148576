"""Sound files that transfers, players and recorders changed, each with its right answer."""

from __future__ import annotations

import bz2
import gzip
import io
import lzma
import struct
import tarfile
import zipfile
from collections.abc import Callable

import numpy as np
from odd_files import COPY, Bytes, OddFile, half, hole, overwritten, sized
from sound_maker import Maker, wav

CLUSTER, TRACKS = bytes.fromhex("1f43b675"), bytes.fromhex("1654ae6b")
HTTP_HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: audio/ogg\r\n\r\n"


def lost(name: str, make: Callable[[Maker], Bytes]) -> OddFile:
    """A file of which much is missing."""
    return OddFile(name, make, None, "cut-short", said=COPY)


def tagged(content: Bytes) -> Bytes:
    """Put a tag of a music player (ID3) in front."""
    return b"ID3\4\0\0\0\0\x01\x10" + b"TIT2\0\0\0\5\0\0\3Memo" + bytes(144 - 15) + content


def webm(maker: Maker, **options: str) -> bytes:
    """Return a WebM in clusters of some 0.2 s."""
    return maker.file("webm", "libopus", 16_000, cluster_time_limit="200", **options)


def places(content: bytes, tag: bytes, before: int = 0) -> tuple[int, int]:
    """Return where a third of the units begin, and two thirds."""
    found = [at for at in range(400, len(content)) if content.startswith(tag, at + before)]
    return found[len(found) // 3], found[2 * len(found) // 3]


def without(content: bytes, tag: bytes, before: int = 0) -> bytes:
    """Lose the second third of the units."""
    start, end = places(content, tag, before)
    return content[:start] + content[end:]


def zeroed(content: bytes, tag: bytes, before: int = 0) -> bytes:
    """Overwrite the second third of the units."""
    start, end = places(content, tag, before)
    return content[:start] + bytes(end - start) + content[end:]


def fragments(maker: Maker) -> bytes:
    """Return an MP4 as browsers record it."""
    flags = "frag_keyframe+empty_moov+default_base_moof"
    return maker.file("mp4", "aac", movflags=flags, frag_duration="200000")


def zeros_at_the_end(content: bytes) -> Bytes:
    """Lose the second half of what a transfer had made room for."""
    return half(content) + bytes(len(content) - len(content) // 2)


def small_size(maker: Maker, behind: bytes = b"") -> Bytes:
    """A WAV that says a third of its size."""
    content = maker.wav()
    return sized(content, (len(content) - 44) // 6 * 2) + behind


def short_answer(maker: Maker, times: int) -> np.ndarray:
    """A call in which the second side speaks for a second, and the first one so many times."""
    speech, place = maker.speech, len(maker.speech) // 2
    left, right = np.tile(speech, times), np.zeros(times * len(speech))
    right[place : place + 16_000] = speech[2000:18_000]
    left[place : place + 16_000] = 0
    return np.stack([left, right])


def knock(maker: Maker) -> np.ndarray:
    """One channel speaks; against the other something knocks."""
    right = np.zeros(len(maker.speech))
    right[8000:8200] = 0.4
    return np.stack([maker.speech, right])


def joined(name: str, codec: str, rate_hz: int = 16_000) -> OddFile:
    """Two files of a format that no browser reads, joined to one."""
    return OddFile(
        f"joined.{name}",
        lambda m: m.file(name, codec, rate_hz) + m.file(name, codec, rate_hz),
        2.0, page_code="unsupported",
    )  # fmt: skip


def zipped(maker: Maker) -> bytes:
    """A ZIP with a WAV in it, which was not compressed."""
    with zipfile.ZipFile(content := io.BytesIO(), "w") as archive:
        archive.writestr("memo.wav", maker.wav())
    return content.getvalue()


def archived(maker: Maker) -> bytes:
    """A tar of two WAVs, of which the first would be heard alone."""
    with tarfile.open(fileobj=(content := io.BytesIO()), mode="w") as archive:
        for name in ("one.wav", "two.wav"):
            member = tarfile.TarInfo(name)
            member.size = len(maker.wav())
            archive.addfile(member, io.BytesIO(maker.wav()))
    return content.getvalue()


def within(name: str, *form: str | int, page_code: str | None = "unsupported") -> OddFile:
    """A quarter of a file is overwritten."""
    kind = name.rpartition(".")[2]
    return OddFile(
        name, lambda m: hole(m.file(kind, *form)), None, None if page_code else "cut-short",
        page_code=page_code, said=COPY,
    )  # fmt: skip


def wav_of(encoding: int, block: int, content: bytes) -> Bytes:
    """Return a WAV of blocks of an encoding that no program here writes."""
    return wav(content, struct.pack("<HHIIHH", encoding, 1, 8000, 1625, block, 0))


def zeroed_gsm() -> Bytes:
    """Return a WAV of GSM, as telephone exchanges write, of which a quarter is zeros."""
    noise = np.random.default_rng(1).integers(1, 255, 65 * 100, np.uint8).tobytes()
    return wav_of(49, 65, bytes(hole(noise)))


def between_units(maker: Maker, kind: str) -> Bytes:
    """Return half a video of a disc that ends between two packs, but within a frame."""
    content = maker.file(kind, "mp2")
    packs = [at for at in range(len(content)) if content.startswith(b"\0\0\1\xba", at)]
    return content[: packs[len(packs) // 2]]


def of_packets(content: Bytes) -> Bytes:
    """Leave out the torn packet of MPEG-TS."""
    return content[: len(content) // 188 * 188]


LIST = b"LIST" + struct.pack("<I", 24) + b"INFOISFT\x0c\0\0\0Recorder 1.2"
TORN_FILES = [
    lost("lost-clusters.webm", lambda m: without(webm(m), CLUSTER)),
    OddFile(
        "leap-live.webm", lambda m: without(webm(m, live="1"), CLUSTER), 0.67, said="missing",
    ),
    lost("zeroed-clusters.webm", lambda m: zeroed(webm(m), CLUSTER)),
    lost("zeroed-clusters-live.webm", lambda m: zeroed(webm(m, live="1"), CLUSTER)),
    lost("lost-fragments.mp4", lambda m: without(fragments(m), b"moof", 4)),
    lost("zeroed-fragments.mp4", lambda m: zeroed(fragments(m), b"moof", 4)),
    lost("hole.aac", lambda m: overwritten(m.file("aac", "aac"), 0.4, 4000, 0x55)),
    OddFile("tagged.m4a", lambda m: tagged(m.file("m4a", "aac"))),
    OddFile("tagged.wav", lambda m: tagged(m.wav())),
    lost("tagged-half.wav", lambda m: half(tagged(m.wav()))),
    OddFile("tagged-fragments.mp4", lambda m: tagged(fragments(m))),
    OddFile("with-http-head.ogg", lambda m: HTTP_HEAD + m.file("ogg", "libopus")),
    OddFile("zeros-in-front.webm", lambda m: bytes(512) + webm(m)),
    OddFile("zeros-in-front.flac", lambda m: bytes(512) + m.file("flac", "flac")),
    OddFile("without-magic.flac", lambda m: m.file("flac", "flac")[4:]),
    OddFile("plain.ac3", lambda m: m.file("ac3", "ac3", 48_000), page_code="unsupported"),
    OddFile("ac3.mkv", lambda m: m.file("mkv", "ac3", 48_000), page_code="unsupported"),
    OddFile("small-size.wav", small_size),
    OddFile("small-size-list.wav", lambda m: small_size(m, LIST)),
    lost("zeros-at-the-end.ogg", lambda m: zeros_at_the_end(m.file("ogg", "libopus"))),
    lost("damaged-last-page.ogg", lambda m: overwritten(m.file("ogg", "libopus"), 0.98, 20)),
    *(
        OddFile(
            f"silent-film.{kind}", lambda m, k=kind: m.tracks(picture_s=1.0, suffix=k), None,
            "no-samples", said="no sound track",
        )
        for kind in ("mp4", "mkv")
    ),
    OddFile("zeros-behind.ogg", lambda m: m.file("ogg", "libopus") + bytes(4000)),
    OddFile("zeros-behind.wav", lambda m: m.wav() + bytes(4000)),
    OddFile("zeros-behind-u8.wav", lambda m: m.file("wav", "pcm_u8") + bytes(16_000)),
    OddFile("zeros-behind-mu-law.wav", lambda m: m.file("wav", "pcm_mulaw") + bytes(16_000)),
    OddFile(
        "zeros-behind.au", lambda m: m.file("au", "pcm_mulaw") + bytes(16_000),
        page_code="unsupported",
    ),
    OddFile("list-behind.wav", lambda m: m.wav() + LIST),
    OddFile("own-chunk-behind.wav", lambda m: m.wav() + b"SyLp\x40\x1f\0\0" + 8000 * b"~"),
    OddFile(
        "short-answer.wav", lambda m: m.of(short_answer(m, 3), "wav", "pcm_s16le"), None,
        "two-voices", said="--channel left, right or mix",
    ),
    OddFile(
        "rare-answer.wav", lambda m: m.of(short_answer(m, 7), "wav", "pcm_s16le"), None,
        "two-voices", said="--channel left, right or mix",
    ),
    OddFile("knock.wav", lambda m: m.of(knock(m), "wav", "pcm_s16le")),
    OddFile(
        "half.ts", lambda m: half(m.file("ts", "aac"))[:-5], 0.5, page_code="unsupported",
        said="ends within a frame",
    ),
    OddFile(
        "half.amr", lambda m: half(m.file("amr", "libopencore_amrnb", 8_000))[:-5], 0.5,
        page_code="unsupported", said="ends within a frame",
    ),
    *(
        OddFile(
            f"half.{kind}", lambda m, k=kind: half(m.file(k, k, 48_000))[:-5], 0.5,
            page_code="unsupported", said="ends within a frame",
        )
        for kind in ("mp2", "ac3", "eac3")
    ),
    OddFile("camera.m2ts", lambda m: m.file("m2ts", "ac3", 48_000), page_code="unsupported"),
    OddFile("disc.mpg", lambda m: m.file("mpg", "mp2"), page_code="unsupported"),
    OddFile(
        "half.mpg", lambda m: half(m.file("mpg", "mp2"))[:-5], 0.5, page_code="unsupported",
        said="ends within a frame",
    ),
    OddFile("screen.flv", lambda m: m.file("flv", "aac"), page_code="unsupported"),
    OddFile(
        "half.flv", lambda m: half(m.file("flv", "aac")), None, page_code="unsupported", said=COPY,
    ),
    *(
        OddFile(f"packed.{kind}", pack, None, "packed", said="unpack it")
        for kind, pack in (
            ("zip", zipped),
            ("tar", archived),
            ("gz", lambda m: gzip.compress(m.wav())),
            ("bz2", lambda m: bz2.compress(m.wav())),
            ("xz", lambda m: lzma.compress(m.wav(), preset=0)),
        )
    ),
    OddFile(
        "television.latm", lambda m: m.file("latm", "aac"), page_code="unsupported",
    ),
    lost("half-without-tracks.webm", lambda m: half(webm(m)).replace(TRACKS, b"\x1f\0\0\0")),
    joined("aiff", "pcm_s16be"),
    joined("flv", "aac"),
    joined("wma", "wmav2", 44_100),
    joined("caf", "pcm_s16le"),
    joined("amr", "libopencore_amrnb", 8_000),
    joined("w64", "pcm_s16le"),
    OddFile(
        "half-of-joined.aiff",
        lambda m: m.file("aiff", "pcm_s16be") + half(m.file("aiff", "pcm_s16be")), None,
        page_code="unsupported", said=COPY,
    ),
    *(
        within(f"zeros-within.{kind}", codec, rate)
        for kind, codec, rate in (
            ("avi", "libmp3lame", 16_000), ("wma", "wmav2", 44_100), ("flv", "aac", 16_000),
            ("mpg", "mp2", 16_000), ("ts", "aac", 16_000), ("latm", "aac", 16_000),
            ("tta", "tta", 16_000),
        )
    ),
    lost("half-mp3.caf", lambda m: half(m.file("caf", "libmp3lame"))),
    within("zeros-within-mp3.wav", "libmp3lame", page_code=None),
    within("zeros-within-mp2.mp4", "mp2", 48_000, page_code=None),
    OddFile("gsm.wav", lambda _: zeroed_gsm(), None, page_code="unsupported", said=COPY),
    OddFile(
        "speex.wav", lambda m: wav_of(0xA109, 1, m.file("mp3", "libmp3lame")), None,
        page_code="unsupported", said="holds Speex",
    ),
    *(
        OddFile(
            f"zeros-at-the-end.{kind}", lambda m, f=(kind, *form): zeros_at_the_end(m.file(*f)),
            None, page_code="unsupported", said=COPY,
        )
        for kind, *form in (("avi", "libmp3lame"), ("wma", "wmav2", 44_100), ("flv", "aac"))
    ),
    OddFile(
        "zeros-at-the-end.mp3",
        lambda m: zeros_at_the_end(m.file("mp3", "libmp3lame", write_xing="0")), 0.5,
        said="ends within a frame",
    ),
    OddFile(
        "zeros-behind.flv", lambda m: m.file("flv", "aac") + bytes(4000), page_code="unsupported",
    ),
    *(
        OddFile(
            f"half-of-packs.{kind}", lambda m, k=kind: between_units(m, k), 0.5,
            page_code="unsupported", said="ends within a frame",
        )
        for kind in ("mpg", "vob")
    ),
    OddFile(
        "rates.ts", lambda m: m.file("ts", "aac", 44_100) + m.file("ts", "aac", 22_050), 2.0,
        page_code="unsupported",
    ),
    OddFile(
        "half-of-packets.ts", lambda m: of_packets(half(m.file("ts", "mp2"))), 0.5,
        page_code="unsupported", said="ends within a frame",
    ),
    *(joined(kind, codec) for kind, codec in (("tta", "tta"), ("wv", "wavpack"))),
]  # fmt: skip
