"""The mode "embedding" in a real browser: kit and page send 192 numbers in place of frames."""

from __future__ import annotations

import numpy as np
from answering_voice import AnsweringPage, recordings
from caller_driver import HTTP
from digit_speaker import OTHER_VOICE, VOICE, enrol
from page_driver import evaluate_in_time
from playwright.sync_api import Browser, expect

from cepstra.verification.shipped import network_id

USE_THE_KIT = """async () => {
  const { Cepstra } = await import("/static/js/cepstra.js");
  const voice = new Cepstra({ speaker: "kit", mode: "embedding" });
  const onPrompt = ({ digit }) => { answeringVoice.say(digit); };
  const { takes } = await voice.enrol({ plan: [0, 1, 2, 3], onPrompt });
  const identified = await voice.identify({ digits: 2, onPrompt });
  const compared = await voice.compare({ digits: 4, onPrompt });
  const message = await voice.prepared(await voice.record({ plan: [4, 5, 6], onPrompt }));
  const score = await voice.client.score("ann", message);
  return { kept: takes.filter(({ isKept }) => isKept).length, identified, compared, score };
}"""


def test_the_kit_enrols_and_is_compared_with_takes_of_frames(
    live_server, browser: Browser, shared_dir
) -> None:
    enrol(live_server.url, shared_dir, "ann", takes=[0])
    takes = recordings(shared_dir, VOICE, range(1, 8))
    view = AnsweringPage(browser, live_server.url, takes=takes)
    told = evaluate_in_time(view.page, USE_THE_KIT)
    assert told["kept"] == 4
    assert told["score"]["decision"] == told["compared"]["decision"] == "accept"
    assert {rank["alias"] for rank in told["identified"]["ranking"]} == {"ann", "kit"}
    messages = view.messages()
    sent = [side for m in messages for side in ([m["first"], m["second"]] if "first" in m else [m])]
    assert len(sent) == 4 + 1 + 2 + 1
    for message in sent:
        assert "mfcc" not in message and "segments" not in message
        assert message["network"] == network_id() and message["speech_frames"] > 10
        assert abs(np.linalg.norm(message["embedding"]) - 1) < 1e-3
    kept = HTTP.get(f"{live_server.url}/export", params={"speaker": "kit"}).json()["takes"]
    assert [take["mfcc"] for take in kept] == [None] * 4
    assert view.script_errors == []
    view.page.context.close()


def test_the_page_sends_what_was_chosen_and_remembers_it(
    live_server, browser: Browser, shared_dir
) -> None:
    for speaker, voice in (("ann", VOICE), ("bob", OTHER_VOICE)):
        enrol(live_server.url, shared_dir, speaker, voice, takes=[0])
    view = AnsweringPage(browser, live_server.url, takes=recordings(shared_dir, VOICE, range(1, 8)))
    view.locator("#sent summary").click()
    view.page.get_by_label("Send 192 numbers").check()
    view.page.reload()
    expect(view.page.locator("#sent-embedding")).to_be_checked()
    expect(view.verdict("identify")).to_contain_text("ann")
    (message,) = view.messages()
    assert len(message["embedding"]) == 192 and "mfcc" not in message
    assert view.script_errors == view.policy_violations == []
    view.page.context.close()
