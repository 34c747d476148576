"""Decode frames; decoders of AMR and GSM replace those that are broken, and say nothing."""

from __future__ import annotations

import errno
from typing import cast

import av
from av.audio.codeccontext import AudioCodecContext
from av.audio.stream import AudioStream

# FFmpeg's own decoders of AMR stop at the comfort noise that telephones send in pauses.
OF_TELEPHONES = {"amrnb": "libopencore_amrnb", "amrwb": "libopencore_amrwb"}
GSM_SIGNATURE = 0xD  # RFC 3551, 4.5.8.1
# The first byte of a frame of AMR (RFC 4867, 5.3); of later kinds are comfort noise and no data.
SPARE_BITS, LATER_KINDS, IS_GOOD = 0x83, 0x40, 0x04


def decoder_of(stream: AudioStream) -> AudioCodecContext:
    """Return what decodes a stream."""
    name = OF_TELEPHONES.get(stream.codec_context.name)
    if name not in av.codecs_available:
        return stream.codec_context
    return cast(AudioCodecContext, av.CodecContext.create(name, "r"))


def frames_of(packet: av.Packet[AudioStream], decoder: AudioCodecContext) -> list[av.AudioFrame]:
    """Decode a packet of any encoding.

    Raises:
        av.error.FFmpegError: it is broken.
    """
    head = bytes(packet)[:1] if decoder.name in OF_TELEPHONES.values() else b""
    if head and (head[0] & SPARE_BITS or head[0] & (LATER_KINDS | IS_GOOD) == 0):
        raise av.error.InvalidDataError(errno.EINVAL, "broken frame of AMR")
    if decoder.name.startswith("gsm") and packet.size and _is_broken_gsm(packet, decoder.name):
        raise av.error.InvalidDataError(errno.EINVAL, "broken frame of GSM")
    return decoder.decode(packet)


def _is_broken_gsm(packet: av.Packet[AudioStream], name: str) -> bool:
    """Tell a frame that no encoder writes: each begins with a signature, but for Microsoft's."""
    content = bytes(packet)
    return content[0] >> 4 != GSM_SIGNATURE if name == "gsm" else not any(content)
