"""A voice kept in the browser is verified while nothing can be reached: real audio, real speech."""

from __future__ import annotations

import base64
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from answering_voice import put_voice_into, recordings
from caller_driver import HTTP
from digit_speaker import OTHER_VOICE, VOICE, enrol
from page_driver import BEGUN, VerificationPage, evaluate_in_time
from playwright.sync_api import Browser, expect
from server_driver import free_port

from cepstra.frontend import extract, to_message
from cepstra.frontend.audio import read_audio

PATIENCE_MS = 180_000  # for a machine that does much else
MICROPHONE = Path(__file__).with_name("swift-microphone.js").read_text()

NEW_TAKES = range(6, 10)
SAID = [1, 4, 7, 0]
NO_STORAGE = """Object.defineProperty(globalThis, "indexedDB", {
  get() { throw new DOMException("denied", "SecurityError"); },
});"""
KEEP = """async () => {
  const { Cepstra } = await import("/static/js/cepstra.js");
  globalThis.voice = new Cepstra({ speaker: "ann" });
  const before = (await voice.keptProfile()) !== null;
  await voice.keepProfile("correct horse");
  const sealed = await new Promise((resolve) => {
    const opening = indexedDB.open("cepstra");
    opening.onsuccess = () => {
      const asked = opening.result.transaction("profiles").objectStore("profiles").getAll();
      asked.onsuccess = () => {
        opening.result.close();
        resolve(asked.result.map((kept) => Object.keys(kept).sort().join(" ")));
      };
    };
  });
  return { before, after: (await voice.keptProfile()).speaker, sealed };
}"""
VERIFY = """async (plan) => {
  const profile = await voice.openProfile("correct horse");
  const onPrompt = ({ digit }) => { answeringVoice.say(digit); };
  const message = await voice.record({ plan, onPrompt });
  return { ...profile.judge(message), message };
}"""
KEEP_STRICTER = """async (message) => {
  await voice.keepProfile("correct horse", { falseAcceptRate: 0.001 });
  return (await voice.openProfile("correct horse")).judge(message).threshold;
}"""
WRONG = """async () => {
  const errors = [];
  for (const [speaker, passphrase] of [["ann", "wrong horse"], ["bob", "correct horse"]]) {
    voice.speaker = speaker;
    errors.push(await voice.openProfile(passphrase).then(() => "opened", ({ code }) => code));
  }
  voice.speaker = "ann";
  const removed = [await voice.removeProfile(), await voice.removeProfile()];
  removed.push((await voice.keptProfile()) !== null);
  errors.push(await voice.openProfile("correct horse").then(() => "opened", ({ code }) => code));
  return { errors, removed };
}"""

REJECT = """async () => {
  const { OfflineProfile } = await import("/static/js/embedding/offline-profile.js");
  const { judge } = OfflineProfile.prototype; // from now on as a stricter threshold would
  OfflineProfile.prototype.judge = function (message) {
    return { ...judge.call(this, message), decision: "reject" };
  };
}"""


def _move_threshold(url: str, by: float) -> None:
    shipped = HTTP.get(f"{url}/threshold").json()["threshold"]
    HTTP.put(f"{url}/calibration", json={"threshold": shipped + by}).raise_for_status()


def test_it_verifies_offline_as_the_service_would(
    server_factory, browser: Browser, shared_dir
) -> None:
    port = free_port()
    server = server_factory(port=port)
    url = server.url
    enrol(url, shared_dir, "ann", takes=[0])
    _move_threshold(url, 0.25)
    context = browser.new_context()
    page = context.new_page()
    sent: list[str] = []
    page.on("request", lambda request: sent.append(request.url))
    put_voice_into(page, recordings(shared_dir, VOICE, NEW_TAKES))
    page.goto(url)
    page.wait_for_selector(BEGUN)
    kept = page.evaluate(KEEP)
    assert (kept["before"], kept["after"]) == (False, "ann")
    assert kept["sealed"] == ["keptAt sealed speaker"]
    server.stop()
    context.set_offline(True)
    sent.clear()
    own: dict[str, Any] = evaluate_in_time(page, VERIFY, SAID)
    assert (own["decision"], own["isAccepted"]) == ("accept", True)
    takes = recordings(shared_dir, OTHER_VOICE, NEW_TAKES)
    page.evaluate("(takes) => { answeringVoice.takes = takes; }", takes)
    other = evaluate_in_time(page, VERIFY, SAID)
    assert other["decision"] == "reject" and other["llr"] < 0 < own["llr"]
    assert [address for address in sent if not address.startswith("blob:")] == []
    told = page.evaluate(WRONG)
    assert told["errors"] == ["wrong-passphrase", "no-profile", "no-profile"]
    assert told["removed"] == [True, False, False]
    server_factory(port=port)
    context.set_offline(False)
    said = {name: own["message"][name] for name in ("mfcc", "frontend")}
    message = page.evaluate("(said) => voice.prepared(said, { mode: 'embedding' })", said)
    reply = HTTP.put(f"{url}/score", params={"speaker": "ann"}, json=message).json()
    assert own["llr"] == pytest.approx(reply["llr"], abs=0.02)  # it is rounded on the wire
    assert own["threshold"] == pytest.approx(reply["threshold"], abs=0.02)
    assert page.evaluate(KEEP_STRICTER, said) > own["threshold"] + 1
    context.close()


def _reader(shared_dir: Path, name: str) -> list[Path]:
    return sorted((shared_dir / "corpora" / "speechocean" / "background" / name).glob("*.flac"))


def _as_heard(paths: list[Path]) -> str:
    samples = np.clip(np.concatenate([read_audio(path) for path in paths]), -1, 1)
    return base64.b64encode((samples * 32767).astype("<i2").tobytes()).decode()


def test_the_page_keeps_checks_and_forgets_a_voice(
    server_factory, browser: Browser, shared_dir
) -> None:
    server = server_factory()
    own = _reader(shared_dir, "so162")
    for path in own[:2]:
        take = to_message(extract(read_audio(path)))
        HTTP.put(f"{server.url}/train?speaker=ann", json=take).raise_for_status()
    (page := browser.new_page()).add_init_script(MICROPHONE)
    view = VerificationPage(page, server.url, "ann")
    view.open("watch")
    expect(view.locator("#kept-lead")).to_contain_text("can keep the voice of ann")
    page.get_by_label("Passphrase").fill("a long sentence")
    view.press("Keep my voice here")
    expect(view.locator("#kept-lead")).to_contain_text("is kept in this browser since")
    page.get_by_label("Passphrase").fill("another sentence")
    page.get_by_label("Passphrase").press("Enter")  # keeps nothing: the first one opens it below
    expect(view.locator("#kept [aria-busy]")).to_have_count(0)
    server.stop()
    page.context.set_offline(True)
    before = len(view.requests)
    verdict = view.locator("#kept-verdict .verdict-title")
    said, other = own[2:], _reader(shared_dir, "so001")
    for reader, told in ((said, "It is ann"), (other, "Another voice"), (said, "Perhaps ann")):
        if told.startswith("Perhaps"):
            page.evaluate(REJECT)
        page.evaluate("(sound) => { swiftMicrophone.sound = sound; }", _as_heard(reader))
        page.get_by_label("Passphrase").fill("a long sentence")
        view.press("Check my voice")
        expect(verdict).to_have_text(told, timeout=PATIENCE_MS)
    page.get_by_label("Passphrase").fill("another sentence")
    view.press("Check my voice")
    expect(view.alert).to_contain_text("This passphrase does not open what is kept.")
    view.press("Remove it")
    expect(view.locator("#kept-lead")).to_contain_text("can keep the voice of ann")
    expect(view.locator("#kept-check")).to_be_hidden()
    expect(view.locator("#watch-title")).to_be_focused()
    assert len(view.requests) == before
    assert view.script_errors == view.policy_violations == []
    page.close()


def test_a_browser_that_keeps_nothing_still_watches_and_says_why_it_keeps_nothing(
    server_factory, browser: Browser, shared_dir
) -> None:
    server = server_factory()
    enrol(server.url, shared_dir, "ann", takes=[0])
    page = browser.new_page()
    page.add_init_script(NO_STORAGE)
    view = VerificationPage(page, server.url, "ann")
    view.open("watch")
    expect(view.locator("#kept-lead")).not_to_be_empty()
    expect(view.locator("#kept")).to_be_hidden()
    expect(view.alert).to_be_empty()
    page.close()
    page = browser.new_page()
    view = VerificationPage(page, server.url, "ann")
    room = {"origin": server.url, "quotaSize": 100_000}
    page.context.new_cdp_session(page).send("Storage.overrideQuotaForOrigin", room)
    view.open("watch")
    page.get_by_label("Passphrase").fill("a long sentence")
    view.press("Keep my voice here")
    expect(view.alert).to_contain_text("This browser keeps nothing for this page.")
    assert view.script_errors == []
    page.close()
