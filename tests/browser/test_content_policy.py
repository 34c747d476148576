"""The pages work under the Content-Security-Policy, and it stops what they did not bring."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser, Page, expect

INJECT = """() => {
  const script = document.createElement("script");
  script.textContent = "globalThis.injected = true";
  document.body.append(script);
  document.body.setAttribute("style", "display: none");
  return [globalThis.injected === true, getComputedStyle(document.body).display];
}"""


@pytest.fixture
def plain_page(browser: Browser):
    page = browser.new_page()
    yield page
    page.close()


def _violations(page: Page) -> list[str]:
    found: list[str] = []
    page.on("console", lambda m: "Content Security Policy" in m.text and found.append(m.text))
    return found


def test_the_pages_keep_to_the_policy(module_server, plain_page: Page) -> None:
    violations = _violations(plain_page)
    plain_page.goto(module_server.url)
    plain_page.get_by_role("button", name="How it works").click()
    expect(plain_page.get_by_role("dialog")).to_be_visible()
    plain_page.get_by_role("button", name="Close", exact=True).click()
    plain_page.goto(f"{module_server.url}/doc")
    plain_page.locator(".opblock-summary", has_text="/score").first.click()
    expect(plain_page.locator(".opblock-body").first).to_be_visible()
    assert violations == []


def test_injected_scripts_and_styles_do_nothing(module_server, plain_page: Page) -> None:
    violations = _violations(plain_page)
    plain_page.goto(module_server.url)
    has_run, display = plain_page.evaluate(INJECT)
    assert (has_run, display != "none") == (False, True)
    while len(violations) < 2:
        plain_page.wait_for_event("console")
