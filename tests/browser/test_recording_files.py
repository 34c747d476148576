"""Sound files in place of the microphone: read, cut and described in the browser, never sent."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import soundfile
from numpy.typing import NDArray

from cepstra.cli._recordings import speech_s
from cepstra.frontend import Features, extract, page_definition
from cepstra.frontend.audio import read_audio
from cepstra.frontend.margins import with_margins

RATE_HZ = 16_000
PAUSE = np.zeros(RATE_HZ // 2)
TOLERANCE = 1e-3
FORMATS = {
    "flac": (16_000, []),
    "wav": (44_100, ["-ac", "2"]),
    "mp3": (44_100, ["-b:a", "128k"]),
    "m4a": (48_000, ["-b:a", "128k"]),
    "mp4": (44_100, ["-f", "lavfi", "-i", "color=c=black:s=64x64:r=5", "-shortest"]),
    "ogg": (16_000, ["-c:a", "libvorbis", "-q:a", "6"]),
    "opus": (48_000, ["-c:a", "libopus", "-b:a", "64k"]),
}


@pytest.fixture
def spoken(tmp_path: Path, voice: Callable) -> Path:
    """Return a WAV file of six digits at 16 kHz."""
    words = [part for word in voice(0, [0]) for part in (PAUSE, word)]
    path = tmp_path / "spoken.wav"
    soundfile.write(path, np.clip(np.concatenate(words), -1, 1), RATE_HZ, subtype="PCM_16")
    return path


def encode(source: Path, suffix: str, rate_hz: int, options: list[str]) -> Path:
    if shutil.which("ffmpeg") is None:
        pytest.skip("NO FFMPEG: ffmpeg is missing, so compressed files were not read")
    path = source.with_suffix(f".{suffix}")
    path = path.with_name(f"encoded-{path.name}")
    command = ["ffmpeg", "-v", "error", "-y", "-i", str(source), *options]
    subprocess.run([*command, "-ar", str(rate_hz), str(path)], check=True)
    return path


def nearest(frames: NDArray[np.float64], among: NDArray[np.float64]) -> NDArray[np.float64]:
    """(T,) largest difference of a coefficient from the frame of (N, D) that fits best."""
    return np.array([np.abs(among - frame).max(axis=1).min() for frame in frames])


def test_a_16_khz_file_gives_the_coefficients_that_python_computes(files, spoken):
    recording = files.read(spoken, frontend={"step": 0})
    (message,) = recording["messages"]
    heard = extract(with_margins(read_audio(spoken), page_definition()))
    difference = nearest(np.array(message["mfcc"]), heard.mfcc)
    print(f"largest difference {difference.max():.1e}")
    assert difference.max() < TOLERANCE
    assert recording["sampleRateHz"] == RATE_HZ
    sent = np.array(message["mfcc"])
    counted = speech_s(Features(sent, *np.zeros((2, len(sent)))))
    assert recording["speech_s"] == pytest.approx(counted, abs=0.1)  # rounded there, not here
    assert recording["duration_s"] == pytest.approx(soundfile.info(spoken).duration)


@pytest.mark.parametrize("suffix", FORMATS)
def test_each_format_is_read_at_its_own_rate(files, spoken, suffix):
    rate_hz, options = FORMATS[suffix]
    recording = files.read(encode(spoken, suffix, rate_hz, options))
    assert recording["sampleRateHz"] == rate_hz
    n_frames = len(files.read(spoken)["messages"][0]["mfcc"])
    assert len(recording["messages"][0]["mfcc"]) == pytest.approx(n_frames, abs=0.1 * n_frames)


def test_nothing_of_a_file_is_sent_and_progress_is_told(files, spoken):
    before = len(files.sent)
    progress = files.read(spoken)["progress"]
    assert all(call.startswith("GET") for call in files.sent[before:])
    assert progress[0] == ["decoding", 0]
    shares = [share for stage, share in progress if stage == "cutting"]
    assert shares == sorted(shares)
    assert shares[-1] == 1


def test_little_speech_narrow_sound_and_clipping_are_warned_of(files, spoken):
    phone = spoken.with_name("phone.wav")
    samples = read_audio(spoken)[::2]
    soundfile.write(phone, np.clip(samples * 20 / np.abs(samples).max(), -1, 1), 8_000)
    warnings = {w["code"]: w for w in files.read(phone, purpose="enrolment")["warnings"]}
    assert set(warnings) == {"little-speech", "narrow-band", "clipped"}
    assert warnings["little-speech"]["advised_s"] == 45
    assert files.read(spoken)["warnings"] == []


def test_free_speech_is_cut_into_messages_without_a_digit(files, spoken):
    long = spoken.with_name("long.wav")
    soundfile.write(long, np.tile(read_audio(spoken), 8), RATE_HZ)
    recording = files.read(long, purpose="enrolment")
    lengths = [len(message["mfcc"]) for message in recording["messages"]]
    assert len(lengths) > 1
    assert max(lengths) <= 2000
    assert sum(lengths) > 100 * recording["speech_s"] > 0.5 * sum(lengths)
    assert all("digit" not in message for message in recording["messages"])
    (message,) = files.read(spoken, digit=7)["messages"]
    assert message["digit"] == 7


def test_an_attempt_is_one_message_and_what_it_leaves_out_is_told(files, spoken):
    long = spoken.with_name("much.wav")
    soundfile.write(long, np.tile(read_audio(spoken), 20), RATE_HZ)
    recording = files.read(long, purpose="verification")
    (message,) = recording["messages"]
    (warning,) = recording["warnings"]
    assert warning["code"] == "much-speech"
    assert warning["speech_s"] == recording["speech_s"] > warning["heard_s"]
    assert 5700 < len(message["mfcc"]) <= 6000
    assert 0.5 < 100 * warning["heard_s"] / len(message["mfcc"]) < 1  # the rest: pauses in words
    (first, *_) = files.read(long)["messages"]
    n_both = min(len(first["mfcc"]), len(message["mfcc"]))
    assert message["mfcc"][:n_both] == first["mfcc"][:n_both]


def test_a_reading_can_be_given_up(files, spoken):
    long = spoken.with_name("endless.wav")
    soundfile.write(long, np.tile(read_audio(spoken), 40), RATE_HZ)
    result = files.read(long, abort_after=4)
    assert result["name"] == "AbortError"
    assert len(result["progress"]) < 10
    files.expect_no_worker()


def test_one_worker_hears_file_after_file_and_ends_when_none_comes(files, spoken):
    begun = []
    files.expect_no_worker()
    files.page.on("worker", lambda worker: begun.append(worker))
    assert files.read(spoken)["speech_s"] == files.read(spoken)["speech_s"] > 1
    assert len(begun) == 1
    files.expect_no_worker()


def broken_files(folder: Path) -> dict[str, Path]:
    rng = np.random.default_rng(6)
    paths = {name: folder / f"{name}.wav" for name in ("empty", "unreadable", "silent", "too-long")}
    paths["empty"].write_bytes(b"")
    paths["unreadable"].write_bytes(b"RIFF....WAVE" + rng.bytes(3000))
    soundfile.write(paths["silent"], np.zeros(2 * RATE_HZ), RATE_HZ)
    soundfile.write(paths["too-long"], np.zeros(8_000 * 901), 8_000, subtype="PCM_U8")
    paths["no-speech"] = folder / "no-speech.wav"
    soundfile.write(paths["no-speech"], 0.001 * rng.standard_normal(3 * RATE_HZ), RATE_HZ)
    return paths


@pytest.mark.parametrize("code", ["empty", "unreadable", "silent", "too-long", "no-speech"])
def test_a_file_that_cannot_be_used_is_refused_with_the_reason(files, tmp_path, code):
    result = files.read(broken_files(tmp_path)[code])
    assert (result["name"], result["code"]) == ("RecordingError", code)
    assert result["message"]


def test_a_noise_that_is_taken_for_speech_is_nobodys_voice(files, shared_dir):
    noise = shared_dir / "corpora/speech_commands/dev/gc439c84f4/0_gc439c84f4_0.flac"
    assert files.read(noise, purpose="enrolment")["code"] == "no-speech"


def test_what_is_no_sound_file_is_unreadable(files, tmp_path):
    contents = {"a.pdf": b"%PDF-1.7 " * 20, "a.txt": b"words", "a.mp3": b"\xff\xfb"}
    for name, content in contents.items():
        (tmp_path / name).write_bytes(content)
        assert files.read(tmp_path / name)["code"] == "unreadable"


def test_samples_that_are_no_numbers_are_unreadable(files, tmp_path):
    path = tmp_path / "endless.wav"
    soundfile.write(path, np.full(RATE_HZ, np.inf), RATE_HZ, subtype="FLOAT")
    assert files.read(path)["code"] == "unreadable"
