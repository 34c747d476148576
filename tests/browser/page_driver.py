"""What a person does on the page and what they and the wire see; for tests."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from playwright.sync_api import ConsoleMessage, Locator, Page, Request, expect

ROUND_TIMEOUT_MS = 40_000


@dataclass
class SentRequest:
    """One request as the browser made it."""

    method: str
    url: str
    headers: dict[str, str]
    body: bytes

    def message(self) -> dict[str, Any]:
        """Return the body as JSON."""
        parsed: dict[str, Any] = json.loads(self.body)
        return parsed


class VerificationPage:
    """The page in a browser, with a record of every request and every error of its scripts."""

    def __init__(self, page: Page, url: str) -> None:
        self.page = page
        self.requests: list[SentRequest] = []
        self.script_errors: list[str] = []
        self.policy_violations: list[str] = []
        page.on("request", self._record)
        page.on("console", self._note_violation)
        page.on("pageerror", lambda error: self.script_errors.append(str(error)))
        page.goto(url)
        page.wait_for_load_state("networkidle")

    def _note_violation(self, message: ConsoleMessage) -> None:
        if "Content Security Policy" in message.text:
            self.policy_violations.append(message.text)

    def _record(self, request: Request) -> None:
        body = request.post_data_buffer or b""
        self.requests.append(SentRequest(request.method, request.url, request.headers, body))

    @property
    def alert(self) -> Locator:
        """The message about a failure."""
        return self.page.locator("#alert")

    def activate(self) -> None:
        """Turn the microphone on."""
        self.page.get_by_role("button", name="Activate microphone").click()

    def choose(self, tab: str) -> None:
        """Open a tab by its name."""
        self.page.get_by_role("tab", name=tab).click()

    def start(self, digits: int = 10) -> None:
        """Begin a round of so many digits, agreeing to it where that is asked."""
        self.page.locator("#start").wait_for()  # visible as soon as the microphone is on
        consent = self.page.get_by_role("checkbox")
        if consent.is_visible():
            consent.check()
        self.page.locator("#round-length").select_option(str(digits))
        self.page.get_by_role("button", name="Start", exact=True).click()

    def expect_running(self, running: bool) -> None:
        """Wait until a round runs, or has ended."""
        state = "true" if running else "false"
        start = self.page.locator("#start")
        expect(start).to_have_attribute("data-running", state, timeout=ROUND_TIMEOUT_MS)

    def expect_answered(self, digits: int) -> None:
        """Wait until so many digits of the round are done."""
        done = self.page.locator('#digit-pad [data-state="done"]')
        try:
            expect(done).to_have_count(digits, timeout=ROUND_TIMEOUT_MS)
        except AssertionError as error:
            error.add_note(self._situation())
            raise

    def _situation(self) -> str:
        prompt = self.page.locator("#prompt-line").inner_text()
        level = self.page.locator("#level").get_attribute("aria-valuenow")
        calls = [f"{request.method} {request.url}" for request in self.requests[-5:]]
        alert = self.alert.text_content()
        return f"prompt {prompt!r}, alert {alert!r}, level {level}, last calls {calls}"

    def run_round(self, tab: str, digits: int) -> None:
        """Choose a tab, run a whole round and wait for its end."""
        self.choose(tab)
        self.start(digits)
        self.expect_answered(digits)
        self.expect_running(False)

    def result_percent(self) -> int:
        """Return the running result of the Score panel."""
        text = self.page.locator("#score-result").inner_text()
        return int(text.removesuffix("%").strip())

    def messages(self) -> list[dict[str, Any]]:
        """Return the messages with frames."""
        return [request.message() for request in self.requests if request.method == "PUT"]
