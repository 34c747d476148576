"""Words in place of digits: on the page by a setting, in the kit's element as its page likes."""

from __future__ import annotations

import re
from collections.abc import Callable

from answering_voice import put_voice_into, recordings
from caller_driver import HTTP
from digit_speaker import VOICE, enrol
from page_driver import check_with_axe, evaluate_in_time
from playwright.sync_api import Browser, expect

DIGITS = range(5)
WORDS = ["moon", "river", "window", "apple", "garden"]
TEN = [*WORDS, "silver", "bread", "tiger", "lamp", "yellow"]

VERIFY = """async (words) => {
  await import('/static/js/cepstra-verify.js');
  const element = document.createElement('cepstra-verify');
  element.setAttribute('speaker', 'ann');
  element.setAttribute('digits', '3');
  element.strings = { ...words };
  document.body.append(element);
  const shown = [], asked = [];
  element.addEventListener('cepstra-prompt', ({ detail }) => {
    shown.push(element.shadowRoot.querySelector('[part=digit]').textContent);
    asked.push(detail.digit);
    answeringVoice.say(detail.digit);
  });
  const ended = new Promise((resolve) => {
    element.addEventListener('cepstra-result', ({ detail }) => resolve(detail.decision));
    element.addEventListener('cepstra-error', ({ detail }) => resolve(detail.code));
  });
  element.start();
  return { decision: await ended, shown, asked };
}"""


def test_the_element_shows_the_words_it_was_given(
    live_server, browser: Browser, shared_dir
) -> None:
    enrol(live_server.url, shared_dir, "ann", digits=DIGITS)
    page = browser.new_page()
    put_voice_into(page, recordings(shared_dir, VOICE, range(6, 10)))
    page.goto(live_server.url)
    outcome = evaluate_in_time(page, VERIFY, WORDS)
    assert outcome["decision"] == "accept"
    assert outcome["shown"] == [WORDS[digit] for digit in outcome["asked"]]
    page.context.close()


KEEP_WHAT_IS_SHOWN = """() => {
  const places = { orb: ".orb-digit", line: ".stage-line", round: ".stage-digits li" };
  globalThis.shown = { orb: [], line: [], round: [] };
  new MutationObserver(() => {
    for (const [name, selector] of Object.entries(places)) {
      const found = document.querySelectorAll(`#voice-stage ${selector}`);
      shown[name].push(...[...found].map((each) => each.textContent));
    }
  }).observe(document.querySelector("#voice-stage"), { childList: true, subtree: true });
}"""
SAY = re.compile(r"Say (.+) \(\d of \d+\)")


def _shown(page) -> dict[str, set[str]]:
    """Return what stood on the stage since it was asked last."""
    found = page.page.evaluate("() => structuredClone(shown)")
    page.page.evaluate("() => Object.values(shown).forEach((each) => (each.length = 0))")
    return {name: set(texts) for name, texts in found.items()}


def _expect_words_alone(shown: dict[str, set[str]], n_words: int) -> None:
    assert len(shown["orb"]) == n_words and shown["orb"] <= set(TEN)
    assert {SAY.fullmatch(line)[1] for line in shown["line"] if "(" in line} == shown["orb"]
    assert shown["round"] - {"·"} == shown["orb"]


def test_the_page_shows_the_words_of_the_setting_and_no_digit(serve, meet: Callable) -> None:
    """Enrolment, a challenge and the log; on the wire there are digits."""
    server = serve(PROMPT_WORDS=",".join(TEN))
    page = meet(server.url)
    page.change_voice(words=TEN)
    page.page.evaluate(KEEP_WHAT_IS_SHOWN)
    page.agree("ann")
    expect(page.locator("#voice-lead")).to_contain_text("of 5 words. Say each one as it appears.")
    page.expect_step("known")
    _expect_words_alone(_shown(page), 5)
    expect(page.locator("#voice-lead")).to_contain_text("a few random words")
    expect(page.locator("#voice-stage .stage-line")).to_have_text("Say the words as they appear.")
    page.press("Verify")
    page.expect_step("verdict")
    expect(page.locator("#voice-verdict")).to_have_attribute("data-outcome", "yes")
    _expect_words_alone(_shown(page), 3)
    *learnt, answer = page.messages()
    assert {type(take["digit"]) for take in learnt} == {int}
    asked = [segment["digit"] for segment in answer["segments"]]
    page.open("data")
    said = ", ".join(TEN[digit] for digit in asked)
    expect(page.locator("#log li").first).to_contain_text(f"words {said}: accepted")
    assert page.script_errors == page.policy_violations == []


def test_a_take_and_what_is_wrong_with_it_is_named_by_its_word(
    serve, meet: Callable, shared_dir
) -> None:
    url = serve(PROMPT_WORDS=",".join(TEN)).url
    HTTP.post(f"{url}/consent?speaker=bob", json={"version": "page-2"}).raise_for_status()
    enrol(url, shared_dir, "bob", takes=[0], said={"device": "computer"})
    page = meet(url, "bob", locale="de-DE")
    page.change_voice(words=TEN, isWrong=True)
    page.press("Sicherer machen")
    expect(page.takes.locator(".take-digit")).to_have_text(TEN[::-1])
    word = page.takes.first.locator(".take-digit").inner_text()
    names = [f"{word} noch einmal sprechen, anstelle dieser Aufnahme"]
    names.append(f"Diese Aufnahme von {word} verwerfen")
    buttons = page.takes.first.locator("button").evaluate_all(
        "all => all.map((button) => button.ariaLabel)"
    )
    assert buttons == names
    page.page.locator("#voice-start").click()
    note = page.locator("#voice-stage .stage-note")
    expect(note).to_contain_text("Das klang wie ein anderes Wort. Sprechen Sie ")
    assert note.inner_text().split()[-1] in TEN
    refused = page.locator('#takes [data-state="bad"]').first
    expect(refused).to_contain_text("Das klang wie ein anderes Wort")
    assert refused.locator(".take-digit").inner_text() in TEN


LONG = ["Wassermelonen", "strawberries", "MWMWMWMWMWMWMWMW", "ice cream cone", "窗户窗户窗户窗户"]
LONG += ["grandmothers", "refrigerator", "<b>butterfly</b>", "اللغةالعربية", "thunderstorm"]
SIZES_PX = ((320, 640), (390, 844), (740, 360), (1280, 800))
STICKS_OUT = """() => {
  const around = innerHeight > 520 ? "#voice-stage .orb-face" : "#voice-stage";
  const [place, word] = [around, "#voice-stage .orb-digit"].map((each) =>
    document.querySelector(each).getBoundingClientRect());
  return Math.max(place.left - word.left, word.right - place.right);
}"""
CUT_OFF = """() => [...document.querySelectorAll("#takes li, #bench-digits li, .stage-digits li")]
  .filter((each) => each.scrollWidth > each.clientWidth).map((each) => each.textContent)"""


def test_long_words_are_shown_whole_on_a_telephone_and_a_desk(
    serve, meet: Callable, shared_dir, image_folder
) -> None:
    url = serve(PROMPT_WORDS=",".join(LONG)).url
    HTTP.post(f"{url}/consent?speaker=eve", json={"version": "page-2"}).raise_for_status()
    enrol(url, shared_dir, "eve", takes=[0], said={"device": "computer"})
    page = meet(url, "eve", bypass_csp=True)
    page.change_voice(isMute=True)
    for width, height in SIZES_PX:
        page.page.set_viewport_size({"width": width, "height": height})
        for _ in range(4):
            page.page.locator("#voice-start").click()
            expect(page.locator("#voice-stage .orb-digit")).to_be_visible()
            assert page.page.evaluate(STICKS_OUT) <= 0
            _expect_fit(page.page, width, image_folder, "verify")
            page.page.keyboard.press("Escape")
            expect(page.locator("#voice-start")).to_have_attribute("data-running", "false")
    page.press("Make it stronger")
    for width, height in SIZES_PX:
        page.page.set_viewport_size({"width": width, "height": height})
        _expect_fit(page.page, width, image_folder, "stronger")
    check_with_axe(page.page)
    page.open("bench")
    expect(page.locator("#bench-digits li")).to_have_text([re.compile(re.escape(w)) for w in LONG])
    for width, height in SIZES_PX:
        page.page.set_viewport_size({"width": width, "height": height})
        _expect_fit(page.page, width, image_folder, "bench")


def _expect_fit(page, width: int, folder, name: str) -> None:
    if folder:
        page.screenshot(path=folder / f"words-{name}-{width}.png", full_page=True)
    assert page.evaluate("document.documentElement.scrollWidth") <= width, (name, width)
    assert page.evaluate(CUT_OFF) == [], (name, width)
