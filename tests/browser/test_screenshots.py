"""Nothing sticks out of any screen, narrow or wide; pictures of each, where somebody wants them."""

from __future__ import annotations

import io
from collections.abc import Callable
from pathlib import Path

import pytest
from answering_voice import recordings
from caller_driver import HTTP
from digit_speaker import OTHER_VOICE, VOICE, enrol
from PIL import Image, ImageStat
from playwright.sync_api import expect

SIZES_PX = ((320, 640), (390, 844), (768, 900), (1280, 800))
TOP_OF_SIDE = "document.querySelector('.side').getBoundingClientRect().top"
TOP_OF_SCREEN = "document.querySelector('.columns').getBoundingClientRect().top"


def _expect_fit(view, folder: Path | None, name: str) -> None:
    """Check that a screen fits every size; where a folder is given, put a picture of each there."""
    page = view.page
    page.evaluate("document.activeElement.blur()")
    for width, height in SIZES_PX:
        page.set_viewport_size({"width": width, "height": height})
        page.evaluate("scrollTo(0, 0)")  # else what is sticky stands in the middle of the picture
        assert page.evaluate("document.documentElement.scrollWidth") <= width, (name, width)
        for scheme in ("light", "dark") if folder else ():
            page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
            path = folder / f"{name}-{width}-{scheme}.png"
            page.screenshot(path=path, full_page=name != "welcome")


def test_every_screen_fits(
    known_voices, meet: Callable, shared_dir: Path, image_folder: Path | None
) -> None:
    view = meet(known_voices.url)
    _expect_fit(view, image_folder, "welcome")
    view.press("Let it learn my voice")
    _expect_fit(view, image_folder, "consent")
    view.name_speaker("jackson")
    view.change_voice(takes=recordings(shared_dir, VOICE, range(4, 12)))
    view.verdict("voice")
    view.press("Hand it to somebody else")
    _expect_fit(view, image_folder, "other")
    view.page.get_by_label("Who is trying?").fill("George")
    view.change_voice(takes=recordings(shared_dir, OTHER_VOICE, range(4, 12)))
    view.speak("voice-start")
    _expect_fit(view, image_folder, "verdict")
    view.press("Make it stronger")
    _expect_fit(view, image_folder, "stronger")
    view.verdict("identify")
    _expect_fit(view, image_folder, "identify")
    for screen in ("compare", "watch", "bench"):
        view.open(screen)
        _expect_fit(view, image_folder, screen)
    view.open("data")
    view.locator("#apart-show").click()
    expect(view.locator("#apart svg[role=img]")).to_have_count(2)
    _expect_fit(view, image_folder, "data")
    view.locator("#sent summary").click()
    _expect_fit(view, image_folder, "sent")
    assert view.script_errors == []


def test_the_side_begins_beside_the_screen_and_stays_in_sight(jacksons) -> None:
    view = jacksons
    view.page.set_viewport_size({"width": 1280, "height": 500})
    view.open("data")
    expect(view.page.get_by_role("button", name="Delete everything")).to_be_visible()
    assert view.page.evaluate(TOP_OF_SIDE) == view.page.evaluate(TOP_OF_SCREEN)
    view.page.evaluate("scrollTo(0, 250)")
    assert view.page.evaluate(TOP_OF_SCREEN) < 0 < view.page.evaluate(TOP_OF_SIDE) < 50


def test_a_short_name_is_whole_where_the_page_is_zoomed(jacksons) -> None:
    view = jacksons
    name = view.locator("#person-name")
    expect(name).to_have_text("jackson")
    for width in (561, 640, 700):  # 1280 pixels at 200 % and around
        view.page.set_viewport_size({"width": width, "height": 400})
        hidden = name.evaluate("(name) => name.scrollWidth - name.clientWidth")
        assert hidden <= 0, f"{hidden} pixels of the name are cut at {width}"
        assert view.page.evaluate("document.documentElement.scrollWidth") <= width


@pytest.mark.parametrize("name", [64 * "W", "مرحبا بالعالم"])
def test_any_name_fits_a_telephone(name, module_server, meet: Callable, shared_dir: Path) -> None:
    consent = {"params": {"speaker": name}, "json": {"version": "page-2"}}
    HTTP.post(f"{module_server.url}/consent", **consent).raise_for_status()
    enrol(module_server.url, shared_dir, name, takes=[0], digits=range(5))
    view = meet(module_server.url, viewport={"width": 390, "height": 844})
    view.page.evaluate("(name) => localStorage.setItem('speaker', name)", name)
    view.page.reload()
    shown = name if name.isascii() else f"\u2068{name}\u2069"  # else it turns round what follows
    expect(view.page.get_by_role("heading", name=f"It knows you, {shown}")).to_be_visible()
    view.open("data")
    expect(view.locator("#data-lead")).to_have_text(f"Everything the service keeps about {shown}.")
    assert view.page.evaluate("document.documentElement.scrollWidth") <= 390


def test_a_list_casts_a_shade_where_it_goes_on(jacksons) -> None:
    view = jacksons
    view.page.emulate_media(color_scheme="light", reduced_motion="reduce")
    view.open("bench")
    log = view.locator("#bench-log")
    expect(log.locator("li").nth(19)).to_be_attached()
    brightness = []
    for scroll in ("part.scrollTop = 0", "part.scrollTop = part.scrollHeight"):
        log.evaluate(f"(part) => {{ {scroll}; }}")
        picture = Image.open(io.BytesIO(log.screenshot())).convert("L")
        edge = picture.crop((0, picture.height - 6, 2, picture.height))  # beside all words
        brightness.append(ImageStat.Stat(edge).mean[0])
    going_on, at_end = brightness
    assert going_on < at_end - 5
