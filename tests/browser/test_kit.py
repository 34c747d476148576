"""A web page uses the kit, by one import, with a microphone that hears real speech."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import numpy as np
import pytest
from answering_voice import AnsweringPage, as_take, put_voice_into, recordings
from digit_speaker import VOICE, enrol
from numpy.typing import NDArray
from page_driver import evaluate_in_time
from playwright.sync_api import Browser

DIGITS = range(5)
NEW_TAKES = range(6, 10)
ENROL = """async () => {
  const { Cepstra } = await import('/static/js/cepstra.js');
  const voice = new Cepstra();
  const prompts = [], takes = [];
  const enrolled = await voice.enrol({
    consent: "test-1",
    plan: [0, 1, 2, 3, 4, 5],
    onPrompt: ({ digit }) => {
      prompts.push(digit);
      answeringVoice.say(digit);
    },
    onTake: (take) => { takes.push(take); },
  });
  return { prompts, takes, kept: enrolled.takes.length, status: enrolled.status };
}"""

RECOGNISE = """async () => {
  const { Cepstra } = await import('/static/js/cepstra.js');
  const voice = new Cepstra();
  const onPrompt = ({ digit }) => { answeringVoice.say(digit); };
  const identified = await voice.identify({ digits: 3, onPrompt });
  const compared = await voice.compare({ digits: 3, onPrompt });
  return { identified, compared };
}"""


def said(words: list[NDArray[np.float64]]) -> dict[str, list[str]]:
    """Return a few words as takes of all digits: finding and comparing do not check them."""
    return {str(digit): [as_take(words[digit % len(words)])] for digit in range(10)}


def test_enrol_identify_and_compare(live_server, browser: Browser, voice: Callable) -> None:
    page = AnsweringPage(browser, live_server.url, takes=said(voice(0, [0])))
    enrolled = evaluate_in_time(page.page, ENROL)
    assert enrolled["prompts"] == [*range(6)]
    assert enrolled["kept"] == 6
    assert [take["digit"] for take in enrolled["takes"] if take["isKept"]] == [*range(6)]
    assert len(enrolled["status"]["training_log"]) == 6
    assert enrolled["status"]["consent"]["version"] == "test-1"
    page.change_voice(takes=said(voice(0, [3])))
    recognised = evaluate_in_time(page.page, RECOGNISE)
    assert recognised["identified"]["decision"] == "identified"
    assert recognised["compared"]["decision"] == "accept"
    assert page.script_errors == []
    page.page.context.close()


VERIFY = """async ({ digits, shift }) => {
  const { Cepstra } = await import('/static/js/cepstra.js');
  const onPrompt = ({ digit }) => { answeringVoice.say((digit + shift) % 5); };
  return new Cepstra().verify({ digits, onPrompt });
}"""

ENROL_THROUGH_AN_OUTAGE = """async () => {
  const { Cepstra } = await import('/static/js/cepstra.js');
  const voice = new Cepstra();
  const told = [];
  voice.addEventListener("outage", async ({ detail }) => {
    told.push(detail.error.code);
    if (told.length === 1) await server("start");
  });
  voice.addEventListener("recovered", () => told.push("recovered"));
  const asked = voice.enrol({
    plan: [2, 3],
    onPrompt: async ({ digit, index }) => {
      if (index === 1) await server("stop");
      answeringVoice.say(digit);
    },
  });
  const { takes, status } = await asked;
  await voice.dropTake(takes[0].id);
  const left = await voice.client.status("default");
  const digits = ({ training_log: log }) => log.map(({ digit }) => digit);
  return { told, kept: takes.map(({ digit }) => digit), log: digits(status), left: digits(left) };
}"""


def test_verify_and_go_through_an_outage(server_factory, browser: Browser, shared_dir) -> None:
    servers = [server_factory()]
    enrol(servers[0].url, shared_dir, "default", digits=DIGITS)
    page = browser.new_page()
    put_voice_into(page, recordings(shared_dir, VOICE, NEW_TAKES))
    page.goto(servers[0].url)
    right = evaluate_in_time(page, VERIFY, {"digits": 3, "shift": 0})
    assert (right["decision"], right["reason"]) == ("accept", None)
    assert right["llr"] >= right["threshold"]
    wrong = evaluate_in_time(page, VERIFY, {"digits": 3, "shift": 2})
    assert (wrong["decision"], wrong["reason"]) == ("reject", "wrong-digits")

    def switch(what: str) -> None:
        if what == "stop":
            servers[-1].stop()
        else:
            servers.append(server_factory(port=servers[0].port))

    page.expose_function("server", switch)
    outcome = evaluate_in_time(page, ENROL_THROUGH_AN_OUTAGE)
    assert outcome["told"][0] == "server-unreachable" and outcome["told"][-1] == "recovered"
    assert outcome["kept"] == [2, 3]
    assert (len(outcome["log"]), len(outcome["left"])) == (12, 11)
    assert outcome["left"][0] == 3
    page.context.close()


ENROL_ELSEWHERE = """async (url) => {
  const { Cepstra } = await import(`${url}/static/js/cepstra.js`);
  await import(`${url}/static/js/cepstra-verify.js`);
  const onPrompt = ({ digit }) => { answeringVoice.say(digit); };
  const { takes } = await new Cepstra({ url, speaker: "ann" }).enrol({ plan: [2, 3], onPrompt });
  return takes.map(({ digit }) => digit);
}"""


@pytest.fixture
def elsewhere(tmp_path: Path) -> Iterator[str]:
    """Return the origin of a web server of somebody else."""
    (tmp_path / "index.html").write_text("<title>A shop</title>")
    handler = partial(SimpleHTTPRequestHandler, directory=tmp_path)
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


def test_a_page_of_another_origin_embeds_it(
    elsewhere: str, server_factory, browser: Browser, shared_dir
) -> None:
    server = server_factory(CORS_ORIGINS=elsewhere)
    page = browser.new_page()
    put_voice_into(page, recordings(shared_dir, VOICE, NEW_TAKES))
    page.goto(elsewhere)
    assert evaluate_in_time(page, ENROL_ELSEWHERE, server.url) == [2, 3]
    page.context.close()
