"""Whatever fails, the page says so, loses nothing and goes on working."""

from __future__ import annotations

from collections.abc import Callable

from caller_driver import HTTP
from digit_speaker import VOICE, spoken
from playwright.sync_api import expect

SPEECH_MS = 60_000


def test_a_refused_microphone_is_explained(module_server, come_back: Callable) -> None:
    page = come_back(module_server.url)
    page.change_voice(isRefused=True)
    page.press("Turn on the microphone")
    expect(page.alert).to_contain_text("The microphone was refused")
    expect(page.alert).to_contain_text("site settings")
    language = page.page.locator("#language")
    language.select_option("de")
    expect(page.alert).to_contain_text("Das Mikrofon wurde verweigert.")
    expect(page.alert).to_contain_text("Erlauben Sie es dieser Seite")
    language.select_option("en")
    expect(page.alert).to_contain_text("The microphone was refused")
    page.change_voice(isRefused=False)
    page.press("Turn on the microphone")
    expect(page.alert).to_be_empty()
    expect(page.locator("#microphone-state")).to_have_text("On")
    page.page.keyboard.press("Escape")
    expect(page.locator("#voice-start")).to_have_attribute("data-running", "false")
    expect(page.locator("#microphone-state")).to_have_text("Off")


def test_a_language_that_does_not_come_is_told(module_server, meet: Callable) -> None:
    page = meet(module_server.url)
    page.page.route("**/strings/de.js", lambda route: route.abort(), times=1)
    language = page.page.locator("#language")
    language.select_option("de")
    expect(page.alert).to_contain_text("The server cannot be reached.")
    expect(language).to_have_value("en")
    assert page.script_errors == []


def test_a_failure_is_seen_wherever_its_button_stands(module_server, come_back: Callable) -> None:
    page = come_back(module_server.url)
    page.page.set_viewport_size({"width": 390, "height": 500})
    page.change_voice(isRefused=True)
    page.open("compare")
    page.locator("#second-record").click()
    expect(page.alert).to_contain_text("The microphone was refused")
    expect(page.alert).to_be_in_viewport(ratio=1)


def test_chromium_itself_refuses_the_microphone(module_server, open_page, write_wav) -> None:
    page = open_page(module_server.url, write_wav("none", [[0.0] * 800]), grant=False)
    page.press("Turn on")
    expect(page.alert).to_contain_text("The microphone was refused")


def test_what_was_said_survives_a_server_that_goes_and_comes(
    server_factory, meet: Callable
) -> None:
    first = server_factory()
    page = meet(first.url)
    page.agree("patient")
    page.page.wait_for_function(
        "() => document.querySelectorAll('#takes li').length > 0", timeout=SPEECH_MS
    )
    first.stop()
    expect(page.alert).to_contain_text("cannot be reached", timeout=SPEECH_MS)
    expect(page.alert).to_contain_text("is kept")
    second = server_factory(port=first.port)
    expect(page.alert).to_be_empty(timeout=SPEECH_MS)
    page.expect_step("known")
    kept = HTTP.get(f"{second.url}/status?speaker=patient").json()["training_log"]
    assert len(kept) == 5
    assert {take["take"] for take in kept} == {message["take"] for message in page.messages()}


def test_deleting_asks_first_and_confirms(known_voices, meet: Callable) -> None:
    HTTP.post(f"{known_voices.url}/consent?speaker=brief", json={"version": "page-2"})
    page = meet(known_voices.url, "brief")
    page.open("data")
    page.press("Delete everything")
    page.press("Keep it")
    assert HTTP.get(f"{known_voices.url}/status?speaker=brief").json()["consent"]
    page.press("Delete everything")
    page.page.get_by_role("dialog").get_by_role("button", name="Delete").click()
    expect(page.locator("#notice")).to_have_text("Everything about brief is deleted.")
    expect(page.locator("#notice")).to_be_in_viewport()
    assert HTTP.get(f"{known_voices.url}/status?speaker=brief").json()["consent"] is None
    expect(page.locator("#data-lead")).to_have_text("The service keeps nothing about brief.")
    expect(page.page.get_by_role("button", name="Delete everything")).to_be_hidden()
    page.open("voice")
    expect(page.page.get_by_role("heading", name="Say something")).to_be_visible()


def test_a_screen_that_the_service_is_away_for_comes_once_it_is_back(jacksons) -> None:
    page = jacksons
    page.page.context.set_offline(True)
    page.open("data")
    expect(page.alert).to_contain_text("The server cannot be reached.")
    expect(page.locator("#data-lead")).to_have_text(
        "What the service keeps about jackson cannot be shown now."
    )
    page.press("Close this message")
    page.open("timeline")  # its modules are loaded when it is opened
    expect(page.alert).to_contain_text("The server cannot be reached.")
    page.page.context.set_offline(False)
    page.press("Try again")
    expect(page.locator("#timeline-drop")).to_be_visible()
    expect(page.alert).to_be_empty()


def test_the_own_data_are_told_and_exported(known_voices, jacksons, shared_dir) -> None:
    said = spoken(shared_dir, VOICE, 4, 3)
    parts = [{"digit": digit, "frames": len(said["mfcc"]) // 4} for digit in (4, 0, 7)]
    parts.append({"digit": 1, "frames": len(said["mfcc"]) - sum(part["frames"] for part in parts)})
    for message in (said, {**said, "segments": parts}):
        HTTP.put(f"{known_voices.url}/score?speaker=jackson", json=message).raise_for_status()
    page = jacksons
    page.open("data")
    newest = page.locator("#log li")
    expect(newest.nth(0)).to_contain_text("digits 4 0 7 1:")
    expect(newest.nth(1)).to_contain_text("free speech:")
    with page.page.expect_download() as download:
        page.press("Export")
    assert download.value.suggested_filename == "cepstra-jackson.json"
    assert '"alias": "jackson"' in download.value.path().read_text()
    page.locator("#apart-show").click()
    expect(page.locator("#apart svg[role=img]")).to_have_count(2)
    figure = page.locator("#figures div").first.element_handle()
    page.open("voice")
    page.open("data")
    page.page.wait_for_function("(figure) => !figure.isConnected", arg=figure)
    expect(page.locator("#apart")).to_be_visible()


def test_bad_names_are_explained(module_server, meet: Callable) -> None:
    page = meet(module_server.url)
    page.agree("  ")
    expect(page.locator("#consent-name-note")).to_contain_text("What shall it call you?")
    page.page.get_by_label("Your name").fill("a/b")
    page.press("I agree: learn my voice")
    expect(page.locator("#consent-name-note")).to_contain_text("1 to 64 characters")
    page.page.get_by_label("Your name").fill("Zoë? #2")
    page.press("I agree: learn my voice")
    expect(page.locator("#voice")).to_have_attribute("data-step", "learn")
    status = HTTP.get(f"{module_server.url}/status", params={"speaker": "Zoë? #2"}).json()
    assert status["consent"] is not None


def test_what_the_page_lacks_is_named(module_server, come_back: Callable) -> None:
    told = come_back(module_server.url).page.evaluate("""async () => {
      const { find } = await import("/static/js/ui/elements.js");
      const look = async (...wanted) => find(...wanted).id;
      const wanted = [["#level"], ["#nowhere"], ["#level", HTMLInputElement]];
      return Promise.all(wanted.map((each) => look(...each).catch(({ message }) => message)));
    }""")
    assert told == [
        "level",
        'expected "#nowhere" in the page as HTMLElement, got null',
        'expected "#level" in the page as HTMLInputElement, got [object HTMLDivElement]',
    ]
