"""Whatever fails, the page says so and goes on working."""

from __future__ import annotations

import re
from collections.abc import Callable

import numpy as np
import pytest
from playwright.sync_api import expect


@pytest.fixture
def tones_wav(write_wav: Callable):
    """Return a WAV of sounds that the endpointer takes for speech; no corpus is needed."""
    time_s = np.arange(8000) / 16_000
    sound = sum(np.sin(2 * np.pi * 150 * k * time_s + k) / k for k in range(1, 20)) * 0.15
    rng = np.random.default_rng(1)
    return write_wav("tones", [sound + 0.01 * rng.standard_normal(8000) for _ in range(4)])


def test_refused_microphone(live_server, open_page, tones_wav) -> None:
    page = open_page(live_server.url, tones_wav, grant=False, permissions=[])
    page.activate()
    expect(page.alert).to_contain_text("microphone was refused")
    expect(page.page.get_by_role("button", name="Activate microphone")).to_be_enabled()
    page.page.get_by_role("button", name="How it works").click()
    expect(page.page.get_by_role("dialog")).to_be_visible()


def test_refusal_of_the_service_is_shown_and_ends_the_round(
    live_server, open_page, tones_wav
) -> None:
    page = open_page(live_server.url, tones_wav)
    page.activate()
    page.choose("Score")
    page.start(3)
    expect(page.alert).to_be_visible(timeout=20_000)
    page.expect_running(False)
    status = [request for request in page.requests if request.method == "PUT"]
    assert len(status) == 1, "a round that cannot succeed is not repeated"
    page.run_round("Train", 3)
    expect(page.alert).to_be_hidden()


def test_server_down_in_mid_round_and_back(server_factory, open_page, tones_wav) -> None:
    first = server_factory()
    page = open_page(first.url, tones_wav)
    page.activate()
    page.start(5)
    page.expect_answered(1)
    first.stop()
    expect(page.alert).to_contain_text("cannot be reached", timeout=20_000)
    expect(page.alert).to_contain_text("asked again")
    page.expect_running(True)
    server_factory(port=first.port)
    page.expect_answered(5)
    page.expect_running(False)
    expect(page.alert).to_be_hidden()
    expect(page.page.locator("#train-log li")).to_have_count(5)


def test_switching_tabs_stops_the_round(live_server, open_page, tones_wav) -> None:
    page = open_page(live_server.url, tones_wav)
    page.activate()
    page.start(10)
    page.expect_running(True)
    page.choose("Test")
    page.expect_running(False)
    expect(page.page.locator("#digit-pad [aria-current]")).to_have_count(0)
    page.page.keyboard.press("ArrowRight")
    expect(page.page.get_by_role("tab", name="Score")).to_have_attribute("aria-selected", "true")


def test_deleting_asks_first(live_server, open_page, tones_wav) -> None:
    page = open_page(live_server.url, tones_wav)
    page.activate()
    page.run_round("Train", 3)
    log = page.page.locator("#train-log li")
    page.page.get_by_role("button", name="Delete everything").click()
    page.page.get_by_role("button", name="Keep it").click()
    expect(log).to_have_count(3)
    page.page.get_by_role("button", name="Delete everything").click()
    page.page.get_by_role("button", name="Delete", exact=True).click()
    expect(log).to_have_count(0)
    expect(page.page.locator('[data-figure="mfcc_train_store_length"]')).to_have_text("0")


def test_speakers_are_apart_and_bad_names_are_explained(live_server, open_page, tones_wav) -> None:
    page = open_page(live_server.url, tones_wav)
    name = page.page.get_by_label("Who is speaking?")
    name.fill("no spaces please")
    name.press("Tab")
    expect(page.page.locator("#speaker-note")).to_contain_text("letters, digits")
    name.fill("anna")
    name.press("Tab")
    expect(page.page.locator("#speaker-note")).to_be_empty()
    page.activate()
    page.run_round("Train", 3)
    assert all(
        re.search(r"\?speaker=anna$", request.url) for request in page.requests if request.body
    )


def test_nothing_is_learnt_before_the_box_is_ticked(live_server, open_page, tones_wav) -> None:
    page = open_page(live_server.url, tones_wav)
    page.activate()
    start = page.page.get_by_role("button", name="Start", exact=True)
    start.click()
    expect(page.alert).to_contain_text("tick the box")
    expect(page.page.get_by_role("checkbox")).to_be_focused()
    assert all(not request.body for request in page.requests)
    page.run_round("Train", 3)
    expect(page.page.get_by_role("checkbox")).to_be_hidden()
    consents = [request for request in page.requests if request.method == "POST"]
    assert len(consents) == 1
    page.choose("Score")
    page.choose("Train")
    expect(page.page.get_by_role("checkbox")).to_be_hidden()
    page.page.get_by_role("button", name="Delete everything").click()
    page.page.get_by_role("button", name="Delete", exact=True).click()
    expect(page.page.get_by_role("checkbox")).to_be_visible()
