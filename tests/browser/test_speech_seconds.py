"""Seconds of speech mean one thing: on the page, in the commands and in the service's reply."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import soundfile
from caller_driver import HTTP
from client_commands import Commands
from file_page import FilePage
from surroundings import ROOT

from cepstra.gmm.speech import speech_mask

RATE_HZ = 16_000


@pytest.fixture
def recording(tmp_path: Path, voice: Callable) -> Callable[[int], Path]:
    """Return a function (times): a WAV file of ten digits, said so often, with pauses."""
    words = [part for word in voice(0, [0, 1]) for part in (np.zeros(RATE_HZ // 3), word)]

    def write(times: int) -> Path:
        path = tmp_path / f"{times}.wav"
        soundfile.write(path, np.clip(np.tile(np.concatenate(words), times), -1, 1), RATE_HZ)
        return path

    return write


def test_of_an_attempt(files: FilePage, module_server, recording):
    commands = Commands(CEPSTRA_URL=module_server.url)
    path = recording(1)
    commands.json("enrol", "ann", path)
    page = files.read(path, purpose="verification")
    command = commands.json("verify", "ann", path)
    told = {"page": page["speech_s"], "reply": command["quality"]["speech_s"]}
    (line,) = commands.json("features", path, "--out", path.with_suffix(".json"))["messages"]
    told["features"] = line["speech_s"]
    (shown,) = (w for w in page["warnings"] if w["code"] == "little-speech")
    told["warning of the page"] = shown["speech_s"]
    told["warning of the command"] = float(command["warnings"][0].split()[0])
    (message,) = page["messages"]
    sent = HTTP.put(f"{module_server.url}/score?speaker=ann", json=message).json()
    told["reply to the page"] = sent["quality"]["speech_s"]
    print(told)
    assert list(told.values()) == pytest.approx([told["reply"]] * len(told), abs=0.05)
    assert told["reply"] < len(message["mfcc"]) / 100


def test_of_an_enrolment_and_of_more_than_is_heard(files: FilePage, module_server, recording):
    commands = Commands(CEPSTRA_URL=module_server.url)
    path = recording(8)
    page = files.read(path, purpose="enrolment")
    (enrolled,) = commands.json("enrol", "bob", path)
    assert enrolled["speech_s"] == pytest.approx(page["speech_s"], rel=0.03)  # cut otherwise
    for message in page["messages"]:
        kept = HTTP.put(f"{module_server.url}/train?speaker=eve", json=message).json()
    assert kept["train_data_length"] / 100 == pytest.approx(page["speech_s"], abs=0.02)
    attempt = files.read(path, purpose="verification")
    (much,) = (w for w in attempt["warnings"] if w["code"] == "much-speech")
    command = commands.json("verify", "bob", path)
    assert command["quality"]["speech_s"] == pytest.approx(
        much["heard_s"], abs=1.0
    )  # the page cuts between words
    told_s = float(command["warnings"][0].split()[0])
    assert told_s == pytest.approx(much["speech_s"], abs=0.5)
    assert len(attempt["messages"][0]["mfcc"]) > 100 * much["heard_s"]


def test_both_languages_count_alike(run_node, tmp_path):
    messages = [
        json.loads((ROOT / f"mfcc_{n}.json").read_text())["mfcc"] for n in ("train", "test")
    ]
    rng = np.random.default_rng(1)
    messages += [(10 * rng.standard_normal((length, 20))).tolist() for length in (1, 2, 7, 4321)]
    messages.append([[0.0] * 20] * 50)
    lines = tmp_path / "messages.jsonl"
    lines.write_text("\n".join(map(json.dumps, messages)))
    counted = run_node("speech_frames_reference.mjs", np.zeros(0), lines).split()
    expected = [
        sum(
            int(np.count_nonzero(speech_mask(part)))
            for part in np.array_split(np.array(mfcc), -(-len(mfcc) // 2000))
        )
        for mfcc in messages
    ]
    assert list(map(int, counted)) == pytest.approx(expected, abs=1)
    assert expected[0] > 300 and expected[-1] == 0
