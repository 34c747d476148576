"""Chromium's own fake microphone hears a voice, and only features are on the wire."""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import urlsplit

from page_driver import SentRequest
from playwright.sync_api import expect

KBIT_PER_S_OF_SPEECH = 24
SENT_FIELDS = {"mfcc", "frontend", "segments"}


def _check_request(request: SentRequest, server_url: str) -> None:
    assert request.url.startswith(server_url), f"another host was asked: {request.url}"
    if not request.body:
        return
    assert (request.method, urlsplit(request.url).path) == ("PUT", "/identify")
    assert request.headers["content-type"] == "application/json"
    message = request.message()
    frames = len(message["mfcc"])
    assert set(message) == SENT_FIELDS
    assert 10 <= frames <= 2000
    assert all(len(frame) == 20 for frame in message["mfcc"])
    assert request.headers["content-encoding"] == "gzip"
    # Sound of 16 bits would be 256 kbit/s; a hundred frames are a second.
    assert 8 * len(request.body) < KBIT_PER_S_OF_SPEECH * 1000 * frames / 100 + 400


def test_a_voice_is_identified_and_no_sound_is_sent(
    known_voices, open_page, said_wav: Callable
) -> None:
    page = open_page(known_voices.url, said_wav("fsgeorge", range(10)))
    expect(page.verdict("identify")).to_contain_text("This is george")
    assert len(page.messages()) == 1
    for request in page.requests:
        _check_request(request, known_voices.url)
    assert page.script_errors == page.policy_violations == []
