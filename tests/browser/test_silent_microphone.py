"""A microphone that delivers nothing, or no more, is told and given back: nothing hangs."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import psutil
import pytest
from page_driver import VerificationPage
from playwright.sync_api import Browser, Page, expect

KEEP_CONTEXTS = """
  globalThis.contexts = [];
  globalThis.AudioContext = class extends AudioContext {
    constructor(...options) {
      super(...options);
      contexts.push(this);
    }
  };
"""
BEGIN = """async (call) => {
  const { Cepstra } = await import("/static/js/cepstra.js");
  const voice = new Cepstra();
  globalThis.told = [];
  globalThis.isHeard = false;
  voice.addEventListener("level", () => { isHeard = true; });
  voice.addEventListener("microphone", ({ detail }) => told.push(detail.isOpen));
  const asked = voice[call](call === "enrol" ? { plan: [1] } : {});
  asked.then(() => told.push("ended"), ({ code }) => told.push(code));
}"""
OPEN_ONCE = """async () => {
  const { Cepstra } = await import("/static/js/cepstra.js");
  const voice = new Cepstra();
  await voice.openMicrophone();
  await voice.closeMicrophone();
}"""
MUTED = """navigator.mediaDevices.getUserMedia = async () => {
  const { receiver } = new RTCPeerConnection().addTransceiver("audio");
  globalThis.unmute = () => {
    Object.defineProperty(receiver.track, "muted", { value: false });
    receiver.track.dispatchEvent(new Event("unmute"));
  };
  return new MediaStream([receiver.track]); // nobody sends: the browser says it is muted
};"""
UNANSWERED = """() => {
  const ask = navigator.mediaDevices.getUserMedia.bind(navigator.mediaDevices);
  navigator.mediaDevices.getUserMedia = (...wanted) => new Promise((resolve) => {
    globalThis.allow = async () => {
      globalThis.late = await ask(...wanted);
      resolve(late);
    };
  });
}"""
CALLS = ["checkMicrophone", "enrol", "verifySpeech", "identify", "compare", "record", "watch"]


def _sound_of_the_browser(wav) -> psutil.Process:
    """Return Chromium's process for sound, of the browser that hears the file."""
    (found,) = [
        process
        for process in psutil.Process().children(recursive=True)
        if {"audio.mojom.AudioService", str(wav)} <= _values(process)
    ]
    return found


def _values(process: psutil.Process) -> set[str]:
    try:
        words = " ".join(process.cmdline()).split()
    except psutil.NoSuchProcess:
        return set()
    return {word.split("=", 1)[-1] for word in words}


@contextmanager
def _standing_still(process: psutil.Process) -> Iterator[None]:
    """Let nothing be heard or played, as where every core is taken."""
    process.suspend()
    try:
        yield
    finally:
        process.resume()


def _pass_seconds(page: Page, is_over: str) -> None:
    """Let the page's clock run until something is so; what is heard comes in between."""
    for _ in range(12):
        page.clock.run_for(1000)
        if page.evaluate(is_over):
            return
    pytest.fail(f"after 12 s by the page's clock it is not so: {is_over}")


def test_sound_that_stops_is_told_and_the_microphone_opens_again(
    module_server, open_page, write_wav
) -> None:
    wav = write_wav("quiet", [[0.0] * 16_000])
    view: VerificationPage = open_page(module_server.url, wav)
    page, state = view.page, view.locator("#microphone-state")
    page.evaluate(OPEN_ONCE)  # the browser has its process for sound from here on
    page.clock.install()
    with _standing_still(_sound_of_the_browser(wav)):
        page.evaluate(BEGIN, "enrol")
        _pass_seconds(page, "told.length > 0")
        assert page.evaluate("told") == ["microphone-silent"]  # it was never open
    view.press("Turn on the microphone")
    expect(state).to_have_text("On")
    with _standing_still(_sound_of_the_browser(wav)):
        _pass_seconds(page, "document.querySelector('#alert').textContent !== ''")
        expect(view.alert).to_contain_text("The microphone delivers nothing.")
        expect(view.alert).to_contain_text("no other program has taken it")
        expect(state).to_have_text("Off")
        expect(view.locator("#voice-start")).to_have_attribute("data-running", "false")
    view.press("Turn on the microphone")
    expect(state).to_have_text("On")
    expect(view.alert).to_be_empty()
    _sound_of_the_browser(wav).kill()  # the browser says that the device has ended
    expect(view.alert).to_contain_text("The microphone was disconnected.")
    expect(state).to_have_text("Off")
    assert view.script_errors == []


def test_every_call_that_listens_ends_when_no_sound_comes(
    module_server, open_page, write_wav
) -> None:
    view: VerificationPage = open_page(module_server.url, write_wav("quiet", [[0.0] * 16_000]))
    page = view.page
    page.add_init_script(KEEP_CONTEXTS)
    page.goto(module_server.url)
    page.clock.install()
    for call in CALLS:
        page.evaluate(BEGIN, call)
        page.wait_for_function("() => isHeard")
        page.evaluate("contexts.at(-1).suspend()")  # as a telephone call does
        _pass_seconds(page, "told.length > 2")
        assert page.evaluate("told") == [True, False, "microphone-silent"], call


def test_a_microphone_that_is_muted_is_told_at_once(module_server, browser: Browser) -> None:
    page = browser.new_page(locale="de")
    page.add_init_script(MUTED)
    view = VerificationPage(page, module_server.url)
    view.press("Mikrofon einschalten")
    expect(view.locator("#microphone-state")).to_have_text("Stumm")
    note = view.locator("#voice-stage .stage-note")
    expect(note).to_contain_text("Das Mikrofon liefert Stille. Ist es stumm")
    page.evaluate("unmute()")
    expect(view.locator("#microphone-state")).to_have_text("An")
    expect(note).not_to_contain_text("Das Mikrofon liefert Stille")
    page.close()


def test_stopping_waits_for_no_answer_to_the_browsers_question(
    module_server, open_page, write_wav
) -> None:
    view: VerificationPage = open_page(module_server.url, write_wav("quiet", [[0.0] * 16_000]))
    view.page.evaluate(UNANSWERED)
    view.press("Turn on the microphone")
    expect(view.locator("#voice-stage .stage-line")).to_have_text("Opening the microphone…")
    view.press("Stop")
    expect(view.locator("#voice-start")).to_have_attribute("data-running", "false")
    view.page.evaluate("allow()")  # late, and given back
    view.page.wait_for_function("() => late.getTracks()[0].readyState === 'ended'")
    expect(view.locator("#microphone-state")).to_have_text("Off")
