"""Verification, identification and comparison on the page, with real voices."""

from __future__ import annotations

import re
from collections.abc import Callable

from playwright.sync_api import expect


def test_the_own_voice_is_accepted(known_voices, meet: Callable) -> None:
    page = meet(known_voices.url, "jackson")
    verdict = page.verdict("verify")
    expect(verdict).to_have_attribute("data-decision", "accept")
    expect(verdict).to_contain_text("It is jackson")
    scale = verdict.get_by_role("img")
    expect(scale).to_be_visible()
    assert "threshold" in (scale.get_attribute("aria-label") or "")
    assert sum("/challenges?" in request.url for request in page.requests) == 1
    assert [len(message["segments"]) for message in page.messages()] == [3]
    assert page.script_errors == page.policy_violations == []


def test_another_voice_is_rejected(known_voices, meet: Callable) -> None:
    page = meet(known_voices.url, "jackson", voice="fsgeorge")
    verdict = page.verdict("verify")
    expect(verdict).to_have_attribute("data-decision", "reject")
    expect(verdict).to_contain_text(re.compile("This is another voice|Other digits"))


def test_other_digits_than_those_asked_for_are_rejected(known_voices, meet: Callable) -> None:
    page = meet(known_voices.url, "jackson")
    page.change_voice(isWrong=True)
    verdict = page.verdict("verify")
    expect(verdict).to_have_attribute("data-decision", "reject")
    expect(verdict).to_contain_text("Other digits")


def test_a_known_and_an_unknown_voice_are_told_apart(known_voices, meet: Callable) -> None:
    page = meet(known_voices.url, voice="fsgeorge")
    verdict = page.verdict("identify")
    expect(verdict).to_contain_text("This is george")
    expect(page.locator(".rank-name")).to_contain_text(["george"])
    expect(page.locator("#ranking li")).to_have_count(3)
    stranger = meet(known_voices.url, voice="fstheo")
    expect(stranger.verdict("identify")).to_contain_text("Nobody known")
    expect(stranger.locator("#ranking")).to_contain_text("somebody else")


def test_two_recordings_are_compared(known_voices, meet: Callable, said_wav: Callable) -> None:
    page = meet(known_voices.url, voice="fsgeorge")
    page.open("compare")
    compare = page.page.get_by_role("button", name="Compare", exact=True)
    expect(compare).to_be_disabled()
    page.speak("first-record")
    page.speak("second-record")
    compare.click()
    expect(page.locator("#compare-verdict")).to_contain_text("The same voice")
    page.page.set_input_files("#second-drop input", said_wav("fsjackson", range(5)))
    expect(page.locator("#second-state")).to_contain_text("s of speech")
    expect(page.locator("#compare-verdict")).to_be_hidden()
    compare.click()
    expect(page.locator("#compare-verdict")).to_contain_text("Two voices")


def test_too_little_of_one_voice_is_not_called_two(
    known_voices, meet: Callable, said_wav: Callable
) -> None:
    page = meet(known_voices.url)
    page.open("compare")
    for side, digits in (("first", (0, 1, 2)), ("second", (7, 8, 9))):
        page.page.set_input_files(f"#{side}-drop input", said_wav("fsjackson", digits))
        expect(page.locator(f"#{side}-state")).to_contain_text("s of speech")
    page.page.get_by_role("button", name="Compare", exact=True).click()
    verdict = page.locator("#compare-verdict")
    expect(verdict).to_have_attribute("data-decision", "reject")
    expect(verdict).to_contain_text("Perhaps the same voice")
