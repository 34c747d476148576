"""The page learns a voice, and says at once how each take was heard."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from answering_voice import recordings
from caller_driver import HTTP
from digit_speaker import VOICE, enrol
from playwright.sync_api import expect

LOUD, QUIET = 0.2, 1e-4  # the loud one is 10 dB below the voice
SPEECH_MS = 60_000
MUTE_AFTER_TWO = """() => document.querySelectorAll('#takes [data-state="good"]').length > 1
  && (answeringVoice.isMute = true)"""  # else a third take may be on its way when it is stopped


def _status(server, speaker: str) -> dict:
    reply: dict = HTTP.get(f"{server.url}/status?speaker={speaker}").raise_for_status().json()
    return reply


def test_nothing_is_sent_without_consent(module_server, meet: Callable) -> None:
    page = meet(module_server.url)
    page.press("Turn on the microphone")
    expect(page.locator("#voice-stage .stage-note")).to_contain_text(
        "None was sent", timeout=SPEECH_MS
    )
    page.press("Let it learn my voice")
    expect(page.page.get_by_role("heading", name="May it learn your voice?")).to_be_focused()
    assert all(not request.body for request in page.requests)
    page.page.get_by_label("Your name").fill("consenting")
    page.press("I agree: learn my voice")
    expect(page.locator("#voice")).to_have_attribute("data-step", "learn")
    assert _status(module_server, "consenting")["consent"]["version"] == "page-2"


def test_a_noisy_room_is_named_and_a_bad_take_is_never_good(module_server, meet: Callable) -> None:
    page = meet(module_server.url)
    page.make_noise(LOUD)
    page.agree("noisy")
    note = page.locator("#voice-stage .stage-note")
    named = re.compile("dB below your voice. Go where it is quieter|The room is so noisy")
    expect(note).to_contain_text(named, timeout=SPEECH_MS)
    assert page.messages() == []
    expect(page.locator("#microphone-note")).to_contain_text("Noisy around you")
    page.make_noise(QUIET)
    page.expect_step("known")


def test_another_digit_than_the_one_shown_is_refused_ten_times(
    known_voices, meet: Callable
) -> None:
    page = meet(known_voices.url, "jackson")
    page.change_voice(isWrong=True)
    page.strengthen()
    note = page.locator("#voice-stage .stage-note")
    expect(note).to_contain_text("slowly; if an earlier digit", timeout=SPEECH_MS)
    # Digits are shown in any order, and one wrong digit in six passes the check by itself.
    assert len(_status(known_voices, "jackson")["training_log"]) <= 21
    expect(page.alert).to_contain_text("Ten recordings in a row", timeout=2 * SPEECH_MS)
    expect(page.alert).to_contain_text(re.compile("That was not \\d again. Say \\d slowly"))


def test_one_word_for_every_digit_is_refused_and_learning_begins_again(
    module_server, meet: Callable, shared_dir
) -> None:
    page = meet(module_server.url)
    right = recordings(shared_dir, VOICE, range(4, 12))
    page.change_voice(takes=dict.fromkeys(right, right["7"][:1]))
    page.agree("same")
    note = page.locator("#voice-stage .stage-note")
    expect(note).to_contain_text("drop it or begin again", timeout=SPEECH_MS)
    assert len(_status(module_server, "same")["training_log"]) == 1
    page.change_voice(takes=right)
    page.press("Begin again")
    page.expect_step("known")
    assert len(_status(module_server, "same")["training_log"]) == 5
    actions = HTTP.get(f"{module_server.url}/export?speaker=same").json()["audit_log"]
    assert [entry["action"] for entry in actions].count("delete") == 1


def test_takes_are_retaken_and_dropped(module_server, meet: Callable, shared_dir) -> None:
    url = module_server.url
    HTTP.post(f"{url}/consent?speaker=learning", json={"version": "page-2"})
    enrol(url, shared_dir, "learning", takes=[0], digits=range(5), said={"device": "computer"})
    page = meet(url, "learning")
    page.press("Make it stronger")
    expect(page.takes).to_have_count(5)
    kept = _status(module_server, "learning")["training_log"]
    newest = page.takes.first.locator(".take-digit").inner_text()
    page.page.get_by_role("button", name=f"Say {newest} again").first.click()
    start = page.locator("#voice-start")
    expect(start).to_have_attribute("data-running", "true", timeout=SPEECH_MS)
    expect(start).to_have_attribute("data-running", "false", timeout=SPEECH_MS)
    expect(page.takes).to_have_count(len(kept))
    retaken = _status(module_server, "learning")["training_log"]
    assert kept[0]["take"] not in [entry["take"] for entry in retaken]
    page.page.get_by_role("button", name=f"Drop this take of {newest}").first.click()
    page.page.get_by_role("dialog").get_by_role("button", name="Drop").click()
    expect(page.takes).to_have_count(len(kept) - 1)
    expect(page.locator("#notice")).to_have_text("The take is forgotten.")
    assert page.script_errors == page.policy_violations == []


def test_another_device_is_added_and_forgotten(known_voices, meet: Callable) -> None:
    page = meet(known_voices.url, "george", voice="fsgeorge")
    page.press("Make it stronger")
    device = page.page.get_by_label("Name of this device")
    device.fill("head set")
    device.press("Tab")
    expect(page.locator("#device-note")).to_contain_text("letters (a to z), digits")
    device.fill("headset")
    device.press("Tab")
    page.strengthen()
    page.page.wait_for_function(MUTE_AFTER_TWO, timeout=SPEECH_MS)
    page.press("Stop")
    page.press("Done")
    page.open("data")
    expect(page.locator("#devices li")).to_have_count(2)
    forget = page.page.get_by_role("button", name="Forget the takes of headset").element_handle()
    figure = page.locator("#figures div").first.element_handle()
    page.open("voice")
    page.open("data")
    page.page.wait_for_function("(figure) => !figure.isConnected", arg=figure)
    assert forget.evaluate("(button) => button.isConnected"), "a press meanwhile would be lost"
    page.press("Forget the takes of headset")
    page.page.get_by_role("dialog").get_by_role("button", name="Forget").click()
    expect(page.locator("#devices li")).to_have_count(1)
    expect(page.locator("#notice")).to_have_text("The takes of headset are forgotten.")
    devices = _status(known_voices, "george")["devices"]
    assert devices == [{"device": "computer", "takes": 20}]


def test_who_was_learnt_on_one_day_is_asked_for_another(known_voices, meet: Callable) -> None:
    page = meet(known_voices.url, "jackson")
    lead, now = page.locator("#voice-lead"), datetime.now(UTC)
    expect(lead).to_contain_text("a few random digits")
    page.page.clock.set_fixed_time(now + timedelta(days=2))
    page.page.reload()
    page.wait_until_begun()
    expect(lead).to_contain_text("It learnt your voice on one day")

    def of_two_days(route) -> None:
        reply = route.fetch()
        status = reply.json()
        status["training_log"][0]["datetime"] = (now + timedelta(days=1)).isoformat()
        route.fulfill(response=reply, json=status)

    page.page.route("**/status?*", of_two_days)
    page.page.reload()
    page.wait_until_begun()
    expect(lead).to_contain_text("a few random digits")
