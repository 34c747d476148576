"""One connection of a client: requests, a stream of sound, and one answer an utterance."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Collection
from contextlib import suppress
from typing import Any

from wyoming.asr import Transcribe, Transcript
from wyoming.audio import AudioChunk, AudioStart, AudioStop
from wyoming.error import Error
from wyoming.event import Event, async_read_event
from wyoming.info import Describe
from wyoming.ping import Ping, Pong
from wyoming.server import AsyncEventHandler

import cepstra
from cepstra.client import CepstraError
from wyoming_cepstra.identity import IDENTIFY, MODEL, NOT_DONE, answer_event, info_event
from wyoming_cepstra.sound import SoundError, Utterance
from wyoming_cepstra.speakers import Answer, Speakers

LOG = logging.getLogger(__name__)
MOST_BYTES = 16 * 1024 * 1024  # of a payload: a minute of 48 kHz, 16 bit, in stereo has 12


class ShortEvents:
    """A client's stream, of which no event is longer than MOST_BYTES, whatever it announces."""

    def __init__(self, reader: asyncio.StreamReader) -> None:
        self.readline, self._reader = reader.readline, reader

    async def readexactly(self, n: int) -> bytes:
        """Return the next n bytes.

        Raises:
            ValueError: they are too many.
        """
        if n > MOST_BYTES:
            raise ValueError(f"expected at most {MOST_BYTES} bytes, got {n}")
        return await self._reader.readexactly(n)


class Handler(AsyncEventHandler):
    """Hears utterances of one client; sound is dropped as soon as it is answered."""

    def __init__(
        self,
        speakers: Speakers,
        turn: asyncio.Lock,
        reader: asyncio.StreamReader,
        writer: asyncio.StreamWriter,
    ) -> None:
        """Answer on a connection; `turn` lets one utterance be computed at a time."""
        super().__init__(reader, writer)
        self._short_events: Any = ShortEvents(reader)  # all that is asked of one
        self._speakers, self._turn = speakers, turn
        self._is_transcript = False
        self._among: Collection[str] | None = None
        self._utterance: Utterance | None = None
        self._is_refused = False  # the utterance: what follows of it needs no second answer

    async def run(self) -> None:
        """Answer until the client leaves, or sends what is no Wyoming event, which is told."""
        try:
            while (event := await self._next()) and await self.handle_event(event):
                pass
        except (EOFError, OSError):  # it left in the middle of an event
            pass
        finally:
            self._utterance = None
            self.writer.close()

    async def _next(self) -> Event | None:
        """Return the next event; None at the end, and for what is none, which is told first."""
        with suppress(AttributeError, KeyError, RecursionError, TypeError, ValueError):
            event = await async_read_event(self._short_events)
            if event is not None and isinstance(event.data or {}, dict):
                return Event(event.type, event.data or {}, event.payload)
        if not self.reader.at_eof():
            await self.write_event(Error("expected a Wyoming event: {type, data, ...}").event())
        return None

    async def handle_event(self, event: Event) -> bool:
        """Take an event; what cannot be used is answered by an error, and the next one counts.

        Clients that wait for a transcript (Home Assistant) pass over errors: the end tells them.
        """
        try:
            reply = await self._reply(event)
        except (SoundError, CepstraError) as error:
            if isinstance(error, CepstraError):
                LOG.warning("No answer: %s", error)  # the client may show nothing of it
            self._utterance, reply = None, Error(str(error)).event()
        except (KeyError, TypeError) as error:
            text = f"{event.type}: a field is missing or of another kind: {error}"
            self._utterance, reply = None, Error(text).event()
        if reply is not None:
            await self.write_event(reply)
        is_error = reply is not None and Error.is_type(reply.type)
        self._is_refused |= is_error
        return not (is_error and self._is_transcript)

    async def _reply(self, event: Event) -> Event | None:
        if Describe.is_type(event.type):
            return info_event(self._speakers.names())
        if Ping.is_type(event.type):
            return Pong(Ping.from_event(event).text).event()
        if event.type in NOT_DONE:
            return Error(f"{event.type}: speakers enrol, and are deleted, at Cepstra").event()
        if event.type == IDENTIFY or Transcribe.is_type(event.type):
            self._request(event)
        elif AudioStart.is_type(event.type):
            self._utterance, self._is_refused = Utterance(), False
        elif AudioChunk.is_type(event.type) and self._utterance is not None:
            self._utterance.add(AudioChunk.from_event(event))
        elif AudioStop.is_type(event.type) and not self._is_refused:
            return await self._answer()
        return None

    def _request(self, event: Event) -> None:
        self._is_refused, data = False, event.data
        if data.get("name") not in (None, MODEL):
            raise SoundError(f"name: expected the model {MODEL!r}, got {data['name']!r}")
        self._is_transcript = event.type != IDENTIFY
        self._among = None if self._is_transcript else _names(data.get("names"))

    async def _answer(self) -> Event:
        utterance, self._utterance = self._utterance, None
        if utterance is None:
            raise SoundError("audio-stop: expected audio-start and sound before it")
        async with self._turn:
            answer = await asyncio.to_thread(self._who, utterance, self._among)
        if self._is_transcript:
            return Transcript(answer.name or "").event()
        return answer_event(answer)

    def _who(self, utterance: Utterance, among: Collection[str] | None) -> Answer:
        if not utterance.rate_hz:
            return Answer("inconclusive")
        try:
            speech = cepstra.features(utterance.samples(), utterance.rate_hz)
        except cepstra.AudioError:  # nobody speaks
            return Answer("inconclusive")
        return self._speakers.who(speech, among)


def _names(given: Any) -> Collection[str] | None:
    if given is None or (isinstance(given, list) and all(isinstance(n, str) for n in given)):
        return given
    raise SoundError(f"names: expected a list of names, got {given!r}")
