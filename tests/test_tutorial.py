"""docs/tutorial.md: every command in it works, in its order, in a fresh copy of the project."""

import os
import re
import shutil
import signal
import subprocess
from pathlib import Path

import numpy as np
import pytest
from server_driver import free_port
from surroundings import ROOT

from cepstra.frontend.audio import read_audio

TUTORIAL = (ROOT / "docs" / "tutorial.md").read_text(encoding="utf-8")
MICROPHONE_HZ = 44_100
STAMPS = (".venv/service.stamp", ".venv/cli.stamp", ".venv/tests.stamp", "node_modules/.stamp")


@pytest.fixture
def clone(tmp_path) -> Path:
    """A copy of all that git would keep, set up already: tests have no package registry."""
    folder = tmp_path / "clone"
    listed = ["git", "ls-files", "--cached", "--others", "--exclude-standard"]
    names = subprocess.run(listed, cwd=ROOT, capture_output=True, text=True, check=True)
    for name in names.stdout.splitlines():
        if (ROOT / name).exists():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / name, folder / name, follow_symlinks=False)
    shutil.copytree(ROOT / "static" / "vendor", folder / "static" / "vendor")
    (folder / "node_modules").mkdir()
    (folder / ".venv").mkdir()
    for part in (ROOT / ".venv").iterdir():
        if part.suffix != ".stamp":
            (folder / ".venv" / part.name).symlink_to(part.resolve())
    for stamp in STAMPS:
        (folder / stamp).touch()
    return folder


@pytest.fixture
def microphone(shared_dir, tmp_path) -> Path:
    """A home folder whose sound system hears a real person talk."""
    if not any(Path("/usr/lib").glob("*/libportaudio.so.2")):
        pytest.skip("NO PORTAUDIO: libportaudio2 is missing, so the tutorial was not run")
    home = tmp_path / "home"
    home.mkdir()
    readers = sorted((shared_dir / "corpora" / "librispeech" / "background").iterdir())
    takes = sorted(path for path in readers[0].rglob("*.flac"))
    speech = np.concatenate([read_audio(take, MICROPHONE_HZ) for take in takes])
    repeated = np.resize(speech, 50 * MICROPHONE_HZ).astype("<f4")
    (home / "voice.raw").write_bytes(repeated.tobytes())
    (home / ".asoundrc").write_text(
        f'pcm.!default {{ type file slave.pcm "null" file "/dev/null" infile "{home}/voice.raw" }}'
    )
    return home


def shell_blocks() -> list[str]:
    return re.findall(r"^```sh\n(.*?)^```", TUTORIAL, re.MULTILINE | re.DOTALL)


def test_every_command_of_the_tutorial_works(clone, microphone):
    if not shutil.which("curl") or not shutil.which("make"):
        pytest.skip("NO CURL OR MAKE: the tutorial was not run")
    port = str(free_port())
    blocks = [block.replace("5000", port) for block in shell_blocks()]
    script = "set -eu\n" + "".join(
        f"{block}\necho; echo DONE-{n}\n" for n, block in enumerate(blocks)
    )
    environment = {**os.environ, "PORT": port, "HOME": str(microphone), "PYTHONPATH": str(clone)}
    for name in ("DATABASE_URL", "CEPSTRA_URL", "CEPSTRA_TOKEN", "MAKEFLAGS"):
        environment.pop(name, None)
    process = subprocess.Popen(
        ["bash", "-c", script],
        cwd=clone,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    )
    try:
        said, _ = process.communicate(timeout=600)
    finally:
        end_all_of(process)
    assert process.returncode == 0, said
    parts = re.split(r"DONE-\d+\n", said)
    assert len(parts) == len(blocks) + 1, said
    assert_told_as_the_tutorial_says(parts)


def end_all_of(process: subprocess.Popen[str]) -> None:
    try:
        os.killpg(process.pid, signal.SIGKILL)
    except ProcessLookupError:
        pass  # the tutorial has ended what it began


def assert_told_as_the_tutorial_says(parts: list[str]) -> None:
    doctor, health, messages, enrolled, verified, deleted, _ = parts
    assert re.findall(r"^(note|wrong) +(\w+)", doctor, re.MULTILINE) == [("note", "service")]
    assert '{"status":"ok"}' in health
    decisions = re.findall(r'"decision":"(\w+)"', messages)
    assert decisions == ["accept", "reject"], messages
    assert "Speak now, for 45 s." in enrolled
    assert "me accepted" in verified
    assert "Error" not in deleted
