"""integrations/wyoming with the protocol's own client: streams of real speech, names back."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
import tracemalloc
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import numpy as np
import pytest
from apart import awaited
from caller_driver import bearer, make_key
from scipy.signal import resample_poly
from server_driver import free_port
from surroundings import ROOT
from wyoming.asr import Transcribe
from wyoming.audio import AudioChunk, AudioStart, AudioStop
from wyoming.client import AsyncTcpClient
from wyoming.event import Event
from wyoming.info import Describe, Info

import cepstra
from cepstra.frontend import to_message
from cepstra.frontend.audio import read_audio

CODE = ROOT / "integrations" / "wyoming"
RATE_HZ, CHUNK = 16_000, 1024  # as a satellite streams
KNOWN, STRANGER = ("fash", "fcaw"), "mmsh"
IDENTIFY = Event("identify")


@pytest.fixture(scope="module")
def speech(shared_dir) -> dict[str, tuple[list[Path], np.ndarray]]:
    """Of each speaker: recordings to enrol, and (n,) samples of others."""
    found = {}
    for name in (*KNOWN, STRANGER):
        paths = sorted((shared_dir / "corpora" / "an4" / "background" / name).glob("*.flac"))
        parts = [read_audio(path, RATE_HZ) for path in paths[-3:]]
        found[name] = paths[:-3], np.concatenate(parts)
    return found


@contextmanager
def service(*arguments: object, **environment: str) -> Iterator[int]:
    """Run `python -m wyoming_cepstra` and return its port."""
    port = free_port()
    command = [sys.executable, "-m", "wyoming_cepstra", "--uri", f"tcp://127.0.0.1:{port}"]
    paths = {"PYTHONPATH": str(CODE), **environment}
    process = subprocess.Popen([*command, *map(str, arguments)], env={**os.environ, **paths})
    try:
        yield port
    finally:
        process.terminate()
        assert process.wait(timeout=60) == 0


@pytest.fixture(scope="module")
def port(speech, tmp_path_factory) -> Iterator[int]:
    folder = tmp_path_factory.mktemp("profiles")
    for name, suffix in zip(KNOWN, ("json", "safetensors"), strict=True):
        cepstra.Profile(name).enrol(*speech[name][0]).save(folder / f"{name}.{suffix}")
    with service("--profiles", folder) as port:
        yield port


def stream(samples: np.ndarray, rate_hz: int = RATE_HZ, channels: int = 1) -> list[Event]:
    """An utterance as 16-bit PCM, all channels alike, in chunks of 1024 samples."""
    pcm = np.repeat((np.clip(samples, -1, 1) * 32767).astype("<i2")[:, None], channels, axis=1)
    told = {"rate": rate_hz, "width": 2, "channels": channels}
    parts = [pcm[at : at + CHUNK].tobytes() for at in range(0, len(pcm), CHUNK)]
    chunks = [AudioChunk(audio=part, **told).event() for part in parts]
    return [AudioStart(**told).event(), *chunks, AudioStop().event()]


def ask(port: int, *requests: list[Event]) -> list[Event]:
    """Make requests on one connection, each after the answer to the last, and return these."""

    async def talk() -> list[Event]:
        replies = []
        async with AsyncTcpClient("127.0.0.1", port, read_timeout=60) as client:
            for events in requests:
                for event in events:
                    await client.write_event(event)
                replies.append(await client.read_event())
        return replies

    for _ in range(600):
        try:
            return awaited(talk())
        except ConnectionRefusedError:
            time.sleep(0.1)  # it still loads its parameters
    raise TimeoutError("nothing listens")


def test_each_utterance_gets_the_name_of_its_speaker_or_none(port, speech):
    streams = [stream(samples) for _, samples in speech.values()]
    replies = ask(port, *([IDENTIFY, *events] for events in streams))
    assert [reply.type for reply in replies] == ["identified", "identified", "not-identified"]
    assert [reply.data.get("name") for reply in replies] == [*KNOWN, None]
    assert replies[2].data == {"decision": "none"}
    assert all(0.5 < reply.data["confidence"] <= 1 for reply in replies[:2])


def test_a_client_of_today_gets_the_name_as_a_transcript(port, speech):
    known, stranger = (stream(speech[name][1]) for name in (KNOWN[1], STRANGER))
    replies = ask(port, [Transcribe().event(), *known], [Transcribe().event(), *stranger])
    assert [(reply.type, reply.data["text"]) for reply in replies] == [
        ("transcript", KNOWN[1]),
        ("transcript", ""),
    ]


def test_other_rates_and_channels_are_converted(port, speech):
    samples = speech[KNOWN[0]][1]
    faster = stream(resample_poly(samples, 3, 1), 48_000, channels=2)
    cd = stream(resample_poly(samples, 441, 160), 44_100)
    for reply in ask(port, [IDENTIFY, *faster], [IDENTIFY, *cd]):
        assert reply.data["name"] == KNOWN[0]


def test_the_service_tells_models_and_speakers(port):
    (reply,) = ask(port, [Describe().event()])
    (model,) = reply.data["identity"][0]["models"]
    assert model["identities"] == [{"name": name} for name in KNOWN]
    assert Info.from_event(reply).asr[0].models[0].name == model["name"]  # what clients read today


def test_only_those_asked_for_count(port, speech):
    events = stream(speech[KNOWN[0]][1])
    for names in ([KNOWN[1]], []):
        (reply,) = ask(port, [Event("identify", {"names": names}), *events])
        assert reply.type == "not-identified"


def test_what_cannot_be_used_is_said_and_the_next_utterance_counts(port, speech):
    events = stream(speech[KNOWN[0]][1])
    start, stop = events[0], AudioStop().event()
    odd = [Event("audio-chunk", {**start.data, **change}, b"\0" * 6) for change in (
        {"width": 3}, {"rate": 0}, {"channels": 4}, {"channels": None}, {"rate": "16k"},
    )]  # fmt: skip
    missing = Event("audio-chunk", {"rate": RATE_HZ}, b"\0\0")
    wrong = [[IDENTIFY, start, chunk] for chunk in (*odd, missing)]
    wrong += [[Event("identify", {"name": "other"})], [Event("identify", {"names": "ann"})]]
    wrong += [[Event("enroll", {"name": "ann"})]]
    wrong += [[IDENTIFY, stop]]
    silent = [[IDENTIFY, start, stop], [IDENTIFY, *stream(np.zeros(RATE_HZ))]]
    *refused, nothing, silence, known = ask(port, *wrong, *silent, [IDENTIFY, *events])
    told = "width rate payload channels rate width name names enroll audio-start".split()
    assert [reply.type for reply in refused] == ["error"] * len(told)
    for reply, field in zip(refused, told, strict=True):
        assert field in reply.data["text"]
    assert nothing.data == silence.data == {"decision": "inconclusive"}
    assert known.data["name"] == KNOWN[0]


@pytest.mark.parametrize(
    "line",
    (
        b"hello", b"[1]", b"{}", b'{"type": "ping", "data": [1]}',
        b'{"type": "audio-chunk", "payload_length": 16777217}',
        b'{"type": "ping", "data_length": 100000000000}',
    ),
)  # fmt: skip
def test_what_is_no_event_is_told_before_the_connection_ends(port, line):
    with socket.create_connection(("127.0.0.1", port), timeout=60) as client:
        client.sendall(line + b"\n")
        replies = client.makefile("rb").read()
    assert b'"type": "error"' in replies and b"expected a Wyoming event" in replies


def test_sound_beyond_a_minute_is_let_go():
    sys.path.append(str(CODE))
    from wyoming_cepstra.sound import LONGEST_S, Utterance

    utterance, second = Utterance(), AudioChunk(RATE_HZ, 2, 1, bytes(2 * RATE_HZ))
    tracemalloc.start()
    for _ in range(LONGEST_S):
        utterance.add(second)
    within = tracemalloc.get_traced_memory()[0]
    for _ in range(LONGEST_S):
        utterance.add(second)
    beyond = tracemalloc.get_traced_memory()[0] - within
    tracemalloc.stop()
    assert beyond < second.rate, f"{beyond} bytes of the second minute are kept"
    assert len(utterance.samples()) == LONGEST_S * RATE_HZ


def test_a_service_is_asked_by_a_key_that_may_identify(guarded_server, speech):
    with httpx.Client(base_url=guarded_server.url, timeout=60) as http:
        http.headers.update(bearer(make_key(guarded_server, "enrol")))
        for name in KNOWN:
            frames = cepstra.features(
                np.concatenate([read_audio(p) for p in speech[name][0]]), RATE_HZ
            )
            for at in range(0, len(frames) - 500, 2000):
                take = to_message(frames[at : at + 2000])
                http.put(f"/speakers/{name}/train", json=take).raise_for_status()
    requests = [[IDENTIFY, *stream(speech[name][1])] for name in (KNOWN[0], STRANGER)]
    told = {"CEPSTRA_URL": guarded_server.url}
    with service(**told, CEPSTRA_KEY=make_key(guarded_server, "identify")) as port:
        known, stranger = ask(port, *requests)
    assert (known.type, known.data["name"]) == ("identified", KNOWN[0])
    assert stranger.type == "not-identified"
    with service(**told, CEPSTRA_KEY="cepstra_wrong") as port:
        (reply,) = ask(port, requests[0])
        transcribed, after = ask(port, [Transcribe().event(), *requests[0][1:]], [])
    assert reply.type == transcribed.type == "error" and "token" in reply.data["text"]
    assert after is None, "Home Assistant reads on until a transcript or the end"


def test_a_port_that_is_taken_is_told_in_one_line(port):
    command = [sys.executable, "-m", "wyoming_cepstra", "--uri", f"tcp://127.0.0.1:{port}"]
    env = {**os.environ, "PYTHONPATH": str(CODE), "CEPSTRA_URL": "http://127.0.0.1:1"}
    done = subprocess.run(command, env=env, capture_output=True, text=True)
    assert (done.returncode, done.stderr.count("\n")) == (1, 1), done.stderr
    assert "address already in use" in done.stderr
