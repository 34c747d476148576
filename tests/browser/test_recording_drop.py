"""Recordings of every format take the microphone's place on the page."""

from __future__ import annotations

import base64
import re
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

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


def test_each_format_verifies(jacksons, said_wav: Callable, convert: Callable) -> None:
    page = jacksons
    wav = said_wav("fsjackson", range(6))
    for name in FORMATS:
        path = convert(wav, name)
        page.page.set_input_files("#voice-drop input", path)
        expect(page.locator("#voice-drop")).to_contain_text(path.name, timeout=20_000)
        expect(page.locator("#voice-drop")).to_contain_text("surest from 15 s")
        expect(page.locator("#voice-verdict")).to_have_attribute("data-outcome", "yes")
        expect(page.locator("#voice-verdict")).to_be_visible()
    assert len(page.messages()) == len(FORMATS)
    assert page.script_errors == page.policy_violations == []


def test_what_is_not_heard_of_a_long_file_is_told(known_voices, meet, said_wav: Callable) -> None:
    page = meet(known_voices.url, "jackson", locale="de")
    page.page.set_input_files("#voice-drop input", said_wav("fsjackson", [*range(10)] * 8))
    zone = page.locator("#voice-drop")
    expect(zone).to_contain_text("Nur die ersten", timeout=60_000)
    verdict = page.locator("#voice-verdict")
    expect(verdict).to_have_attribute("data-outcome", "yes", timeout=60_000)


def test_a_dropped_file_enrols_and_a_broken_one_is_refused(
    known_voices, meet, said_wav: Callable
) -> None:
    page = meet(known_voices.url)
    zone = page.locator("#voice-drop")
    zone.evaluate(DROP, ["broken.mp3", base64.b64encode(b"not sound at all").decode()])
    expect(zone).to_contain_text("broken.mp3: This is not a sound recording")
    data = base64.b64encode(said_wav("fsgeorge", range(10)).read_bytes()).decode()
    page.locator("body").evaluate(DROP, ["digits.wav", data])  # beside the zone
    expect(zone).to_contain_text("learnt well from 45 s", timeout=20_000)
    page.page.get_by_label("Your name").fill("dropping")
    page.press("I agree: learn my voice")
    page.expect_step("known")
    assert len(page.messages()) == 2  # halves of the one, to hold against each other
    assert page.script_errors == page.policy_violations == []


def test_of_two_peoples_recordings_none_is_kept(module_server, meet, shared_dir: Path) -> None:
    page = meet(module_server.url)
    voices = [shared_dir / "corpora" / "an4" / "background" / name for name in ("fbbh", "mblw")]
    files = [file for voice in voices for file in sorted(voice.glob("*.flac"))[:4]]
    page.page.set_input_files("#voice-drop input", files)
    page.page.get_by_label("Your name").fill("both")
    page.press("I agree: learn my voice")
    expect(page.alert).to_contain_text("sound like more than one voice", timeout=20_000)
    assert len(page.messages()) > 2
    kept = "fetch('/status?speaker=both').then((reply) => reply.json())"
    assert page.page.evaluate(kept)["training_log"] == []


def test_two_files_count_together(jacksons, said_wav: Callable, tmp_path: Path) -> None:
    page = jacksons
    zone = page.locator("#voice-drop")
    first, second, again = (tmp_path / name for name in ("first.wav", "second.wav", "again.wav"))
    for path, digits in ((first, range(10)), (second, range(9, -1, -1)), (again, range(10))):
        shutil.copy(said_wav("fsjackson", digits), path)
    page.page.set_input_files("#voice-drop input", first)
    expect(zone.locator(".drop-state")).to_contain_text("s of speech", timeout=20_000)

    def seconds() -> float:
        (told,) = re.findall(r"([\d.]+) s of speech", zone.locator(".drop-state").inner_text())
        return float(told)

    one = seconds()
    page.page.set_input_files("#voice-drop input", [first, second, again])
    expect(zone).to_contain_text("again.wav is left out: It is the same recording as first.wav")
    expect(zone.locator(".drop-state")).to_contain_text("second.wav", timeout=20_000)
    assert abs(seconds() - 2 * one) < 0.5


def _drop(page: Page, path: Path) -> None:
    """Drop a file or folder of the disk into the middle of the window, as somebody would."""
    browser = page.context.new_cdp_session(page)
    data = {"items": [], "files": [str(path)], "dragOperationsMask": 1}
    place = {"x": 640, "y": 400, "data": data}
    for kind in ("dragEnter", "dragOver", "drop"):
        browser.send("Input.dispatchDragEvent", {"type": kind, **place})


def test_of_a_folder_what_cannot_be_read_is_named_and_the_rest_is_used(
    jacksons, said_wav: Callable, tmp_path: Path
) -> None:
    page = jacksons
    zone = page.locator("#voice-drop")
    folder = tmp_path / "takes" / "of" / "jackson"
    folder.mkdir(parents=True)
    _drop(page.page, tmp_path / "takes")
    expect(zone).to_contain_text("There is no file in what was dropped")
    (folder.parent / "broken.mp3").write_bytes(b"not sound at all")
    (folder.parent / "empty.wav").write_bytes(b"")
    (folder / ".hidden").write_bytes(b"no")
    _drop(page.page, tmp_path / "takes")
    expect(zone.locator(".drop-state")).to_have_text("None of these files can be used.")
    expect(zone.locator("li")).to_have_text([re.compile("^broken.mp3"), re.compile("^empty.wav")])
    shutil.copy(said_wav("fsjackson", range(6)), folder / "digits.wav")
    _drop(page.page, tmp_path / "takes")
    expect(zone.locator(".drop-state")).to_have_text(re.compile(r"^digits.wav: \d"), timeout=20_000)
    expect(zone.locator("li")).to_contain_text(
        ["broken.mp3 is left out: This", "empty.wav", "15 s"]
    )
    expect(page.locator("#voice-verdict")).to_have_attribute("data-outcome", "yes")
    assert len(page.messages()) == 1
    assert page.script_errors == []


def test_a_file_dropped_where_none_is_taken_is_answered(jacksons) -> None:
    page = jacksons
    for screen in ("data", "watch", "bench"):
        page.open(screen)
        page.locator("body").evaluate(DROP, ["digits.wav", ""])
        expect(page.alert).to_contain_text("This screen takes no recordings")
        page.press("Close this message")
        expect(page.locator("#main")).to_be_focused()


def test_both_sides_of_a_comparison_count_speech_alike(known_voices, meet, said_wav) -> None:
    page = meet(known_voices.url)
    page.open("compare")
    page.page.set_input_files("#first-drop input", said_wav("fsjackson", range(6)))
    told = page.locator("#first-drop .drop-state")
    expect(told).to_contain_text("s of speech", timeout=20_000)
    seconds = told.inner_text().split(": ")[1].rstrip(".")
    expect(page.locator("#first-state")).to_have_text(seconds)
