"""The kit's element shows words in place of digits, as whoever embeds it likes."""

from __future__ import annotations

from answering_voice import put_voice_into, recordings
from digit_speaker import VOICE, enrol
from page_driver import evaluate_in_time
from playwright.sync_api import Browser

DIGITS = range(5)
WORDS = ["moon", "river", "window", "apple", "garden"]

VERIFY = """async (words) => {
  await import('/static/js/cepstra-verify.js');
  const element = document.createElement('cepstra-verify');
  element.setAttribute('speaker', 'ann');
  element.setAttribute('digits', '3');
  element.strings = { ...words };
  document.body.append(element);
  const shown = [], asked = [];
  element.addEventListener('cepstra-prompt', ({ detail }) => {
    shown.push(element.shadowRoot.querySelector('[part=digit]').textContent);
    asked.push(detail.digit);
    answeringVoice.say(detail.digit);
  });
  const ended = new Promise((resolve) => {
    element.addEventListener('cepstra-result', ({ detail }) => resolve(detail.decision));
    element.addEventListener('cepstra-error', ({ detail }) => resolve(detail.code));
  });
  element.start();
  return { decision: await ended, shown, asked };
}"""


def test_the_element_shows_the_words_it_was_given(
    live_server, browser: Browser, shared_dir
) -> None:
    enrol(live_server.url, shared_dir, "ann", digits=DIGITS)
    page = browser.new_page()
    put_voice_into(page, recordings(shared_dir, VOICE, range(6, 10)))
    page.goto(live_server.url)
    outcome = evaluate_in_time(page, VERIFY, WORDS)
    assert outcome["decision"] == "accept"
    assert outcome["shown"] == [WORDS[digit] for digit in outcome["asked"]]
    page.context.close()
