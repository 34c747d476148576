"""The headers that tell browsers what they may do, and the pages elsewhere that may call."""

from __future__ import annotations

import pytest
from caller_driver import HTTP

from cepstra.api import create_app
from cepstra.config import Config, SettingError

ALLOWED, STRANGER = "https://shop.example", "https://attacker.example"


def directives(reply) -> dict[str, str]:
    policy = reply.headers["Content-Security-Policy"]
    return dict(part.strip().partition(" ")[::2] for part in policy.split(";"))


@pytest.mark.parametrize("path", ["/", "/doc", "/status", "/static/js/main.js", "/nowhere"])
def test_every_reply_carries_the_policy(module_server, path):
    reply = HTTP.get(module_server.url + path)
    policy = directives(reply)
    assert policy["default-src"] == "'none'"
    assert policy["script-src"] == policy["style-src"] == "'self'"
    assert policy["frame-ancestors"] == policy["base-uri"] == "'none'"
    assert "unsafe" not in reply.headers["Content-Security-Policy"]
    assert "microphone=(self)" in reply.headers["Permissions-Policy"]
    assert reply.headers["X-Content-Type-Options"] == "nosniff"
    assert reply.headers["Cross-Origin-Resource-Policy"] == "same-origin"
    assert reply.headers["Cross-Origin-Embedder-Policy"] == "require-corp"
    assert not reply.headers.get("Set-Cookie")
    assert "Strict-Transport-Security" not in reply.headers
    assert "Access-Control-Allow-Origin" not in reply.headers


def test_replies_are_not_kept_by_browsers(module_server):
    for path in ("/status", "/session"):
        assert HTTP.get(module_server.url + path).headers["Cache-Control"] == "no-store"


def test_whom_nobody_trusts_tells_of_no_tls(module_server):
    reply = HTTP.get(module_server.url, headers={"X-Forwarded-Proto": "https"})
    assert "Strict-Transport-Security" not in reply.headers


@pytest.fixture
def behind_tls(server_factory, auth_on):
    return server_factory(
        **auth_on,
        TRUSTED_PROXIES="2",  # the nearer one puts X-Forwarded-Proto anew
        CORS_ORIGINS=f"{ALLOWED}, http://b.example:8",
    )


def test_tls_in_front_and_the_allow_list(behind_tls):
    url = f"{behind_tls.url}/status"
    through = HTTP.get(url, headers={"X-Forwarded-Proto": "https"})
    assert "max-age" in through.headers["Strict-Transport-Security"]
    assert "Strict-Transport-Security" not in HTTP.get(url).headers

    def preflight(origin: str):
        asked = {"Access-Control-Request-Method": "PUT"}
        asked["Access-Control-Request-Headers"] = "authorization, content-type"
        return HTTP.options(f"{behind_tls.url}/score", headers={"Origin": origin, **asked})

    allowed = preflight(ALLOWED)
    assert allowed.status_code == 200
    assert allowed.headers["Access-Control-Allow-Origin"] == ALLOWED
    assert "Access-Control-Allow-Credentials" not in allowed.headers
    assert "authorization" in allowed.headers["Access-Control-Allow-Headers"].lower()
    refused = HTTP.get(url, headers={"Origin": ALLOWED})
    assert (refused.status_code, refused.headers["Access-Control-Allow-Origin"]) == (401, ALLOWED)
    for stranger in (STRANGER, "null", "https://shop.example.attacker.example"):
        assert "Access-Control-Allow-Origin" not in preflight(stranger).headers
        reply = HTTP.get(url, headers={"Origin": stranger})
        assert "Access-Control-Allow-Origin" not in reply.headers


@pytest.mark.parametrize("origin", ["*", "shop.example", "https://*.example", "https://a.b/path"])
def test_an_origin_that_is_none_is_named(tmp_path, origin):
    settings = {"DATABASE_URL": f"sqlite:///{tmp_path}/c.db", "CORS_ORIGINS": origin}
    with pytest.raises(SettingError, match="CORS_ORIGINS: expected origins such as"):
        create_app(Config.from_environment(settings))
