"""`features` and its sources: files, a microphone, a video on the web."""

import http.server
import json
import threading
from functools import partial
from pathlib import Path

import numpy as np
import pytest
import soundfile
from audio_files import write_audio, write_silent_video
from client_commands import Commands, run_python

from cepstra.frontend import rounded
from cepstra.frontend.audio import read_audio
from cepstra.frontend.utterances import cut_utterances, find_utterances
from cepstra.resources.schemas.message import NewTakeSchema

run_features = partial(Commands().run, "features")


run_elsewhere = partial(run_python, "-m", "cepstra", "features")


@pytest.fixture(scope="session")
def speech(shared_dir) -> np.ndarray:
    """Three digits of a real speaker with pauses, 16 kHz."""
    folder = shared_dir / "corpora" / "fsdd" / "fstheo"
    pause = np.zeros(11_200)
    paths = sorted(folder.iterdir())[:30:10]
    return np.concatenate([pause, *(part for p in paths for part in (read_audio(p), pause))])


@pytest.fixture
def recording(speech, tmp_path) -> Path:
    path = tmp_path / "digits.flac"
    write_audio(path, speech, 16_000, "flac")
    return path


def test_the_message_is_the_one_that_is_sent(recording, tmp_path):
    out = tmp_path / "message.json"
    done = run_features(recording, "--out", out, "--digit", 7, "--lpc")
    assert done.exit_code == 0, done.stderr
    message = json.loads(out.read_text())
    assert {"mfcc", "digit", "frontend", "lpc"} <= set(message)
    blocks = [read_audio(recording).astype(np.float32)]
    (cut,) = cut_utterances(list(find_utterances(blocks)))
    np.testing.assert_allclose(message["mfcc"], rounded(cut.features).mfcc, atol=1e-9)
    assert (message["digit"], message["frontend"]) == (7, "meyda-16k-1")


def test_without_a_file_to_write_the_message_is_printed(recording):
    message = json.loads(run_features(recording).stdout)
    assert {"mfcc", "frontend"} <= set(message)
    assert not {"digit", "lpc"} & set(message)


def test_a_recording_may_come_through_standard_input(recording):
    done = run_features("-", answer=recording.read_bytes())
    assert done.exit_code == 0, done.stderr
    assert done.stdout == run_features(recording).stdout
    broken = run_features("-", answer=b"no sound in here")
    assert (broken.exit_code, "standard input: is no WAV" in broken.stderr) == (4, True)


def test_npz_and_json_hold_the_same(recording, tmp_path):
    packed, plain = tmp_path / "message.npz", tmp_path / "message.json"
    for out in (packed, plain):
        assert run_features(recording, "--out", out).exit_code == 0
    arrays, message = np.load(packed), json.loads(plain.read_text())
    for name in {"mfcc", "energy", "zcr"} & set(message):
        np.testing.assert_allclose(arrays[name], message[name])
    assert str(arrays["frontend"]) == message["frontend"]


def test_deltas_are_appended_and_make_a_front_end_of_its_own(recording, tmp_path):
    message = json.loads(run_features(recording, "--deltas").stdout)
    frames = np.array(message["mfcc"])
    static, changes = frames[:, :20], frames[:, 20:]
    np.testing.assert_array_equal(static, json.loads(run_features(recording).stdout)["mfcc"])
    ahead_1, ahead_2 = static[3:-1] - static[1:-3], static[4:] - static[:-4]
    np.testing.assert_allclose(changes[2:-2], (ahead_1 + 2 * ahead_2) / 10, atol=1e-3)
    assert NewTakeSchema().load(message).frames.shape[1] == 40
    assert "frontend" not in message
    assert run_features(recording, "--out", tmp_path / "m.npz").exit_code == 0
    np.testing.assert_array_equal(np.load(tmp_path / "m.npz")["deltas"], changes)


def test_a_long_recording_becomes_numbered_messages(speech, tmp_path):
    path = tmp_path / "long.flac"
    write_audio(path, np.tile(speech, 15), 16_000, "flac")
    done = run_features(path, "--out", tmp_path / "part.json", "--json")
    report = json.loads(done.stdout)
    files = [Path(message["file"]) for message in report["messages"]]
    assert [file.name for file in files] == [f"part-{n}.json" for n in range(1, len(files) + 1)]
    assert len(files) >= 2
    for file, message in zip(files, report["messages"], strict=True):
        assert len(json.loads(file.read_text())["mfcc"]) == message["frames"] <= 2000
    assert len(report["utterances_s"]) == 45


def test_where_it_is_said_lies_within_the_recording(shared_dir, tmp_path):
    """Not in the quiet around it, which a word that fills the file takes along."""
    word = shared_dir / "corpora" / "fsdd" / "fstheo" / "5_fstheo_0.flac"
    done = run_features(word, "--out", tmp_path / "m.json", "--json")
    assert json.loads(done.stdout)["utterances_s"] == [[0.0, soundfile.info(word).duration]]


def test_the_picture_is_drawn(recording, tmp_path):
    picture = tmp_path / "pictures" / "digits.png"
    done = run_features(recording, "--out", tmp_path / "m.json", "--plot", picture)
    assert done.exit_code == 0, done.stderr
    assert picture.read_bytes().startswith(b"\x89PNG")
    assert picture.stat().st_size > 20_000


def broken_files(folder: Path) -> dict[str, Path]:
    paths = {
        name: folder / f"{name}.wav" for name in ("missing", "zero", "text", "silence", "video")
    }
    paths["zero"].touch()
    paths["text"].write_text("A letter, not a recording.\n" * 99)
    write_audio(paths["silence"], np.zeros(48_000), 16_000, "pcm_s16le")
    write_silent_video(folder / "video.mp4")
    (folder / "video.mp4").rename(paths["video"])
    return paths


@pytest.mark.parametrize(
    ("kind", "complaint"),
    [
        ("missing", "no such file"),
        ("zero", "has zero bytes"),
        ("text", "is no WAV, FLAC"),
        ("silence", "nobody speaks in it"),
        ("video", "has no sound track"),
    ],
)
def test_a_broken_file_ends_with_one_line_and_writes_nothing(kind, complaint, tmp_path):
    path, out = broken_files(tmp_path)[kind], tmp_path / "out.json"
    done = run_features(path, "--out", out)
    assert done.exit_code == 4
    assert done.stdout == ""
    assert done.stderr.splitlines() == [next(iter(done.stderr.splitlines()))]
    assert done.stderr.startswith(f"Error: {path}")
    assert complaint in done.stderr
    assert not out.exists()


def test_no_recording_at_all_is_a_usage_error():
    done = run_features()
    assert done.exit_code == 2
    assert "expected one recording" in done.stderr


@pytest.fixture
def web(tmp_path):
    """A web server of our own: tests have no internet."""
    folder = tmp_path / "web"
    folder.mkdir()
    handler = partial(_QuietHandler, directory=str(folder))
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield folder, f"http://127.0.0.1:{server.server_address[1]}"
    server.shutdown()


class _QuietHandler(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *_: object) -> None:
        pass


@pytest.mark.parametrize("page", ["talk.m4a", "page.html"])
def test_the_sound_of_a_video_on_the_web(page, speech, recording, web, tmp_path):
    folder, address = web
    write_audio(folder / "talk.m4a", speech, 16_000, "aac")
    (folder / "page.html").write_text(
        f'<html><title>Talk</title><video src="{address}/talk.m4a"></video></html>'
    )
    done = run_features("--video-url", f"{address}/{page}", "--json", "--out", tmp_path / "m.json")
    assert done.exit_code == 0, done.stderr
    file = json.loads(run_features(recording, "--json", "--out", tmp_path / "f.json").stdout)
    assert len(json.loads(done.stdout)["utterances_s"]) == len(file["utterances_s"])


def test_what_is_wrong_with_a_video_is_told_of_its_address(speech, web):
    folder, address = web
    write_audio(folder / "talk.m4a", 0 * speech, 16_000, "aac")
    done = run_features("--video-url", f"{address}/talk.m4a")
    assert done.exit_code == 4
    assert done.stderr == f"Error: {address}/talk.m4a: nobody speaks in it\n"


@pytest.mark.parametrize("address", ["{web}/missing.m4a", "http://127.0.0.1:9/x", "talk.m4a"])
def test_an_address_without_a_video_ends_with_one_line(address, web):
    done = run_features("--video-url", address.format(web=web[1]))
    assert done.exit_code == 4
    assert len(done.stderr.splitlines()) == 1
    assert "Traceback" not in done.stderr


def test_the_microphone(speech, tmp_path):
    if not any(Path("/usr/lib").glob("*/libportaudio.so.2")):
        pytest.skip("NO PORTAUDIO: libportaudio2 is missing, so no microphone was tested")
    sound = tmp_path / "spoken.raw"
    write_audio(tmp_path / "spoken.wav", speech, 16_000, "pcm_s16le")
    loud = read_audio(tmp_path / "spoken.wav", 44_100).astype("<f4")
    sound.write_bytes(loud.tobytes())
    (tmp_path / ".asoundrc").write_text(
        f'pcm.!default {{ type file slave.pcm "null" file "/dev/null" infile "{sound}" }}\n'
    )
    seconds = len(loud) / 44_100
    done = run_elsewhere(
        "--mic", seconds, "--json", "--out", tmp_path / "m.json", HOME=str(tmp_path)
    )
    assert done.returncode == 0, done.stderr
    assert len(json.loads(done.stdout)["utterances_s"]) == 3


def test_without_a_microphone_it_says_so(tmp_path):
    done = run_elsewhere("--mic", 1, HOME=str(tmp_path))
    assert done.returncode == 4
    assert any(text in done.stderr for text in ("microphone: this machine has none", "PortAudio"))
    assert "Speak now" not in done.stderr


@pytest.mark.parametrize(
    ("package", "arguments"),
    [("sounddevice", ("--mic", 1)), ("yt_dlp", ("--video-url", "http://127.0.0.1:9/x"))],
)
def test_a_source_whose_package_is_missing_says_what_to_install(package, arguments, tmp_path):
    (tmp_path / f"{package}.py").write_text("raise ImportError('not here')")
    done = run_elsewhere(*arguments, PYTHONPATH=str(tmp_path))
    assert done.returncode == 4
    assert "make setup-cli" in done.stderr


def test_a_picture_without_the_plotting_library_says_what_to_install(speech, tmp_path):
    write_audio(tmp_path / "spoken.wav", speech, 16_000, "pcm_s16le")
    (tmp_path / "matplotlib.py").write_text("raise ModuleNotFoundError(name='matplotlib')")
    arguments = (tmp_path / "spoken.wav", "--plot", tmp_path / "spoken.png")
    done = run_elsewhere(*arguments, PYTHONPATH=str(tmp_path))
    assert done.returncode == 2, done.stderr
    needed = "features needs matplotlib, which is not installed: make setup-cli"
    assert done.stderr == f"Error: {needed}\n"
