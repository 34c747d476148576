"""Every screen by axe-core, light and dark; the keyboard alone; another language."""

from __future__ import annotations

from collections.abc import Callable

from page_driver import check_with_axe
from playwright.sync_api import expect

LARGE_TEXT = """() => {
  const sheet = new CSSStyleSheet();
  sheet.replaceSync("html { font-size: 200% }");
  document.adoptedStyleSheets = [sheet];
}"""
STICKS_OUT = """(box) => {
  const { right } = box.getBoundingClientRect();
  const all = [...box.querySelectorAll("*")];
  const out = all.filter((each) => each.getBoundingClientRect().right > right);
  return out.map((each) => each.className);
}"""


def test_axe_finds_nothing_on_any_screen(known_voices, meet: Callable) -> None:
    page = meet(known_voices.url, bypass_csp=True)
    check_with_axe(page.page)
    page.press("Let it learn my voice")
    check_with_axe(page.page)
    page.name_speaker("jackson")
    check_with_axe(page.page)
    page.press("Make it stronger")
    check_with_axe(page.page)
    page.press("Done")
    page.verdict("voice")
    check_with_axe(page.page)
    page.press("Hand it to somebody else")
    check_with_axe(page.page)
    page.verdict("identify")
    check_with_axe(page.page)
    page.open("compare")
    check_with_axe(page.page)
    page.open("watch")
    check_with_axe(page.page)
    page.open("bench")
    page.locator("#limit-measure").click()
    expect(page.locator("#limit svg[role=img]")).to_have_count(1)
    check_with_axe(page.page)
    page.open("data")
    page.locator("#apart-show").click()
    expect(page.locator("#apart svg[role=img]")).to_have_count(2)
    page.locator("#sent summary").click()
    check_with_axe(page.page)
    page.press("Delete everything")
    check_with_axe(page.page)
    page.press("Keep it")
    page.press("How it works")
    check_with_axe(page.page)


def test_large_text_and_the_systems_colours_hide_nothing(
    known_voices, meet: Callable, said_wav: Callable
) -> None:
    phone = {"width": 390, "height": 844}
    page = meet(known_voices.url, "jackson", locale="de", viewport=phone, forced_colors="active")
    page.page.evaluate(LARGE_TEXT)
    lead = page.locator("#voice-lead").evaluate("lead => getComputedStyle(lead).fontSize")
    assert lead == "32px"
    page.page.set_input_files("#voice-drop input", said_wav("fsjackson", range(6)))
    expect(page.locator("#voice-verdict .scale")).to_be_visible()
    assert page.locator("#voice-verdict").evaluate(STICKS_OUT) == []
    links = page.locator(".screens a")
    rights = links.evaluate_all("links => links.map((a) => a.getBoundingClientRect().right)")
    assert max(rights) <= 390
    shades = links.evaluate_all("links => links.map((a) => getComputedStyle(a).backgroundColor)")
    assert shades.count(shades[0]) == 1  # the screen that is shown
    swatches = page.locator("#sent-track .chart-swatch")
    shades = swatches.evaluate_all(
        "all => all.map((each) => getComputedStyle(each).backgroundColor)"
    )
    assert len(set(shades)) == 4


def test_the_keyboard_is_enough(known_voices, meet: Callable) -> None:
    page = meet(known_voices.url, "jackson")
    keyboard = page.page.keyboard
    keyboard.press("Tab")
    expect(page.page.get_by_role("link", name="Skip to the content")).to_be_focused()
    verify = page.page.get_by_role("button", name="Verify", exact=True)
    while not verify.evaluate("button => button === document.activeElement"):
        keyboard.press("Tab")
    keyboard.press("Enter")
    expect(page.locator("#voice-stage")).to_contain_text("of 3)", timeout=20_000)
    keyboard.press("Escape")
    expect(page.locator("#voice-stage")).to_contain_text("Stopped")


def test_german_is_chosen_by_the_browser_and_changed_by_the_person(
    known_voices, meet: Callable
) -> None:
    page = meet(known_voices.url, "jackson", locale="de-CH")
    expect(page.page.get_by_role("heading", name="Es kennt Sie, jackson")).to_be_visible()
    assert page.locator("html").get_attribute("lang") == "de"
    page.page.get_by_label("Sprache", exact=True).select_option("en")
    expect(page.page.get_by_role("heading", name="It knows you, jackson")).to_be_visible()
    page.page.reload()
    expect(page.page.get_by_role("heading", name="It knows you, jackson")).to_be_visible()


def test_the_person_chooses_light_or_dark(known_voices, meet: Callable) -> None:
    page = meet(known_voices.url, color_scheme="light")
    colour = "getComputedStyle(document.querySelector('.card')).backgroundColor"
    light = page.page.evaluate(colour)
    page.locator("#theme").click()
    page.locator("#theme").click()
    assert page.page.evaluate(colour) != light
    page.page.reload()
    page.page.wait_for_function(f"(light) => {colour} !== light", arg=light)
