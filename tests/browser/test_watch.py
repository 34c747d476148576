"""The screen that watches, while somebody talks, whether it is still the same voice."""

from __future__ import annotations

import base64
import json
from pathlib import Path

import numpy as np
from page_driver import VerificationPage
from playwright.sync_api import Browser, Route, expect

from cepstra.frontend.audio import read_audio

PATIENCE_MS = 180_000  # for a machine that does much else
MICROPHONE = Path(__file__).with_name("swift-microphone.js").read_text()


def _read(shared_dir: Path, reader: str) -> str:
    """Return the recordings of a reader, as the microphone wants them."""
    folder = shared_dir / "corpora" / "speechocean" / "background" / reader
    parts = [read_audio(path) for path in sorted(folder.glob("*.flac"))]
    samples = np.clip(np.concatenate(parts), -1, 1)
    return base64.b64encode((samples * 32767).astype("<i2").tobytes()).decode()


def test_the_button_waits_for_what_hears_it(module_server, browser: Browser) -> None:
    page = browser.new_page()
    view = VerificationPage(page, module_server.url)
    held: list[Route] = []
    page.route("**/watch-screen.js*", lambda route: held.append(route))
    view.open("watch")
    expect(view.locator("#watch-start")).to_be_disabled()
    page.unroute("**/watch-screen.js*")  # what is held goes on
    expect(view.locator("#watch-start")).to_be_enabled()
    page.close()


def test_the_screen_tells_of_every_change_and_sends_nothing(
    module_server, browser: Browser, shared_dir: Path
) -> None:
    page = browser.new_page()
    page.add_init_script(MICROPHONE)
    view = VerificationPage(page, module_server.url)
    view.open("watch")
    verdict, line = (
        view.locator(part) for part in ("#watch-verdict .verdict-title", "#watch-stage .stage-line")
    )
    held: list[Route] = []
    page.route("**/models/*", lambda route: held.append(route))
    view.press("Start watching")
    expect(line).to_have_text("Getting ready…")  # nobody need talk before its network is there
    page.evaluate("swiftMicrophone.unplug()")
    expect(view.alert).to_contain_text("The microphone was disconnected.")
    expect(view.locator("#watch-start")).to_have_text("Start watching")
    view.press("Start watching")
    expect(line).to_have_text("Getting ready…")
    page.unroute("**/models/*")  # what is held goes on
    expect(line).to_have_text("Talk about anything")
    view.press("Stop")
    expect(line).to_have_text("Stopped.")
    first, other = (json.dumps(_read(shared_dir, reader)) for reader in ("so162", "so001"))
    for _ in range(2):
        page.evaluate(f"swiftMicrophone.sound = {first}")
        view.press("Start watching")
        expect(verdict).to_have_text("The same voice", timeout=PATIENCE_MS)
        expect(view.locator("#watch-line .chart-readout")).to_contain_text("Ratio")
        page.evaluate(f"swiftMicrophone.sound = {other}")
        expect(verdict).to_have_text("Another voice", timeout=PATIENCE_MS)
        view.hide()
        expect(view.locator("#watch-start")).to_have_attribute("data-running", "false")
        expect(line).to_have_text("Stopped.")
    expect(view.locator("#sent-count")).to_have_text("Nothing of your voice has been sent.")
    assert [request.method for request in view.requests if request.method != "GET"] == []
    assert view.script_errors == view.policy_violations == []
    expect(view.locator("#kept")).to_be_hidden()  # nobody is known whose voice could be kept
    page.close()
