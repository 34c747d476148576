"""Film two verifications, the own voice and another one; `make pictures` calls it, no test does.

Writes one picture a change into `film/` of the folder that CEPSTRA_SCREENSHOTS names, called
SCENE-MILLISECONDS.png; `scripts/join_film.py` makes one moving picture of them.
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

VIEW_PX = {"width": 900, "height": 850}
SCALE = 0.8
TAKES = range(4, 12)


@pytest.fixture
def film_folder(tmp_path: Path) -> Path:
    """Return the folder for the pictures, without those of an earlier film."""
    folder = Path(os.environ.get("CEPSTRA_SCREENSHOTS", tmp_path)) / "film"
    folder.mkdir(parents=True, exist_ok=True)
    for picture in folder.glob("*.png"):
        picture.unlink()
    return folder


def _film(view: AnsweringPage, scene: str, folder: Path) -> None:
    """Press the button and take pictures until the verdict is there."""
    button = view.locator("#verify-start")
    start, last = time.monotonic(), b""
    button.click()
    while button.get_attribute("data-running") == "true":
        picture = view.page.screenshot()
        if picture != last:
            milliseconds = round((time.monotonic() - start) * 1000)
            (folder / f"{scene}-{milliseconds:06}.png").write_bytes(picture)
        last = picture
    expect(view.locator("#verify-verdict")).to_be_visible()
    view.page.evaluate("document.activeElement.blur()")
    view.page.screenshot(path=folder / f"{scene}-999999.png")


def test_the_own_voice_and_another_one(
    known_voices, meet: Callable, shared_dir: Path, film_folder: Path
) -> None:
    view = meet(known_voices.url, "jackson", viewport=VIEW_PX, device_scale_factor=SCALE)
    view.open("verify")
    verdict = view.locator("#verify-verdict")
    _film(view, "1", film_folder)
    expect(verdict).to_have_attribute("data-decision", "accept")
    view.change_voice(takes=recordings(shared_dir, OTHER_VOICE, TAKES))
    _film(view, "2", film_folder)
    expect(verdict).to_have_attribute("data-decision", "reject")
    expect(verdict).to_contain_text("This is another voice")
