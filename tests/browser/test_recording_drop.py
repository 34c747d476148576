"""Recordings of every format take the microphone's place on the page."""

from __future__ import annotations

import base64
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import expect

FORMATS = {
    "wav": [],
    "mp3": ["-b:a", "128k"],
    "m4a": ["-b:a", "128k"],
    "mp4": ["-b:a", "128k"],
    "ogg": ["-c:a", "libvorbis", "-q:a", "6"],
    "flac": [],
}
DROP = """(zone, [name, data]) => {
  const bytes = Uint8Array.from(atob(data), (character) => character.charCodeAt(0));
  const transfer = new DataTransfer();
  transfer.items.add(new File([bytes], name));
  const options = { dataTransfer: transfer, bubbles: true, cancelable: true };
  zone.dispatchEvent(new DragEvent("drop", options));
}"""


@pytest.fixture
def convert(tmp_path: Path) -> Callable[[Path, str], Path]:
    """Return a function (WAV, format) -> the same sound in that format."""
    program = shutil.which("ffmpeg")
    if program is None:
        pytest.skip("NO FFMPEG: ffmpeg is missing, so no compressed recordings were tested")

    def to(wav: Path, name: str) -> Path:
        path = tmp_path / f"said.{name}"
        command = [program, "-loglevel", "error", "-y", "-i", wav, *FORMATS[name], path]
        subprocess.run(command, check=True)
        return path

    return to


def test_each_format_verifies(known_voices, meet, said_wav: Callable, convert: Callable) -> None:
    page = meet(known_voices.url, "jackson")
    page.open("verify")
    wav = said_wav("fsjackson", range(6))
    for name in FORMATS:
        path = convert(wav, name)
        page.page.set_input_files("#verify-drop input", path)
        expect(page.locator("#verify-drop")).to_contain_text(path.name, timeout=20_000)
        expect(page.locator("#verify-drop")).to_contain_text("surest from 15 s")
        expect(page.locator("#verify-verdict")).to_have_attribute("data-decision", "accept")
        expect(page.locator("#verify-verdict")).to_be_visible()
    assert len(page.messages()) == len(FORMATS)
    assert page.script_errors == page.policy_violations == []


def test_what_is_not_heard_of_a_long_file_is_told(known_voices, meet, said_wav: Callable) -> None:
    page = meet(known_voices.url, "jackson", locale="de")
    page.open("verify")
    page.page.set_input_files("#verify-drop input", said_wav("fsjackson", [*range(10)] * 5))
    zone = page.locator("#verify-drop")
    expect(zone).to_contain_text("s Sprache; nur die ersten", timeout=20_000)
    expect(page.locator("#verify-verdict")).to_have_attribute("data-decision", "accept")


def test_a_dropped_file_enrols_and_a_broken_one_is_refused(
    known_voices, meet, said_wav: Callable
) -> None:
    page = meet(known_voices.url, "dropping")
    page.come_to_digits()
    zone = page.locator("#enrol-drop")
    zone.evaluate(DROP, ["broken.mp3", base64.b64encode(b"not sound at all").decode()])
    expect(zone).to_contain_text("broken.mp3: This is not a sound recording")
    data = base64.b64encode(said_wav("fsgeorge", range(10)).read_bytes()).decode()
    zone.evaluate(DROP, ["digits.wav", data])
    expect(zone).to_contain_text("learnt well from 45 s", timeout=20_000)
    expect(page.takes).to_have_count(1)
    assert page.script_errors == page.policy_violations == []
