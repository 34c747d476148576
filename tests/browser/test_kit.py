"""A web page uses the kit, by one import, with a microphone that hears real speech."""

from __future__ import annotations

from collections.abc import Callable

ENROL = """async () => {
  const { Cepstra } = await import('/static/js/cepstra.js');
  const voice = new Cepstra();
  const prompts = [], takes = [];
  const enrolled = await voice.enrol({
    consent: "test-1",
    plan: [0, 1, 2, 3, 4, 5, 0, 1, 2, 3, 4, 5],
    onPrompt: ({ digit }) => { prompts.push(digit); },
    onTake: (take) => { takes.push(take); },
  });
  return { prompts, takes, kept: enrolled.takes.length, status: enrolled.status };
}"""

RECOGNISE = """async () => {
  const { Cepstra } = await import('/static/js/cepstra.js');
  const voice = new Cepstra();
  const identified = await voice.identify({ digits: 3 });
  const compared = await voice.compare({ digits: 2 });
  return { identified, compared };
}"""


def test_enrol_identify_and_compare(live_server, open_page, write_wav, voice: Callable) -> None:
    page = open_page(live_server.url, write_wav("enrolment", voice(0, [0, 1])))
    enrolled = page.page.evaluate(ENROL)
    assert enrolled["kept"] == 12
    assert [take["digit"] for take in enrolled["takes"] if take["isKept"]] == [*range(6)] * 2
    assert len(enrolled["status"]["training_log"]) == 12
    assert enrolled["status"]["consent"]["version"] == "test-1"
    same = open_page(live_server.url, write_wav("same", voice(0, [3])))
    recognised = same.page.evaluate(RECOGNISE)
    assert recognised["identified"]["decision"] == "identified"
    assert recognised["compared"]["decision"] == "accept"
    assert page.script_errors == same.script_errors == []
