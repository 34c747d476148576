"""Is a request all there? Bytes in, yes, no or never out.

gunicorn's parser has the last word on what is there; it is given that and nothing more, so that
no disagreement with it lets a thread wait for a client.
"""

from __future__ import annotations

import re

MAX_HEAD_BYTES = 32 * 1024
TLS_HANDSHAKE = b"\x16\x03"
END_OF_HEAD = b"\r\n\r\n"
CONTINUE = re.compile(rb"(?im)^expect:[ \t]*100-continue[ \t]*\r?\n")
MAX_CHUNK_SIZE_BYTES = 256
CHUNK_SIZE = re.compile(rb"([0-9a-fA-F]{1,16})[ \t]*(;[^\r\n]{0,200})?\r\n")
SPACED = re.compile(rb"(?im)^(content-length|transfer-encoding)[ \t]+:")
OLD = re.compile(rb"[^\r\n]*HTTP/1\.0\r\n")
DIGITS = re.compile(rb"[0-9]{1,18}")


class RequestBuffer:
    """The bytes of one request, as they come.

    Attributes:
        data: what has come so far; perhaps the start of another request at its end.
        fault: why nothing that follows can make a request of it, in words for people.
    """

    def __init__(self, max_body_bytes: int, data: bytes = b"") -> None:
        self.data = bytearray(data)
        self._max_body_bytes = max_body_bytes
        self._searched = 0
        self._body = 0  # where it begins
        self._end: int | None = None  # of the whole request, as far as the head tells
        self._chunk: int | None = None  # where the next chunk's size stands
        self._expectation: tuple[int, int] | None = None  # where the client says that it waits
        self.fault: str | None = None
        self._read_head()

    def add(self, data: bytes) -> None:
        """Take in what came next."""
        self.data += data
        if self._end is None and self._chunk is None:
            self._read_head()

    @property
    def has_endless_head(self) -> bool:
        """Tell whether the head is longer than any that is answered."""
        return self._end is None and self._chunk is None and len(self.data) > MAX_HEAD_BYTES

    @property
    def has_endless_body(self) -> bool:
        """Tell whether the body is, or is announced to be, longer than any that is answered."""
        end = self._end or self._chunk or 0
        return end - self._body > self._max_body_bytes

    @property
    def is_encrypted(self) -> bool:
        """Tell whether the client speaks TLS, as for https://, which is for a proxy in front."""
        return self.data.startswith(TLS_HANDSHAKE)

    @property
    def is_whole(self) -> bool:
        """Tell whether a thread can take it, or notice why nobody ever can."""
        if self._chunk is not None:
            return self._has_last_chunk(self._chunk)
        return self._end is not None and len(self.data) >= self._end

    def take_expectation(self) -> bool:
        """Tell whether the client waits for a "100 Continue", and take that from the head."""
        if self._expectation is None:
            return False
        start, stop = self._expectation
        self._expectation = None
        removed = stop - start
        del self.data[start:stop]
        self._body -= removed
        self._end = None if self._end is None else self._end - removed
        self._chunk = None if self._chunk is None else self._chunk - removed
        return True

    def _read_head(self) -> None:
        end_of_head = self.data.find(END_OF_HEAD, max(self._searched - 3, 0))
        self._searched = len(self.data)
        if end_of_head < 0:
            return
        self._body = end_of_head + len(END_OF_HEAD)
        waits = CONTINUE.search(self.data, 0, end_of_head + 2)
        self._expectation = waits.span() if waits else None
        head = bytes(self.data[:end_of_head])
        lengths, codings = _values(head, b"content-length"), _values(head, b"transfer-encoding")
        if SPACED.search(self.data, 0, end_of_head):
            self._end = self._body
            self.fault = "expected a header's name without a space behind it"
        elif codings:
            self._chunk = self._body
            is_chunked = [coding.lower() for coding in codings] == [b"chunked"]
            if lengths or not is_chunked or OLD.match(self.data):
                self.fault = "expected Transfer-Encoding: chunked of HTTP/1.1 and no other length"
        elif lengths and not (len(lengths) == 1 and DIGITS.fullmatch(lengths[0])):
            self._end = self._body
            self.fault = "expected one Content-Length of at most 18 digits"
        else:
            self._end = self._body + (int(lengths[0]) if lengths else 0)

    def _has_last_chunk(self, chunk: int) -> bool:
        """Go on from chunk to chunk as far as they are there; make one of them behind the last."""
        while chunk < len(self.data):
            if self._body < chunk and self.data[chunk - 2 : chunk] != b"\r\n":
                self.fault = "expected a chunk to end where its size says"
                return False
            size = CHUNK_SIZE.match(self.data, chunk)
            if size is None:
                begun = self.data[chunk : chunk + MAX_CHUNK_SIZE_BYTES]
                if b"\n" in begun or len(begun) == MAX_CHUNK_SIZE_BYTES:
                    self.fault = "expected the size of a chunk: at most 16 hexadecimal digits"
                return False
            if int(size[1], 16) == 0:
                if len(self.data) - chunk > MAX_HEAD_BYTES:
                    self.fault = "expected an end of the trailer"
                is_whole = self.data.find(END_OF_HEAD, size.end() - 2) >= 0
                if is_whole:
                    self._join_chunks(chunk)
                return is_whole
            chunk = self._chunk = size.end() + int(size[1], 16) + 2
        return False

    def _join_chunks(self, last: int) -> None:
        """Make one chunk of all before the last: gunicorn copies the body behind each of them."""
        content, chunk = bytearray(), self._body
        while size := CHUNK_SIZE.match(self.data, chunk, last):
            end = size.end() + int(size[1], 16)
            content += self.data[size.end() : end]
            chunk = end + 2
        joined = b"%x\r\n%b\r\n" % (len(content), bytes(content)) if content else b""
        self.data[self._body : last] = joined
        self._chunk = self._body + len(joined)


def _values(head: bytes, name: bytes) -> list[bytes]:
    """Return what the lines of a head give for a header; in time that grows as the head does."""
    parted = (line.partition(b":") for line in head.split(b"\n"))
    return [value.strip(b" \t\r") for told, _, value in parted if told.lower() == name]
