"""Decode a sound file block by block, in bounded memory, whatever its format."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import av
import numpy as np
from av.audio.stream import AudioStream
from av.container import InputContainer

from cepstra.frontend.audio_errors import (
    DamagedAudioError,
    EmptyAudioError,
    MissingAudioError,
    NoSoundTrackError,
    NotAudioError,
)
from cepstra.frontend.blocks import Block, gathered, to_length
from cepstra.frontend.containers import ends_within_head, structures_of
from cepstra.frontend.file_heads import is_changed_as_text, is_filled, packed_as
from cepstra.frontend.file_parts import FilePart, PartialFile
from cepstra.frontend.mpeg_frames import frame_bytes, is_of_free_bit_rate
from cepstra.frontend.sound_structure import Structure, lost_fragments_ticks
from cepstra.frontend.telephone import decoder_of, frames_of

# Formats that refer to other files or to the network, as playlists do, are none of these.
FORMATS = (
    "wav,w64,flac,ogg,mp3,mov,mp4,m4a,matroska,webm,aac,aiff,"
    "amr,amrnb,amrwb,asf,avi,caf,au,ac3,eac3,mpegts,mpeg,flv,loas,nistsphere,wv,tta,dts"
)
FORMAT_NAMES = "WAV, FLAC, OGG, MP3, M4A, MP4, WebM, 3GP, AMR, WMA, AVI, CAF, AIFF, MPEG or FLV"
LEAST_S = 0.001
LOST_S, LOST_SHARE = 0.1, 0.05  # that much may be missing, of the whole and beyond
FORMATS_STATING_LENGTH = (
    *("wav", "flac", "mov", "matroska", "aiff", "caf", "avi", "asf", "nistsphere", "wv", "tta"),
)
STREAMS = ("mpegts", "amr", "dts")  # where the last packet tells that there was more
LEAPING = ("matroska,webm", "mpegts", "mpeg", "asf", "flv")  # by the times of their packets
PADDED = ("mov,", "ogg")  # whose last frame is filled with silence, beyond the length they state
EVEN = 2  # lengths: of all packets but the last, and its own; where there are more, time leaps
JOINED_S = 0.5  # more than the first file's head tells: another is joined to it
ZEROS_SHARE = 0.25  # behind frames: room for more, that a transfer did not fill
SYNCS = {
    "mp3": b"\xff\xe0",
    "aac": b"\xff\xf0",
    "loas": b"\x56\xe0",
    "ac3": b"\x0b\x77",
    "eac3": b"\x0b\x77",
}
CHECKED = ("flac", "tta")  # by a checksum of each frame
HEAD_BYTES = 1 << 20  # that tell what a file is, and whether a transfer changed it
NEVER_IN_WAV = {  # where frames do not tell how long they are
    "aac": "AAC, which is not read here; save it as M4A",
    "speex": "Speex, which is not read here; save it as Ogg",
}
PROTECTED_TAGS = ("drms", "enca")


class DecodedFile:
    """A sound file: its tracks, and their samples.

    Raises:
        AudioError: one of its kinds says what is wrong with the file.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        _check(path)
        self._structures = structures_of(path)
        first = self._structures[0]
        if not first.parts:
            raise _without_samples(path)
        with closing(self._open(first, first.parts[0])) as container:
            if not container.streams.audio and not first.is_complete:
                raise _nothing_read(path)
            if not container.streams.audio:
                raise NoSoundTrackError(f"{path}: has no sound track")
            tracks = _decodable(container)
            if not tracks:
                raise NotAudioError(f"{path}: holds sound of a kind that is not read here")
            if _codec_tag(tracks[0]) in PROTECTED_TAGS:
                raise NotAudioError(f"{path}: is protected against being read")
            codec = tracks[0].codec_context.name
            if container.format.name == "wav" and codec in NEVER_IN_WAV:
                text = f"is a WAV that holds {NEVER_IN_WAV[codec]}"
                raise NotAudioError(f"{path}: {text}")
            self.tracks = len(tracks)
            layouts = [_layout_of(stream) for stream in tracks]
            self.channels = max(map(len, layouts))
            self.centres = [names.index("FC") if "FC" in names else None for names in layouts]

    def blocks(self, track: int = 0, note: Callable[[str], None] | None = None) -> Iterator[Block]:
        """Hand out a track; what cannot be decoded is left out, and noted if it is little.

        Raises:
            DamagedAudioError: much is missing.
            EmptyAudioError: there is nothing.
        """
        for structure in self._structures:
            tally = _Tally(self._path, structure)
            for part in structure.parts:
                yield from self._part(part, track, tally)
            tally.judge(note or (lambda text: None))

    def _part(self, part: FilePart, track: int, tally: _Tally) -> Iterator[Block]:
        with closing(self._open(tally.structure, part)) as container:
            tracks = _decodable(container)
            if not tracks:
                raise _part_unread(self._path)
            stream = tracks[min(track, len(tracks) - 1)]  # of joined files, not all have it
            _layout_of(stream)
            decoded = tally.decoded(container, stream)
            if container.format.name.startswith(PADDED) and stream.duration and stream.time_base:
                decoded = to_length(decoded, float(stream.duration * stream.time_base))
            try:
                for block in gathered(decoded):
                    yield Block(block.channels * np.float32(part.gain), block.sample_rate_hz)
            except av.error.FFmpegError as error:  # more than 64 channels, by a broken head
                raise _part_unread(self._path) from error
            tally.expect(container, stream, part)

    def _open(self, structure: Structure, part: FilePart) -> InputContainer:
        try:
            if part.format:
                content = PartialFile(self._path, part)
                return av.open(content, "r", format=part.format, metadata_errors="replace")
            if part.size < self._path.stat().st_size:
                content = PartialFile(self._path, part)
                options = {"format_whitelist": FORMATS}
                return av.open(content, "r", options=options, metadata_errors="replace")
            options = {"format_whitelist": FORMATS, "protocol_whitelist": "file"}
            name = f"file:{os.fspath(self._path)}"
            return av.open(name, options=options, metadata_errors="replace")
        except (av.error.FFmpegError, OSError) as error:
            if structure is not self._structures[0]:
                raise _part_unread(self._path) from error
            if not structure.is_complete or ends_within_head(self._path):
                raise _nothing_read(self._path) from error
            raise NotAudioError(f"{self._path}: is no {FORMAT_NAMES} file") from error


class _Tally:
    """Counts what of a file is heard, and what is not."""

    def __init__(self, path: Path, structure: Structure) -> None:
        self._path, self.structure = path, structure
        self._heard_s = self._lost_s = self._stated_s = self._before_s = 0.0
        self._leaps_s = self._fragments_s = 0.0
        self._end = 0  # of the last frame that was decoded
        self._ends_within_frame = False
        self._is_torn = self._is_even = False
        self._lengths: list[int | None] = []  # of packets, each once where several are alike

    def decoded(self, container: InputContainer, stream: AudioStream) -> Iterator[Block]:
        """Decode packet by packet; one that is broken ends nothing."""
        to_floats = av.AudioResampler(format="flt")
        layout: Any = None
        if stream.codec_context.name in CHECKED:
            stream.codec_context.options = {"err_detect": "crccheck+explode"}
        leaps, decoder = _Leaps(), decoder_of(stream)
        for packet in _packets(container, stream):
            if packet.size and self._lengths[-1:] != [packet.duration]:
                self._lengths.append(packet.duration)
            if packet.size:
                self._is_torn = frame_bytes(bytes(packet)[:6]) > packet.size
            leap_s = leaps.before(packet)
            if container.format.name == "flac":  # whose frames are numbered without gaps
                self._lost_s += leap_s if leap_s > LEAST_S else 0.0
            elif container.format.name in LEAPING:
                self._leaps_s += leap_s if leap_s > LOST_S else 0.0
            try:
                frames = frames_of(packet, decoder)
            except av.error.FFmpegError:
                self._lost_s += _length_s(packet) if _holds_sound(packet, stream) else 0.0
                is_flac_of_no_length = container.format.name == "flac" and not stream.duration
                self._ends_within_frame = is_flac_of_no_length or container.format.name in STREAMS
                leaps.behind(packet, [])
                continue
            leaps.behind(packet, frames)
            if frames:
                self._ends_within_frame = False
            if frames and packet.pos is not None:
                self._end = packet.pos + max(packet.size, frame_bytes(bytes(packet)[:6]))
            for frame in frames:
                if layout not in (None, (frame.sample_rate, frame.layout.name, frame.format.name)):
                    to_floats = av.AudioResampler(format="flt")
                layout = frame.sample_rate, frame.layout.name, frame.format.name
                for part in to_floats.resample(frame):
                    yield self._block(part)

    def _block(self, frame: av.AudioFrame) -> Block:
        samples = frame.to_ndarray().reshape(-1, frame.layout.nb_channels)  # of one plane: PyAV
        channels = samples.T.astype(np.float32, copy=False)  # reads beyond a frame of eight
        if not np.isfinite(channels).all():
            raise DamagedAudioError(f"{self._path}: holds samples that are not finite numbers")
        self._heard_s += channels.shape[1] / frame.sample_rate
        return Block(channels, frame.sample_rate)

    def expect(self, container: InputContainer, stream: AudioStream, part: FilePart) -> None:
        """Add how long the sound is by what the file says of it."""
        name, structure = container.format.name, self.structure
        heard_s, self._before_s = self._heard_s - self._before_s, self._heard_s
        if part.stated is not None:
            self._stated_s += heard_s * part.stated / part.size
        elif structure.stated_s:
            self._stated_s = structure.stated_s
        elif name.startswith(FORMATS_STATING_LENGTH) and structure.says_length:
            if stream.duration and stream.time_base:
                filled = max(filter(None, self._lengths), default=0) if name == "caf" else 0
                self._stated_s += float((stream.duration - filled) * stream.time_base)
            elif not container.streams.video:
                self._stated_s = (container.duration or 0) / 1e6
        first = self._lengths[0] if self._lengths else None
        is_of_one_length = first and abs(stream.frames * first - (stream.duration or 0)) <= first
        is_even = len(self._lengths) <= EVEN or bool(is_of_one_length)
        self._is_even = name.startswith("mov,") and is_even
        self._fragments_s += lost_fragments_ticks(structure, stream.id) * float(
            stream.time_base or 0
        )
        if structure.ends_within or (name.startswith("mpeg") and self._is_torn):
            self._ends_within_frame = True
        if name in SYNCS and (not self._stated_s or heard_s > self._stated_s + JOINED_S):
            self._ends_within_frame = _begins_frame(self._path, part, self._end, SYNCS[name])

    def judge(self, note: Callable[[str], None]) -> None:
        """Refuse a file of which much is missing, and note what is missing of another."""
        structure = self.structure
        missing_s = self._lost_s
        if self._stated_s > self._heard_s:
            unread_s = self._stated_s - self._heard_s
            is_lost = structure.is_binding or self._is_even or not structure.is_complete
            is_lost = is_lost and unread_s > missing_s + LOST_S
            missing_s = unread_s if is_lost else min(missing_s, unread_s)
        leaps_s = max(missing_s, self._leaps_s)
        of_frames_s = structure.lost_share * self._heard_s
        lost_s = max(structure.missing_s, self._fragments_s, of_frames_s)
        missing_s = max(leaps_s if structure.has_holes else missing_s, lost_s)
        whole_s = self._heard_s + missing_s
        is_of_unknown_length = not structure.is_complete and self._stated_s == 0
        if self._heard_s == 0 and missing_s <= 0:
            raise _without_samples(self._path)
        if missing_s > LOST_S + LOST_SHARE * whole_s or is_of_unknown_length:
            of = f" of {whole_s:.1f} s" if missing_s > LOST_S else ""
            text = f"is cut short or damaged; {self._heard_s:.1f} s{of} could be read"
            raise DamagedAudioError(f"{self._path}: {text}")
        if self._ends_within_frame:
            note(
                f"{self._path}: ends within a frame; {self._heard_s:.1f} s were read, "
                "and more may be missing"
            )
        elif max(missing_s, leaps_s) > LOST_S or self._lost_s > 0 or lost_s > 0:
            missing_s = max(missing_s, leaps_s)
            whole_s = self._heard_s + missing_s
            text = f"{missing_s:.2f} s of {whole_s:.1f} s are missing or could not be read"
            note(f"{self._path}: {text}")


class _Leaps:
    """Measures where packets do not follow one another in time."""

    def __init__(self) -> None:
        self._end: float | None = None

    def before(self, packet: av.Packet[AudioStream]) -> float:
        """Return the seconds between a packet and those before it."""
        if packet.pts is None:
            return 0.0
        start = float(packet.pts * (packet.time_base or 0))
        leap = 0.0 if self._end is None else start - self._end
        self._end = start
        return leap

    def behind(self, packet: av.Packet[AudioStream], frames: list[av.AudioFrame]) -> None:
        """Take into account how long the packet is, by its frames: their rate may change."""
        length_s = sum(frame.samples / frame.sample_rate for frame in frames) or _length_s(packet)
        self._end = None if self._end is None else self._end + length_s


def _packets(container: InputContainer, stream: AudioStream) -> Iterator[av.Packet[AudioStream]]:
    """Read packets until the end; where reading breaks off, what is left counts as missing."""
    packets = container.demux(stream)
    while True:
        try:
            packet = next(packets, None)
        except (av.error.FFmpegError, IndexError):  # the latter where a track began late
            return
        if packet is None:
            return
        yield packet


def _begins_frame(path: Path, part: FilePart, at: int, sync: bytes) -> bool:
    """Tell whether a frame begins there or goes on beyond the end, or zeros stand for many."""
    if at > part.size:
        return True  # of which a part was decoded
    with PartialFile(path, part) as file:
        if part.size - at > ZEROS_SHARE * at and is_filled(file, at, part.size):
            return True
        file.seek(at)
        head = file.read(2)
    return len(head) == 2 and head[0] == sync[0] and head[1] & sync[1] == sync[1]


def _decodable(container: InputContainer) -> list[AudioStream]:
    """Return the sound tracks of kinds that are known here; telephones add some that are not."""
    return [stream for stream in container.streams.audio if stream.codec_context is not None]


def _layout_of(stream: AudioStream) -> list[str]:
    """Return the names of the channels in their order, and leave their number alone in its place.

    PyAV frees a list of names that is not one of the usual twice, which ends the process.
    """
    context = stream.codec_context
    layout = context.layout
    if layout.nb_channels:
        context.layout = f"{layout.nb_channels} channels"
    return [channel.name for channel in layout.channels]


def _codec_tag(stream: AudioStream) -> str:
    """Return the four characters that name the encoding; nothing where they are no text."""
    try:
        return stream.codec_context.codec_tag
    except UnicodeDecodeError:
        return ""


def _length_s(packet: av.Packet[AudioStream]) -> float:
    return float((packet.duration or 0) * (packet.time_base or 0))


def _holds_sound(packet: av.Packet[AudioStream], stream: AudioStream) -> bool:
    """Tell a broken frame from zeros and tags of music players between and behind frames."""
    head = bytes(packet)[:2]
    is_mpeg = stream.codec_context.name.startswith("mp3")
    if stream.codec_context.name == "gsm_ms" and packet.size == 1:
        return False  # which pads the last block
    return not is_mpeg or (len(head) == 2 and head[0] == 0xFF and head[1] >= 0xE0)


def _check(path: Path) -> None:
    if path.is_dir():
        raise MissingAudioError(f"{path}: is a folder; name the files in it")
    if not path.is_file():
        why = "is no file; hand it over by standard input" if path.exists() else "no such file"
        raise MissingAudioError(f"{path}: {why}")
    size = path.stat().st_size
    if size == 0:
        raise EmptyAudioError(f"{path}: has zero bytes")
    with PartialFile(path, FilePart("", 0, size)) as file:
        head, has_free_bit_rate = file.read(HEAD_BYTES), is_of_free_bit_rate(file)
    if head[:4] == b"RIFX":  # a WAV of the other byte order; FFmpeg takes it for noise
        raise NotAudioError(f"{path}: is a WAV of kind RIFX, which is not read here")
    if is_changed_as_text(head):
        text = "was changed on its way as text is (CRLF for each LF); copy it again in binary mode"
        raise DamagedAudioError(f"{path}: {text}")
    if has_free_bit_rate:
        text = "is an MP3 of a free bit rate, which is not read here; save it at one that is usual"
        raise NotAudioError(f"{path}: {text}")
    if kind := packed_as(head):
        raise NotAudioError(f"{path}: is packed ({kind}); unpack it and name the files in it")


def _part_unread(path: Path) -> DamagedAudioError:
    return DamagedAudioError(f"{path}: is cut short or damaged; a part of it could not be read")


def _nothing_read(path: Path) -> DamagedAudioError:
    return DamagedAudioError(f"{path}: is cut short or damaged; nothing of it could be read")


def _without_samples(path: Path) -> EmptyAudioError:
    return EmptyAudioError(f"{path}: holds no samples")
