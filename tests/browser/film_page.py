"""Film the first minute: speak, agree, five digits, a verdict, somebody else.

`make pictures` calls it, no test does. Writes one picture a change into `film/` of the folder that
CEPSTRA_SCREENSHOTS names, called SCENE-MILLISECONDS.png; `scripts/join_film.py` makes one moving
picture of them.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from answering_voice import AnsweringPage, recordings
from digit_speaker import OTHER_VOICE
from playwright.sync_api import expect

VIEW_PX = {"width": 1180, "height": 720}
SCALE = 0.7
TAKES = range(4, 12)
SPEECH_MS = 60_000


@pytest.fixture
def film_folder(tmp_path: Path) -> Path:
    """Return the folder for the pictures, without those of an earlier film."""
    folder = Path(os.environ.get("CEPSTRA_SCREENSHOTS", tmp_path)) / "film"
    folder.mkdir(parents=True, exist_ok=True)
    for picture in folder.glob("*.png"):
        picture.unlink()
    return folder


class Film:
    """Takes pictures of a page, scene by scene."""

    def __init__(self, view: AnsweringPage, folder: Path) -> None:
        self.view, self.folder = view, folder

    def scene(self, name: str, is_over: Callable[[], bool]) -> None:
        """Take pictures of what changes until the scene is over, and one of its end."""
        start, last = time.monotonic(), b""
        while not is_over():
            picture = self.view.page.screenshot()
            if picture != last:
                milliseconds = round((time.monotonic() - start) * 1000)
                (self.folder / f"{name}-{milliseconds:06}.png").write_bytes(picture)
            last = picture
        self.view.page.evaluate("document.activeElement.blur()")
        self.view.page.screenshot(path=self.folder / f"{name}-999999.png")

    def step(self) -> str | None:
        """Return the step that the page shows."""
        return self.view.locator("#voice").get_attribute("data-step")


def test_the_first_minute(
    module_server, meet: Callable, shared_dir: Path, film_folder: Path
) -> None:
    view = meet(module_server.url, viewport=VIEW_PX, device_scale_factor=SCALE)
    film = Film(view, film_folder)
    note = view.locator("#voice-stage .stage-note")
    view.press("Turn on the microphone")
    film.scene("1", lambda: "None was sent" in note.inner_text())
    view.agree("jackson")
    film.scene("2", lambda: film.step() == "known")
    view.press("Verify")
    film.scene("3", lambda: film.step() == "verdict")
    view.press("Hand it to somebody else")
    view.page.get_by_label("Who is trying?").fill("George")
    view.change_voice(takes=recordings(shared_dir, OTHER_VOICE, TAKES))
    view.press("Verify")
    film.scene("4", lambda: film.step() == "verdict")
    verdict = view.locator("#voice-verdict")
    expect(verdict).to_have_attribute("data-outcome", "no")
    expect(verdict.locator(".scale-dot")).to_have_count(2)
