"""integrations/oidc with a real relying party: the login of docs/how-to/oidc.md, in a browser."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import parse_qs, urlsplit

import httpx
import jwt
import pytest
from answering_voice import put_voice_into, recordings
from caller_driver import HTTP, bearer, make_key
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
)
from digit_speaker import OTHER_VOICE as VOICE  # refused least, of the two
from digit_speaker import VOICE as OTHER_VOICE
from digit_speaker import enrol, joined, spoken
from oidc_driver import paths, run_oidc
from playwright.sync_api import Page, expect
from server_driver import free_port
from surroundings import ROOT

BRACKETS: Any = {"content": "[" * 200_000, "headers": {"Content-Type": "application/json"}}
HALF_A_CHARACTER: Any = {**BRACKETS, "content": b'{"assertion": "\\ud800.e30.x"}'}
ELSEWHERE = {"Sec-Fetch-Site": "same-site"}
DOCUMENT = (ROOT / "docs" / "how-to" / "oidc.md").read_text()
LOGIN = re.search(r"```python\n(.*?)```", DOCUMENT, re.DOTALL)[1]
STEP = re.compile(r'url="(/steps/[^"]+)"')
PASSWORD = """
@app.get("/password")
def password():
    session["password_given"] = "ann"
    return "given"
"""
SPEAK_WHEN_ASKED = """
document.addEventListener("cepstra-prompt", ({ detail }) => answeringVoice.say(detail.digit));
"""
WITHOUT_WORDS = """async () => {
  const files = ["cepstra-verify", "errors", "verdicts"];
  const kit = files.map((name) => import(`/voice/static/js/${name}.js`));
  const [{ STRINGS }, { TEXTS }, { ADVICE, EXPLANATIONS }] = await Promise.all(kit);
  const { strings } = document.querySelector("cepstra-verify");
  const keys = Object.keys({ ...STRINGS, ...TEXTS, ...ADVICE, ...EXPLANATIONS });
  return keys.filter((key) => key !== "good" && !strings[key]);
}"""
CHALLENGE = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"  # RFC 7636, appendix B
VERIFIER = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"
TIMEOUT_MS = 40_000


class Parties(NamedTuple):
    """A provider, a relying party, and what the latter knows."""

    issuer: str
    login: str
    secret: str
    hint_key: Ed25519PrivateKey
    subject: str
    settings: Mapping[str, str]  # the provider's and the relying party's, as their environment

    def hint(self, key: Ed25519PrivateKey | None = None, **changed: Any) -> str:
        now = int(time.time())
        claims = {"iss": "shop", "aud": self.issuer, "sub": self.subject, "speaker": "ann"}
        claims |= {"iat": now, "exp": now + 200, "jti": os.urandom(8).hex(), **changed}
        headers = {"typ": claims.pop("typ", "login-hint+jwt")}
        return jwt.encode(claims, key or self.hint_key, "EdDSA", headers=headers)

    def request(self, **changed: Any) -> dict[str, Any]:
        asked = {"response_type": "code", "client_id": "shop", "scope": "openid", "state": "s"}
        asked |= {"redirect_uri": f"{self.login}/voice/back", "login_hint": self.hint()}
        asked |= {"code_challenge": CHALLENGE, "code_challenge_method": "S256", **changed}
        return {name: value for name, value in asked.items() if value is not None}

    def redeem(self, code: str, **changed: Any) -> httpx.Response:
        form = {"grant_type": "authorization_code", "code": code, "code_verifier": VERIFIER}
        form |= {"redirect_uri": f"{self.login}/voice/back", **changed}
        return HTTP.post(f"{self.issuer}/token", data=form, auth=("shop", self.secret))


@pytest.fixture(scope="module")
def parties(guarded_server, shared_dir, tmp_path_factory) -> Iterator[Parties]:
    folder = tmp_path_factory.mktemp("oidc")
    subject = subject_of_enrolled(guarded_server, shared_dir)
    issuer, login = (f"http://127.0.0.1:{free_port()}" for _ in range(2))
    key = Ed25519PrivateKey.generate()
    public = key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    (folder / "public.pem").write_bytes(public)
    (folder / "keys.json").write_text(run_oidc(folder, "make-keys").stdout)
    back, keys = f"{login}/voice/back", folder / "public.pem"
    made = run_oidc(folder, "make-client", "shop", back, "--name", "The shop", "--hint-keys", keys)
    (folder / "clients.json").write_text(made.stdout)
    (folder / "login.py").write_text(LOGIN + PASSWORD)
    secret = made.stderr.strip().removeprefix("client_secret: ")
    pem = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()
    settings = {
        **paths(folder),
        "OIDC_ISSUER": issuer,
        "OIDC_CLIENTS": str(folder / "clients.json"),
        "OIDC_KEYS": str(folder / "keys.json"),
        "OIDC_DATABASE": str(folder / "oidc.db"),
        "CEPSTRA_URL": guarded_server.url,
        "CEPSTRA_KEY": make_key(guarded_server, "verify"),
        "SECRET_KEY": secret,
        "CLIENT_SECRET": secret,
        "HINT_KEY": pem,
        "ANN_SUBJECT": subject,
    }
    apps = {issuer: "oidc:create_app()", login: "login:app"}
    started = [serve(app, url, folder, settings) for url, app in apps.items()]
    try:
        with httpx.Client(transport=httpx.HTTPTransport(retries=9), timeout=60) as patient:
            for url in (f"{issuer}/jwks.json", f"{login}/password"):
                patient.get(url).raise_for_status()
        yield Parties(issuer, login, secret, key, subject, settings)
    finally:
        for process in started:
            process.terminate()
            process.wait(timeout=60)


def subject_of_enrolled(server, shared_dir: Path) -> str:
    """Have ann's voice known, and return her subject."""
    backend = bearer(make_key(server, "enrol", "verify"))
    enrol(server.url, shared_dir, "ann", VOICE, headers=backend)
    return str(HTTP.get(f"{server.url}/speakers/ann", headers=backend).json()["subject"])


def serve(app: str, url: str, folder: Path, settings: dict[str, str]) -> subprocess.Popen[bytes]:
    options = ["--bind", urlsplit(url).netloc, "--threads", "4"]
    command = [sys.executable, "-m", "gunicorn", app, *options, "--log-level", "warning"]
    return subprocess.Popen(command, cwd=folder, env=settings)


def begin(parties: Parties, browser: httpx.Client, **changed: Any) -> str:
    """Open the page of a new step, and return the address that it calls under."""
    browser.follow_redirects = True
    page = browser.get(f"{parties.issuer}/authorize", params=parties.request(**changed))
    step = STEP.search(page.raise_for_status().text)[1]
    browser.base_url = address = f"{parties.issuer}{step}"
    return address


def speak(browser: httpx.Client, shared_dir: Path, voice: str, take: int):
    """Answer a challenge by real frames, as the kit does, and return the reply."""
    posed = browser.post("/challenges").raise_for_status().json()
    said = [spoken(shared_dir, voice, digit, take) for digit in posed["digits"]]
    body = {**joined(said, posed["digits"]), "challenge": posed["challenge"]}
    reply = browser.put("/score", json=body).raise_for_status()
    return reply.json()


def speak_until_accepted(browser: httpx.Client, shared_dir: Path, takes: range):
    """Return the body that the page brings; whoever is refused by chance says it once more."""
    for take in takes:
        reply = speak(browser, shared_dir, VOICE, take)
        if reply["decision"] == "accept":
            return {"assertion": reply["assertion"]}
    raise AssertionError("refused each time")


def told(reply: httpx.Response) -> dict[str, str]:
    """Return what the relying party is told in the address that a browser is sent to."""
    assert reply.status_code == 302, reply.text
    values = parse_qs(urlsplit(reply.headers["Location"]).query)
    return {name: value for name, (value,) in values.items()}


def verify_until_accepted(page: Page) -> None:
    """Say the digits; whoever is refused by chance presses the button once more."""
    button = page.get_by_role("button", name=re.compile("Start|Try again"))
    for _ in range(3):
        with page.expect_response("**/given", timeout=TIMEOUT_MS) as given:
            button.click()
        if given.value.ok:
            page.wait_for_url("**/voice/back?*")
            return
    raise AssertionError("refused each time")


def test_a_login_that_stands_in_the_document_steps_up_by_voice(browser, parties, shared_dir):
    page = browser.new_page()
    put_voice_into(page, recordings(shared_dir, VOICE, range(9, 12)))
    page.add_init_script(SPEAK_WHEN_ASKED)
    page.goto(f"{parties.login}/voice")
    assert "Forbidden" in page.content(), "the first factor comes first"
    page.goto(f"{parties.login}/password")
    begun_at = int(time.time())
    page.goto(f"{parties.login}/voice")
    assert "The shop asks whether it is you, ann." in page.content()
    page.reload()
    assert "hint" not in page.url
    verify_until_accepted(page)
    claims = json.loads(page.locator("body").inner_text())
    expected = {"welcome": "ann", "sub": parties.subject, "amr": ["vbm"], "aud": ["shop"]}
    expected |= {"iss": parties.issuer, "acr": f"{parties.issuer}/acr/voice"}
    assert claims.items() >= expected.items()
    assert claims["auth_time"] >= begun_at, "max_age=0 is kept"
    page.goto(f"{parties.login}/voice")
    page.get_by_role("button", name="Another way").click()
    page.wait_for_url(f"{parties.login}/another-way")
    page.goto(f"{parties.login}/voice")
    back = page.request.post(f"{page.url}/another-way", max_redirects=0)  # as another tab would
    told_back = parse_qs(urlsplit(back.headers["location"]).query)
    assert (told_back["error"], told_back["iss"]) == (["access_denied"], [parties.issuer])
    page.get_by_role("button", name="Start").click()
    expect(page.get_by_role("heading")).to_have_text("This step is over")
    page.context.close()


def test_a_browser_that_prefers_german_is_asked_in_german(browser, parties):
    page = browser.new_page(locale="de-CH")
    page.goto(f"{parties.login}/password")
    page.goto(f"{parties.login}/voice")
    expect(page.get_by_role("heading")).to_have_text("Noch ein Schritt")
    expect(page.get_by_role("button", name="Los")).to_be_visible()
    assert page.evaluate(WITHOUT_WORDS) == []
    page.request.post(f"{page.url}/another-way", max_redirects=0)  # as another tab would
    page.get_by_role("button", name="Los").click()
    expect(page.get_by_role("heading")).to_have_text("Dieser Schritt ist vorbei")
    page.context.close()


def test_a_code_opens_once_and_only_for_the_assertion_of_its_step(parties, shared_dir):
    with httpx.Client(timeout=60) as browser, httpx.Client(timeout=60) as other:
        for one in (browser, other):
            begin(parties, one, nonce="n")
        tab = begin(parties, browser, nonce="of another tab", state="t")
        assert browser.post("/challenges", headers=ELSEWHERE).status_code == 403
        assert other.post(f"{tab}/challenges").status_code == 403, "a step is its browser's"
        begin(parties, browser, nonce="n")
        assert browser.post(f"{tab}/challenges").is_success
        given = speak_until_accepted(browser, shared_dir, range(2, 5))
        speak(other, shared_dir, OTHER_VOICE, 7)
        assert other.post("/given", json=given).status_code == 401
        assert browser.post(f"{tab}/given", json=given).status_code == 401, "nor another tab's"
        reply = browser.post("/given", json=given).raise_for_status()
        back = dict(parse_qs(urlsplit(reply.json()["location"]).query))
        assert (back["state"], back["iss"]) == (["s"], [parties.issuer])
        again = browser.post("/given", json=given)
        assert again.status_code == 403, "the step is done"
    (code,) = back["code"]
    claims = read(parties, parties.redeem(code).raise_for_status().json()["id_token"])
    assert (claims["sub"], claims["nonce"], claims["amr"]) == (parties.subject, "n", ["vbm"])
    assert parties.redeem(code).json()["error"] == "invalid_grant"


def test_tabs_that_are_opened_together_each_keep_their_step(parties):
    with httpx.Client(timeout=60) as browser:
        url = f"{parties.issuer}/authorize"
        asked = [browser.build_request("GET", url, params=parties.request()) for _ in range(3)]
        sent = [browser.send(each, follow_redirects=True) for each in asked]
        pages = [each.raise_for_status().text for each in sent]
        tabs = [f"{parties.issuer}{STEP.search(page)[1]}" for page in pages]
        for tab in tabs:
            assert browser.post(f"{tab}/challenges").is_success
        browser.cookies.clear()
        for tab in tabs:
            browser.cookies.set("voice_step", "x", path=urlsplit(tab).path)
            assert browser.post(f"{tab}/challenges").status_code == 403


def read(parties: Parties, token: str) -> dict[str, Any]:
    keys = jwt.PyJWKSet.from_dict(HTTP.get(f"{parties.issuer}/jwks.json").json())
    assert set(keys.keys[0]._jwk_data) == {"kty", "n", "e", "kid", "alg", "use"}, "public alone"
    key = keys[jwt.get_unverified_header(token)["kid"]]
    return jwt.decode(token, key, ["RS256"], audience="shop", issuer=parties.issuer)


def test_another_voice_gets_no_code_and_another_verifier_no_token(parties, shared_dir):
    with httpx.Client(timeout=60) as browser:
        begin(parties, browser)
        for method, path, status in (("PUT", "/score", 403), ("POST", "/given", 401)):
            reply = browser.request(method, path, **BRACKETS)
            assert reply.status_code == status, "nested deeper than a parser goes"
        browser.post("/challenges").raise_for_status()
        reply = browser.post("/given", **HALF_A_CHARACTER)
        assert reply.status_code == 401
        rejected = speak(browser, shared_dir, OTHER_VOICE, 8)["assertion"]
        reply = browser.post("/given", json={"assertion": rejected})
        assert reply.status_code == 401
        plain = spoken(shared_dir, VOICE, 1, 8)
        assert browser.put("/score", json=plain).status_code == 403
        accepted = speak_until_accepted(browser, shared_dir, range(5, 8))
        reply = browser.post("/given", json=accepted).raise_for_status()
    (code,) = parse_qs(urlsplit(reply.json()["location"]).query)["code"]
    assert parties.redeem(code, code_verifier="x" * 43).json()["error"] == "invalid_grant"
    assert parties.redeem(code).json()["error"] == "invalid_grant", "it was shown already"
    form = {"grant_type": "authorization_code"}
    for header in (b"", b"Basic c2hvcDrp", b"Basic \xff"):  # the second is shop:\xe9
        wrong = HTTP.post(f"{parties.issuer}/token", data=form, headers={"Authorization": header})
        assert (wrong.status_code, wrong.json()["error"]) == (401, "invalid_client")


def test_whom_nobody_vouches_for_is_not_asked(parties):
    def refused(**changed: Any) -> str:
        url, asked = f"{parties.issuer}/authorize", parties.request(**changed)
        answer = told(HTTP.get(url, params=asked))
        assert (answer["error"], answer["state"]) == ("invalid_request", "s")
        return answer["error_description"]

    late, soon = int(time.time()) - 10, int(time.time()) + 1000
    critical = "eyJhbGciOiJFZERTQSIsImNyaXQiOjF9.e30.x"  # {"alg":"EdDSA","crit":1}
    for hint in (None, "ann", critical, parties.hint(Ed25519PrivateKey.generate())):
        assert "a JWT signed by shop" in refused(login_hint=hint)
    used = parties.hint()
    asked = parties.request(login_hint=used)
    assert HTTP.get(f"{parties.issuer}/authorize", params=asked).status_code == 303
    assert "a jti never used before" in refused(login_hint=used)
    wrong_claims = [{"iss": "x"}, {"aud": "x"}, {"exp": late}, {"exp": soon}, {"sub": 1}]
    for wrong in (*wrong_claims, {"exp": 10**400}, {"sub": "\ud800"}, {"speaker": "\ud800"}):
        assert refused(login_hint=parties.hint(**wrong)).startswith("login_hint: expected")
    assert "typ login-hint+jwt" in refused(login_hint=parties.hint(typ="JWT"))


@pytest.mark.parametrize(
    ("changed", "error"),
    [
        ({"code_challenge": None}, "invalid_request"),
        ({"code_challenge_method": "plain"}, "invalid_request"),
        ({"max_age": "soon"}, "invalid_request"),
        ({"response_mode": "form_post"}, "invalid_request"),
        ({"request": "x"}, "request_not_supported"),
        ({"prompt": "none"}, "login_required"),
        ({"scope": "email"}, "invalid_scope"),
        ({"response_type": "token"}, "unsupported_response_type"),
    ],
)
def test_what_is_not_offered_is_refused_by_name(parties, changed, error):
    reply = HTTP.get(f"{parties.issuer}/authorize", params=parties.request(**changed))
    assert (told(reply)["error"], told(reply)["iss"]) == (error, parties.issuer)


def test_nobody_is_sent_where_the_client_did_not_say(parties):
    url = f"{parties.issuer}/authorize"
    for changed in ({"redirect_uri": 'https://elsewhere.example/"é'}, {"client_id": "nobody"}):
        assert HTTP.get(url, params=parties.request(**changed)).status_code == 400
    twice = [*parties.request().items(), ("state", "t")]
    assert HTTP.get(url, params=twice).status_code == 400
    assert httpx.post(f"{parties.issuer}/steps/x/challenges").status_code == 403


def test_whoever_is_locked_out_is_told_for_how_long(parties, guarded_server, shared_dir):
    backend = bearer(make_key(guarded_server, "enrol"))
    enrol(guarded_server.url, shared_dir, "lena", VOICE, [0], range(6), headers=backend)
    with httpx.Client(timeout=60) as browser:
        begin(parties, browser, login_hint=parties.hint(speaker="lena"))
        for take in range(5):
            speak(browser, shared_dir, OTHER_VOICE, take)
        refused = browser.post("/challenges")
    assert refused.status_code == 429
    assert 0 < int(refused.headers["Retry-After"]) <= 30


def test_the_log_tells_why_an_assertion_is_not_believed(parties, shared_dir, monkeypatch, caplog):
    monkeypatch.syspath_prepend(str(ROOT / "integrations"))
    from oidc.hint import Person
    from oidc.settings import Settings
    from oidc.voice import Voice

    with httpx.Client(timeout=60) as browser:
        begin(parties, browser)
        given = speak_until_accepted(browser, shared_dir, range(9, 12))
    settings = Settings.from_environment({**parties.settings, "ASSERTION_AUDIENCE": "another"})
    assert not Voice(settings).accepts(given["assertion"], Person("ann", parties.subject), "")
    assert "InvalidAudienceError" in caplog.text
