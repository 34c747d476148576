"""The page guides somebody through enrolment, and says at once how each take was heard."""

from __future__ import annotations

from collections.abc import Callable

from caller_driver import HTTP
from playwright.sync_api import expect

LOUD, QUIET = 0.2, 1e-4  # the loud one is 10 dB below the voice


def _status(server, speaker: str) -> dict:
    reply: dict = HTTP.get(f"{server.url}/status?speaker={speaker}").raise_for_status().json()
    return reply


def test_nothing_is_learnt_without_consent(module_server, meet: Callable) -> None:
    page = meet(module_server.url, "consenting")
    page.press("Continue")
    expect(page.page.get_by_role("checkbox")).to_be_focused()
    expect(page.locator("#enrol-check")).to_be_hidden()
    assert all(not request.body for request in page.requests)
    page.agree()
    assert _status(module_server, "consenting")["consent"]["version"] == "page-2"


def test_the_check_hears_level_noise_distortion_and_rate(module_server, meet: Callable) -> None:
    page = meet(module_server.url, "checking")
    page.agree()
    page.press("Check the microphone")
    expect(page.locator("#check-stage")).to_contain_text("Now say")
    page.page.evaluate("answeringVoice.say(3)")
    findings = page.locator("#findings > div")
    expect(findings).to_have_count(4, timeout=20_000)
    expect(page.locator('#findings [data-state="good"]')).to_have_count(4)
    expect(page.locator("#findings")).to_contain_text("kHz")
    expect(page.page.get_by_role("button", name="Continue", exact=True)).to_be_focused()


def _settled(page, server) -> list[dict]:
    """The log once page and service agree: a take may be on its way when Stop is pressed."""
    expect(page.locator("#enrol-start")).to_have_attribute("data-running", "false")
    for _ in range(10):
        log: list[dict] = _status(server, "learning")["training_log"]
        try:
            expect(page.takes).to_have_count(len(log), timeout=2_000)
        except AssertionError:
            continue
        return log
    raise AssertionError("page and service do not agree on the takes")


def test_takes_are_judged_kept_retaken_and_dropped(module_server, meet: Callable) -> None:
    page = meet(module_server.url, "learning")
    page.come_to_digits()
    page.make_noise(LOUD)
    page.start_enrolment()
    refused = page.page.locator('#takes [data-state="bad"]', has_text="Too noisy")
    expect(refused.first).to_be_visible(timeout=40_000)  # noise may also cut a word short
    page.make_noise(QUIET)
    assert page.messages() == []
    expect(page.takes).to_have_count(3, timeout=40_000)
    page.press("Stop")
    expect(page.locator("#enrol-stage")).to_contain_text("Stopped")
    kept = _settled(page, module_server)
    newest = page.takes.first.inner_text()[0]
    page.page.get_by_role("button", name=f"Say {newest} again").first.click()
    expect(page.locator("#enrol-start")).to_have_attribute("data-running", "false", timeout=20_000)
    page.expect_takes(len(kept))
    retaken = _status(module_server, "learning")["training_log"]
    assert kept[0]["take"] not in [entry["take"] for entry in retaken]
    page.page.get_by_role("button", name=f"Drop this take of {newest}").first.click()
    page.page.get_by_role("dialog").get_by_role("button", name="Drop").click()
    page.expect_takes(len(kept) - 1)
    assert page.script_errors == page.policy_violations == []


def test_another_digit_than_the_one_shown_is_refused(known_voices, meet: Callable) -> None:
    page = meet(known_voices.url, "jackson")
    page.press("More digits")
    page.change_voice(isWrong=True)
    page.start_enrolment()
    expect(page.locator("#enrol-stage")).to_contain_text("another digit", timeout=20_000)
    page.press("Stop")
    assert len(_status(known_voices, "jackson")["training_log"]) == 20


def test_another_device_is_added(known_voices, meet: Callable) -> None:
    page = meet(known_voices.url, "george", voice="fsgeorge")
    expect(page.page.get_by_role("heading", name="Your voice is known")).to_be_visible()
    page.press("Add another device")
    device = page.page.get_by_label("Name of this device")
    expect(device).to_be_focused()
    device.fill("head set")
    device.press("Tab")
    expect(page.locator("#device-note")).to_contain_text("letters (a to z), digits")
    device.fill("headset")
    device.press("Tab")
    page.press("Use recordings instead")
    page.start_enrolment()
    page.expect_takes(2)
    page.press("Finish here")
    expect(page.locator("#done-summary")).to_have_text("22 takes on 2 devices.")
    page.open("data")
    page.press("Forget the takes of headset")
    page.page.get_by_role("dialog").get_by_role("button", name="Forget").click()
    expect(page.locator("#devices li")).to_have_count(1)
    devices = _status(known_voices, "george")["devices"]
    assert devices == [{"device": "computer", "takes": 20}]
