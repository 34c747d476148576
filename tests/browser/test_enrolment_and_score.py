"""A voice goes through the real page into the real service; only features are on the wire."""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import urlsplit

from page_driver import SentRequest, VerificationPage

KBIT_PER_S_OF_SPEECH = 24
SENT_FIELDS = {"mfcc", "frontend"}


def _check_request(request: SentRequest, server_url: str) -> None:
    assert request.url.startswith(server_url), f"another host was asked: {request.url}"
    if not request.body:
        return
    if urlsplit(request.url).path == "/consent":
        assert request.message() == {"version": "page-1"}
        return
    assert request.method == "PUT" and urlsplit(request.url).path in {"/train", "/test", "/score"}
    assert request.headers["content-type"] == "application/json"
    message = request.message()
    frames = len(message["mfcc"])
    scoring = urlsplit(request.url).path == "/score"
    assert set(message) == SENT_FIELDS | {"segments" if scoring else "digit"}
    assert 10 <= frames <= (2000 if scoring else 400)
    assert all(len(frame) == 20 for frame in message["mfcc"])
    assert request.headers["content-encoding"] == "gzip"
    # Sound of 16 bits would be 256 kbit/s; a hundred frames are a second.
    assert 8 * len(request.body) < KBIT_PER_S_OF_SPEECH * 1000 * frames / 100 + 400


def _score(page: VerificationPage) -> int:
    page.activate()
    page.run_round("Score", 5)
    return page.result_percent()


def test_same_voice_scores_above_another_and_no_sound_is_sent(
    live_server, open_page, write_wav, voice: Callable
) -> None:
    enrolment = open_page(live_server.url, write_wav("enrolment", voice(0, [0, 1])))
    enrolment.activate()
    enrolment.run_round("Train", 10)
    enrolment.run_round("Test", 5)
    same = open_page(live_server.url, write_wav("same", voice(0, [3])))
    own_result = _score(same)
    other = open_page(live_server.url, write_wav("other", voice(1, [3])))
    other_result = _score(other)
    print(f"own voice {own_result} %, another {other_result} %")
    for page in (enrolment, same, other):
        assert page.script_errors == []
        for request in page.requests:
            _check_request(request, live_server.url)
    assert own_result >= other_result + 20
