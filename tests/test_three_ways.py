"""One recording, three ways to the service: the command line, the page's own modules, curl."""

import json
import shutil
import subprocess
from pathlib import Path

import numpy as np
import pytest
from audio_files import write_audio
from caller_driver import HTTP
from client_commands import Commands
from test_features_command import broken_files

from cepstra.frontend.audio import read_audio
from cepstra.frontend.decoding import DecodedFile

CLOSE = 1e-3
FORMATS = {"flac": (16_000, "flac"), "wav": (44_100, "pcm_s16le"), "m4a": (48_000, "aac")}
SPEAKER = "theo"
cepstra = Commands().run


def recording(shared_dir, voice: str, takes: slice, path: Path, rate_hz: int, codec: str) -> Path:
    """Digits of an FSDD speaker with pauses, in the format of the path."""
    pause = np.zeros(int(0.7 * rate_hz))
    files = sorted((shared_dir / "corpora" / "fsdd" / voice).iterdir())[takes]
    parts = [part for file in files for part in (read_audio(file, rate_hz), pause)]
    write_audio(path, np.stack([np.concatenate([pause, *parts])] * 2), rate_hz, codec)
    return path


@pytest.fixture(scope="module")
def enrolled(module_server, shared_dir, tmp_path_factory):
    """The server, with one speaker enrolled by the command line."""
    path = tmp_path_factory.mktemp("enrol") / "enrol.flac"
    recording(shared_dir, "fstheo", slice(0, 300, 15), path, 16_000, "flac")
    done = cepstra("--url", module_server.url, "enrol", SPEAKER, path)
    assert done.exit_code == 0, done.stderr
    return module_server.url


@pytest.mark.parametrize("suffix", FORMATS)
@pytest.mark.parametrize(("voice", "decision"), [("fstheo", "accept"), ("fsgeorge", "reject")])
def test_the_same_file_is_judged_the_same(
    suffix, voice, decision, enrolled, shared_dir, run_node, tmp_path
):
    path = tmp_path / f"attempt.{suffix}"
    recording(shared_dir, voice, slice(7, 300, 40), path, *FORMATS[suffix])
    replies = [
        by_command_line(enrolled, path),
        by_curl(enrolled, path),
        by_page(enrolled, path, run_node),
    ]
    assert [reply["decision"] for reply in replies] == [decision] * 3
    assert np.ptp([reply["llr"] for reply in replies]) < CLOSE


def by_command_line(url: str, path: Path) -> dict:
    return json.loads(cepstra("--url", url, "--json", "verify", SPEAKER, path).stdout)


def by_curl(url: str, path: Path) -> dict:
    curl = shutil.which("curl")
    if curl is None:
        pytest.skip("NO CURL: curl is missing, so the message was not sent with it")
    message = path.with_suffix(".json")
    assert cepstra("features", path, "--out", message).exit_code == 0
    command = [curl, "-sS", "-X", "PUT", "-H", "Content-Type: application/json"]
    command += ["--data", f"@{message}", f"{url}/score?speaker={SPEAKER}"]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    return json.loads(done.stdout)


def by_page(url: str, path: Path, run_node) -> dict:
    blocks = list(DecodedFile(path).blocks())
    samples = np.concatenate([block.channels for block in blocks], axis=1).mean(axis=0)
    rate_hz = blocks[0].sample_rate_hz
    (line,) = run_node("file_message_reference.mjs", samples, rate_hz).splitlines()
    reply = HTTP.put(f"{url}/score?speaker={SPEAKER}", json=json.loads(line), timeout=60)
    return reply.raise_for_status().json()


@pytest.mark.parametrize("kind", ["missing", "zero", "text", "silence", "video"])
def test_a_broken_file_enrols_nothing(kind, module_server, tmp_path):
    path = broken_files(tmp_path)[kind]
    done = cepstra("--url", module_server.url, "enrol", f"nobody-{kind}", path)
    assert done.exit_code == 4
    assert str(path) in done.stderr
    assert "Traceback" not in done.stderr
    reply = HTTP.get(f"{module_server.url}/speakers", timeout=60).json()
    assert f"nobody-{kind}" not in [speaker["alias"] for speaker in reply["speakers"]]
    verified = cepstra("--url", module_server.url, "verify", SPEAKER, path)
    assert verified.exit_code == 4
    assert len(verified.stderr.splitlines()) == 1
