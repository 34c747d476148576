"""Verification, identification and comparison on the page, with real voices."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

from answering_voice import recordings
from digit_speaker import OTHER_VOICE, VOICE, enrol
from playwright.sync_api import Route, expect


def test_the_own_voice_is_accepted(jacksons) -> None:
    page = jacksons
    verdict = page.verdict("voice")
    expect(verdict).to_have_attribute("data-outcome", "yes")
    expect(verdict).to_contain_text("It is jackson")
    scale = verdict.get_by_role("img")
    expect(scale).to_be_visible()
    assert "threshold" in (scale.get_attribute("aria-label") or "")
    assert sum("/challenges?" in request.url for request in page.requests) == 1
    assert [len(message["segments"]) for message in page.messages()] == [3]
    page.change_voice(isRefused=True)
    page.press("Verify again")
    expect(page.alert).to_contain_text("The microphone was refused")
    expect(verdict).to_be_hidden()
    expect(page.locator("#voice-title")).to_have_text("It knows you, jackson")
    page.change_voice(isRefused=False)
    assert page.script_errors == page.policy_violations == []


def test_another_voice_is_rejected(jacksons, shared_dir: Path) -> None:
    page = jacksons
    page.change_voice(takes=recordings(shared_dir, OTHER_VOICE, range(4, 12)))
    verdict = page.verdict("voice")
    page.change_voice(takes=recordings(shared_dir, VOICE, range(4, 12)))
    expect(verdict).to_have_attribute("data-outcome", "no")
    expect(verdict).to_contain_text(re.compile("Another voice: |Other digits"))


def test_other_digits_than_those_asked_for_are_rejected(jacksons) -> None:
    page = jacksons
    page.change_voice(isWrong=True)
    verdict = page.verdict("voice")
    page.change_voice(isWrong=False)
    expect(verdict).to_have_attribute("data-outcome", "no")
    expect(verdict).to_contain_text("Other digits")
    expect(verdict.get_by_role("img")).to_have_count(0)  # the voice is alike, which decided nothing


def test_another_way_taken_while_digits_are_asked_for_ends_the_asking(jacksons) -> None:
    page = jacksons
    page.verdict("voice")
    page.change_voice(isMute=True)
    start = page.locator("#voice-start")
    for begin, button, step, words in (
        ("Verify again", "Make it stronger", "stronger", "Start"),
        ("Verify", "Speak freely instead", "known", "Verify"),
    ):
        page.press(begin)
        expect(page.locator("#voice .orb-digit")).to_be_visible(timeout=20_000)
        page.press(button)
        page.expect_step(step)
        expect(start).to_have_attribute("data-running", "false")
        expect(start).to_have_text(words)
        if step == "stronger":
            page.press("Done")
    assert page.script_errors == []


def test_free_speech_verifies_a_voice_learnt_from_a_recording(
    live_server, meet: Callable, said_wav: Callable
) -> None:
    page = meet(live_server.url)
    page.page.set_input_files("#voice-drop input", said_wav("fsjackson", [*range(10)] * 2))
    expect(page.page.get_by_role("heading", name="May it learn your voice?")).to_be_visible(
        timeout=20_000
    )
    assert page.messages() == []
    page.page.get_by_label("Your name").fill("read")
    page.press("I agree: learn my voice")
    page.expect_step("known")
    expect(page.locator("#voice-lead")).to_contain_text("speak freely for six seconds")
    page.press("Verify")
    talk = page.page.evaluate("""() => {
      const digits = [...Array(10).keys()];
      globalThis.talking = setInterval(() => answeringVoice.say(digits.shift() ?? 0), 900);
    }""")
    assert talk is None
    page.expect_step("verdict")
    page.page.evaluate("clearInterval(talking)")
    expect(page.locator("#voice-verdict")).to_have_attribute("data-outcome", "yes")


def test_a_known_and_an_unknown_voice_are_told_apart(
    known_voices, come_back: Callable, shared_dir: Path
) -> None:
    page = come_back(known_voices.url)
    page.change_voice(takes=recordings(shared_dir, OTHER_VOICE, range(4, 12)))
    verdict = page.verdict("identify")
    expect(verdict).to_contain_text("This is george")
    expect(page.locator(".rank-name")).to_contain_text(["george"])
    expect(page.locator("#ranking li")).to_have_count(3)
    page.change_voice(takes=recordings(shared_dir, "fstheo", range(4, 12)))
    expect(page.verdict("identify")).to_contain_text(re.compile("Nobody known|not surely"))
    expect(page.locator("#ranking")).to_contain_text("somebody else")


def test_two_recordings_are_compared(known_voices, meet: Callable, said_wav: Callable) -> None:
    page = meet(known_voices.url, voice="fsgeorge", viewport={"width": 390, "height": 844})
    page.open("compare")
    compare = page.page.get_by_role("button", name="Compare", exact=True)
    expect(compare).to_be_disabled()
    page.speak("first-record")
    page.speak("second-record")
    compare.click()
    expect(page.locator("#compare-verdict")).to_contain_text("The same voice")
    expect(page.locator("#compare-verdict")).to_be_in_viewport(ratio=0.9)
    page.page.set_input_files("#second-drop input", said_wav("fsjackson", range(5)))
    expect(page.locator("#second-state")).to_contain_text("s of speech")
    expect(page.locator("#compare-verdict")).to_be_hidden()
    held: list[Route] = []
    page.page.route("**/compare", lambda route: held.append(route), times=1)
    with page.page.expect_request("**/compare"):
        compare.click()
    expect(page.locator("#compare-stage")).to_contain_text("Waiting for the server")
    page.page.locator("#compare").get_by_role("button", name="Stop", exact=True).click()
    expect(compare).to_be_enabled()
    expect(page.locator("#compare-verdict")).to_be_hidden()
    compare.click()
    expect(page.locator("#compare-verdict")).to_contain_text("Two voices")


def test_too_little_of_one_voice_is_not_called_two(
    known_voices, come_back: Callable, said_wav: Callable
) -> None:
    page = come_back(known_voices.url)
    page.open("compare")
    for side, digits in (("first", (0, 1, 2)), ("second", (7, 8, 9))):
        page.page.set_input_files(f"#{side}-drop input", said_wav("fsjackson", digits))
        expect(page.locator(f"#{side}-state")).to_contain_text("s of speech")
    page.page.get_by_role("button", name="Compare", exact=True).click()
    verdict = page.locator("#compare-verdict")
    expect(verdict).to_have_attribute("data-outcome", re.compile("unsure|yes"))
    expect(verdict).to_contain_text(re.compile("the same voice", re.IGNORECASE))


def test_a_voice_under_two_names_is_not_surely_one_of_them(
    live_server, meet: Callable, shared_dir: Path
) -> None:
    for name in ("george", "twin"):
        enrol(live_server.url, shared_dir, name, "fsgeorge")
    page = meet(live_server.url, voice="fsgeorge")
    verdict = page.verdict("identify")
    expect(verdict).to_contain_text(re.compile("Perhaps (george|twin), but not surely"))
