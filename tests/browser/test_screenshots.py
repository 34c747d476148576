"""Pictures of every view, light and dark, narrow and wide; and that nothing sticks out."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import expect

WIDTHS_PX = (320, 1200)


@pytest.fixture
def image_folder(tmp_path: Path) -> Path:
    """Return the folder that CEPSTRA_SCREENSHOTS names, else a temporary one."""
    folder = Path(os.environ.get("CEPSTRA_SCREENSHOTS", tmp_path))
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def _picture(page, folder: Path, name: str) -> None:
    for width in WIDTHS_PX:
        page.set_viewport_size({"width": width, "height": 800})
        body = page.locator("body").bounding_box()
        assert body is not None and body["width"] <= width, f"{name} is wider than {width} px"
        assert page.evaluate("document.documentElement.scrollWidth") <= width, name
        for scheme in ("light", "dark"):
            page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
            page.screenshot(path=folder / f"{name}-{width}-{scheme}.png", full_page=True)


def test_every_view_fits_and_is_pictured(
    live_server, open_page, write_wav, voice: Callable, image_folder: Path
) -> None:
    view = open_page(live_server.url, write_wav("pictures", voice(0, [0, 1])))
    _picture(view.page, image_folder, "welcome")
    view.activate()
    for tab in ("Train", "Test", "Score"):
        view.choose(tab)
        view.start(3)
        view.expect_answered(2)
        _picture(view.page, image_folder, tab.lower())
        view.expect_running(False)
    view.page.get_by_role("button", name="How it works").click()
    expect(view.page.get_by_role("dialog")).to_be_visible()
    _picture(view.page, image_folder, "how-it-works")
    assert view.script_errors == []
    assert len(list(image_folder.glob("*.png"))) >= 5 * len(WIDTHS_PX) * 2
