"""The pages work under the Content-Security-Policy, and it stops what they did not bring."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from playwright.sync_api import expect

INJECT = """() => {
  const script = document.createElement("script");
  script.textContent = "globalThis.injected = true";
  document.body.append(script);
  document.body.setAttribute("style", "display: none");
  return [globalThis.injected === true, getComputedStyle(document.body).display];
}"""


def test_the_pages_keep_to_the_policy(live_server, open_page, write_wav: Callable) -> None:
    time_s = np.arange(8000) / 16_000
    sound = sum(np.sin(2 * np.pi * 150 * k * time_s + k) / k for k in range(1, 20)) * 0.15
    page = open_page(live_server.url, write_wav("tone", [sound] * 4))
    page.activate()
    page.run_round("Train", 3)
    page.page.get_by_role("button", name="How it works").click()
    expect(page.page.get_by_role("dialog")).to_be_visible()
    page.page.get_by_role("button", name="Close", exact=True).click()
    page.page.goto(f"{live_server.url}/doc")
    operation = page.page.locator(".opblock-summary", has_text="/score").first
    operation.click()
    expect(page.page.locator(".opblock-body").first).to_be_visible()
    assert page.policy_violations == []
    assert page.script_errors == []


def test_injected_scripts_and_styles_do_nothing(live_server, open_page, write_wav) -> None:
    page = open_page(live_server.url, write_wav("silence", [np.zeros(8000)]))
    has_run, display = page.page.evaluate(INJECT)
    assert (has_run, display != "none") == (False, True)
    assert len(page.policy_violations) >= 2
