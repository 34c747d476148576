"""The page says whether callers have to sign in, and signs them in."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from playwright.sync_api import expect

SLOW_HASH_TIMEOUT_MS = 40_000


@pytest.fixture
def silence_wav(write_wav: Callable):
    """Return a WAV without speech: nothing here listens."""
    return write_wav("silence", [np.zeros(8000)])


def test_a_service_without_auth_says_so(live_server, open_page, silence_wav) -> None:
    page = open_page(live_server.url, silence_wav)
    expect(page.page.locator("#access-note")).to_contain_text("Auth is off")
    expect(page.page.get_by_role("form", name="Sign in")).to_be_hidden()


def test_an_account_is_made_used_and_left(server_factory, auth_on, open_page, write_wav) -> None:
    server = server_factory(**auth_on)
    time_s = np.arange(8000) / 16_000
    sound = sum(np.sin(2 * np.pi * 150 * k * time_s + k) / k for k in range(1, 20)) * 0.15
    noise = np.random.default_rng(1).standard_normal((6, 8000))  # a repetition would be refused
    page = open_page(server.url, write_wav("tones", list(0.15 * sound + 0.01 * noise)))
    form = page.page.get_by_role("form", name="Sign in")
    expect(form).to_be_visible()
    form.get_by_label("Name").fill("anna")
    form.get_by_label("Password").fill("ten letters")
    form.get_by_role("button", name="Sign in").click()
    expect(page.alert).to_contain_text("do not belong together", timeout=SLOW_HASH_TIMEOUT_MS)
    form.get_by_label("Password").fill("ten letters")
    form.get_by_role("button", name="Create account").click()
    expect(form).to_be_hidden(timeout=SLOW_HASH_TIMEOUT_MS)
    expect(page.page.locator("#signed-in-name")).to_have_text("anna")
    page.activate()
    page.run_round("Train", 3)
    expect(page.page.locator("#train-log li")).to_have_count(3)
    page.page.get_by_role("button", name="Sign out").click()
    expect(form).to_be_visible()
    assert page.policy_violations == page.script_errors == []
    assert page.page.context.cookies() == []
    assert page.page.evaluate("localStorage.length + sessionStorage.length") == 0
