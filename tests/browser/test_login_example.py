"""examples/login as it stands: password, then five spoken digits, in a real browser."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from answering_voice import put_voice_into, recordings
from caller_driver import HTTP, bearer, make_key
from digit_speaker import OTHER_VOICE, VOICE, enrol, joined, spoken
from playwright.sync_api import Browser, Page, expect
from server_driver import free_port

EXAMPLE = Path(__file__).resolve().parent.parent.parent / "examples" / "login"
SPEAK_WHEN_ASKED = """
document.addEventListener("cepstra-prompt", ({ detail }) => answeringVoice.say(detail.digit));
"""
N_ENROLLED, NEW_TAKE = 3, 9
TIMEOUT_MS = 40_000


@pytest.fixture(scope="module")
def login_url(guarded_server, shared_dir) -> Iterator[str]:
    """Return the address of the example, in front of a service where ann is enrolled."""
    backend = bearer(make_key(guarded_server, "enrol"))
    enrol(guarded_server.url, shared_dir, "ann", takes=range(N_ENROLLED), headers=backend)
    known = HTTP.get(
        f"{guarded_server.url}/speakers/ann", headers=bearer(make_key(guarded_server, "verify"))
    ).json()
    port = free_port()
    key = make_key(guarded_server, "verify")
    environment = {
        **os.environ,
        "CEPSTRA_URL": guarded_server.url,
        "CEPSTRA_KEY": key,
        "ANN_SUBJECT": known["subject"],
        "SECRET_KEY": key,
    }
    command = [sys.executable, "-m", "gunicorn", "app:app"]
    options = ["--bind", f"127.0.0.1:{port}", "--threads", "4", "--log-level", "warning"]
    process = subprocess.Popen([*command, *options], cwd=EXAMPLE, env=environment)
    url = f"http://127.0.0.1:{port}"
    try:
        with httpx.Client(transport=httpx.HTTPTransport(retries=8), timeout=60) as patient:
            patient.get(url).raise_for_status()
        yield url
    finally:
        process.terminate()
        process.wait(timeout=60)


def open_login(browser: Browser, login_url: str, shared_dir: Path, voice: str) -> Page:
    """Return the page after the password, where digits are spoken as they are asked for."""
    page = browser.new_page()
    put_voice_into(page, recordings(shared_dir, voice, [NEW_TAKE]))
    page.add_init_script(SPEAK_WHEN_ASKED)
    page.goto(login_url)
    page.get_by_label("Name").fill("ann")
    page.get_by_label("Password").fill("open sesame")
    page.get_by_role("button", name="Continue").click()
    return page


def test_the_right_voice_is_let_in(browser, login_url, shared_dir) -> None:
    page = open_login(browser, login_url, shared_dir, VOICE)
    assertions = []
    cookies = []

    def note(request) -> None:
        if request.url.endswith("/second-factor"):
            assertions.append(request.post_data_json)
            cookies.extend(page.context.cookies())

    page.on("request", note)
    start = page.get_by_role("button", name="Start")
    start.focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Welcome, ann")).to_be_visible(timeout=TIMEOUT_MS)
    signed_in = page.context.cookies()
    page.get_by_role("button", name="Sign out").click()
    page.context.add_cookies(signed_in)
    page.reload()
    expect(page.get_by_role("heading", name="Sign in")).to_be_visible()
    (sent,) = assertions
    before = [cookie for cookie in cookies if cookie["name"] == "session"]
    page.context.clear_cookies()
    page.context.add_cookies(before)
    reply = page.request.post(f"{login_url}/second-factor", data=sent)
    assert reply.status == 401, "nor with the cookie that it was made with"
    again = open_login(browser, login_url, shared_dir, VOICE)
    reply = again.request.post(f"{login_url}/second-factor", data=sent)
    assert reply.status == 401, "an assertion signs in once"
    again.reload()
    expect(again.get_by_role("heading", name="One more step")).to_be_visible()


def test_another_voice_is_not(browser, login_url, shared_dir) -> None:
    page = open_login(browser, login_url, shared_dir, OTHER_VOICE)
    with page.expect_response("**/second-factor", timeout=TIMEOUT_MS) as response:
        page.get_by_role("button", name="Start").click()
    assert response.value.status == 401
    expect(page.get_by_text("Not recognised", exact=True)).to_be_visible()
    expect(page.get_by_role("button", name="Try again")).to_be_enabled()
    page.reload()
    expect(page.get_by_role("heading", name="One more step")).to_be_visible()


def test_what_is_not_forwarded_is_refused(login_url) -> None:
    with httpx.Client(base_url=login_url, follow_redirects=True, timeout=60) as visitor:
        assert visitor.put("/voice/score", json={}).status_code == 403
        assert visitor.post("/second-factor", json={"assertion": "x"}).status_code == 401
        assert visitor.post("/second-factor", json=["x"]).status_code == 401
        # A refusal comes before the body is read, so the connection ends.
        heads = {"Content-Type": "application/json", "Connection": "close"}
        deep = {"content": "[" * 200_000, "headers": heads}
        assert visitor.put("/voice/score", **deep).status_code == 403
        assert visitor.post("/second-factor", **deep).status_code == 401
        visitor.post("/password", data={"name": "ann", "password": "wrong"})
        assert visitor.post("/voice/challenges").status_code == 403
        visitor.post("/password", data={"name": "ann", "password": "open sesame"})
        assert visitor.put("/voice/train", json={}).status_code == 403
        posed = visitor.post("/voice/challenges?digits=3&speaker=bob").json()
        assert posed["speaker"] == "ann"
        half = {"content": b'{"assertion": "\\ud800.e30.x"}', "headers": heads}
        assert visitor.post("/second-factor", **half).status_code == 401
        elsewhere = {"Sec-Fetch-Site": "same-site"}
        for path in ("/leave", "/password", "/voice/challenges"):
            assert visitor.post(path, headers=elsewhere).status_code == 403, path
        assert "One more step" in visitor.get("/").text
        long = {"name": "n" * 400_000, "password": "wrong"}
        assert visitor.post("/password", data=long).status_code == 400, "names are kept"


def test_a_plain_attempt_and_other_files_are_not_forwarded(login_url, shared_dir) -> None:
    with httpx.Client(base_url=login_url, follow_redirects=True, timeout=60) as visitor:
        visitor.post("/password", data={"name": "ann", "password": "open sesame"})
        plain = spoken(shared_dir, VOICE, 1, NEW_TAKE)
        assert visitor.put("/voice/score", json=plain).status_code == 403
        visitor.post("/voice/challenges")
        assert visitor.put("/voice/score", json=plain).status_code == 403
        for file in ("..%2fdoc", "%2e%2e/doc", "js/%2e%2e/%2e%2e/doc", "js/..%2f..%2fspeakers"):
            assert visitor.get(f"/voice/static/{file}").status_code == 404, file
        assert visitor.get("/voice/static/js/cepstra-verify.js").status_code == 200


def test_whoever_is_locked_out_is_told_for_how_long(login_url, shared_dir) -> None:
    with httpx.Client(base_url=login_url, follow_redirects=True, timeout=60) as visitor:
        visitor.post("/password", data={"name": "ann", "password": "open sesame"})
        while (posed := visitor.post("/voice/challenges")).is_success:
            digits, challenge = posed.json()["digits"], posed.json()["challenge"]
            said = joined([spoken(shared_dir, OTHER_VOICE, d, 5) for d in digits], digits)
            visitor.put("/voice/score", json={**said, "challenge": challenge})
    assert posed.status_code == 429
    assert 0 < int(posed.headers["Retry-After"]) <= 30


def test_passwords_are_tried_five_times_whether_the_name_exists_or_not(login_url) -> None:
    for name in ("ann", "nobody"):
        body = {"name": name, "password": "wrong"}
        tries = [HTTP.post(f"{login_url}/password", data=body).status_code for _ in range(6)]
        assert tries == [401] * 5 + [429]
