"""What a person does on the page and what they and the wire see; for tests."""

from __future__ import annotations

import gzip
import json
from dataclasses import dataclass
from typing import Any

from playwright.sync_api import ConsoleMessage, Locator, Page, Request, expect
from surroundings import ROOT

SPEECH_TIMEOUT_MS = 60_000
COME_BACK_AS = "sessionStorage.wasHere ??= localStorage.speaker = %s"  # once: "not me" holds
# It knows who is here, or says why not.
BEGUN = "#workplace:not([hidden], [inert]), #sign-in:not([hidden]), #alert:not(:empty)"

AXE = ROOT / "node_modules" / "axe-core" / "axe.min.js"
RUN_AXE = """async (tags) => {
  const some = tags ? { runOnly: tags } : {};
  const { violations } = await axe.run(document, { resultTypes: ["violations"], ...some });
  return violations.map(({ id, nodes }) => [id, ...nodes.map(({ html }) => html)]);
}"""


def check_with_axe(page: Page) -> None:
    """Find nothing that keeps somebody from what the page shows now, light or dark.

    In the dark only colours are others, so the rules about colours are asked there.
    """
    if not page.evaluate("'axe' in globalThis"):
        page.add_script_tag(path=AXE)
    for scheme, tags in (("light", None), ("dark", ["cat.color"])):
        page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
        violations = page.evaluate(RUN_AXE, tags)
        assert violations == [], f"{page.title()}, {scheme}: {violations}"


def evaluate_in_time(
    page: Page, function: str, argument: object = None, limit_ms: int = 2 * SPEECH_TIMEOUT_MS
) -> Any:
    """Return what a function of the page resolves to; fail where it has not after `limit_ms`."""
    late = f'reject(new Error("expected an end within {limit_ms} ms, got none"))'
    clock = f"new Promise((_resolve, reject) => setTimeout(() => {late}, {limit_ms}))"
    return page.evaluate(f"(argument) => Promise.race([({function})(argument), {clock}])", argument)


@dataclass
class SentRequest:
    """One request as the browser made it."""

    method: str
    url: str
    headers: dict[str, str]
    body: bytes

    def message(self) -> dict[str, Any]:
        """Return the body as JSON, unpacked."""
        is_gzipped = self.headers.get("content-encoding") == "gzip"
        parsed: dict[str, Any] = json.loads(gzip.decompress(self.body) if is_gzipped else self.body)
        return parsed


class VerificationPage:
    """The page in a browser, with a record of every request and every error of its scripts."""

    def __init__(self, page: Page, url: str, speaker: str | None = None) -> None:
        self.page = page
        self.requests: list[SentRequest] = []
        self.script_errors: list[str] = []
        self.policy_violations: list[str] = []
        page.on("request", self._record)
        page.on("console", self._note_violation)
        page.on("pageerror", lambda error: self.script_errors.append(str(error)))
        if speaker is not None:
            page.add_init_script(COME_BACK_AS % json.dumps(speaker))
        page.goto(url)
        self.wait_until_begun()

    def _note_violation(self, message: ConsoleMessage) -> None:
        if "Content Security Policy" in message.text:
            self.policy_violations.append(message.text)

    def _record(self, request: Request) -> None:
        body = request.post_data_buffer or b""
        self.requests.append(SentRequest(request.method, request.url, request.headers, body))

    def wait_until_begun(self) -> None:
        """Wait until the page can be used, or tells why it cannot."""
        self.page.wait_for_selector(BEGUN, state="attached")

    def locator(self, selector: str) -> Locator:
        """Find by CSS."""
        return self.page.locator(selector)

    @property
    def alert(self) -> Locator:
        """The message about a failure."""
        return self.page.locator("#alert")

    @property
    def takes(self) -> Locator:
        """The takes of this device that the service keeps, as "Make it stronger" lists them."""
        return self.page.locator('#takes [data-state="good"]')

    def press(self, name: str) -> None:
        """Press the visible button of that name."""
        self.page.get_by_role("button", name=name, exact=True).click()

    def open(self, screen: str) -> None:
        """Go to a screen by its fragment."""
        self.page.locator(f'.screens a[href="#{screen}"]').click()
        expect(self.page.locator(f"#{screen}")).to_be_visible()

    def hide(self) -> None:
        """Do what a browser does when somebody goes to another tab."""
        self.page.evaluate("""() => {
          Object.defineProperty(document, "hidden", { value: true, configurable: true });
          document.dispatchEvent(new Event("visibilitychange"));
        }""")

    def name_speaker(self, name: str) -> None:
        """Come back as somebody whom this device remembers."""
        self.page.evaluate("(name) => localStorage.setItem('speaker', name)", name)
        with self.page.expect_response(lambda response: f"status?speaker={name}" in response.url):
            self.page.reload()
        self.wait_until_begun()

    def expect_step(self, step: str) -> None:
        """Wait until the first screen has come to a step."""
        expect(self.page.locator("#voice")).to_have_attribute(
            "data-step", step, timeout=SPEECH_TIMEOUT_MS
        )

    def agree(self, name: str | None = None) -> None:
        """Let the voice be learnt, which begins at once; without a name where one is signed in."""
        self.press("Let it learn my voice")
        if name is not None:
            self.page.get_by_label("Your name").fill(name)
        self.press("I agree: learn my voice")

    def strengthen(self) -> None:
        """Begin, or go on, to say the rest of twenty digits."""
        if self.page.locator("#voice").get_attribute("data-step") != "stronger":
            self.press("Make it stronger")
        start = self.page.locator("#voice-start")
        start.click()
        expect(start).to_have_attribute("data-running", "true")

    def speak(self, screen: str) -> None:
        """Press the screen's button and wait until all digits are said and answered."""
        button = self.page.locator(f"#{screen}")
        button.click()
        expect(button).to_have_attribute("data-running", "true", timeout=SPEECH_TIMEOUT_MS)
        expect(button).to_have_attribute("data-running", "false", timeout=SPEECH_TIMEOUT_MS)

    def verdict(self, screen: str) -> Locator:
        """Speak on a screen and return its verdict, once it is there."""
        self.open(screen)
        self.speak(f"{screen}-start")
        shown = self.page.locator(f"#{screen}-verdict")
        expect(shown).to_be_visible()
        return shown

    def messages(self) -> list[dict[str, Any]]:
        """Return the messages with frames."""
        return [request.message() for request in self.requests if request.method == "PUT"]
