"""Auth is off on this machine alone; anywhere else nothing starts without its secrets."""

import json
from secrets import token_hex

import pytest
from caller_driver import HTTP
from surroundings import ROOT
from test_start_up import start

from cepstra.api import create_app
from cepstra.cli.make_secrets import FRESH
from cepstra.config import Config, SettingError, secrets
from cepstra.store.keyring import make_key


def fresh_secrets() -> dict[str, str]:
    lines = start("-m", "cepstra", "make-secrets").stdout.split()
    return dict(line.split("=", 1) for line in lines)


@pytest.mark.parametrize(
    ("settings", "is_on"),
    [
        ({}, False),
        ({"HOST": "localhost"}, False),
        ({"HOST": "::1"}, False),
        ({"PORT": "8080"}, False),
        ({"HOST": "0.0.0.0"}, True),
        ({"HOST": "::"}, True),
        ({"HOST": "192.168.1.7"}, True),
        ({"HOST": "cepstra.example"}, True),
        ({"DYNO": "web.1"}, True),
        ({"AUTH": "on"}, True),
        ({"AUTH": "off"}, False),
    ],
)
def test_auth_is_on_wherever_others_could_call(settings, is_on):
    assert Config.from_environment(settings).auth_is_on is is_on


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ({"HOST": "0.0.0.0"}, "Not set: DATA_KEYS, SIGNING_KEYS"),
        ({"DATABASE_URL": "postgresql://localhost/cepstra"}, "Not set: DATA_KEYS"),
        ({"HOST": "0.0.0.0"}, "cepstra make-secrets"),
        ({"HOST": "0.0.0.0", "AUTH": "off"}, "AUTH: off is for 127.0.0.1 only"),
        ({"AUTH": "off", "DYNO": "web.1"}, "got a dyno"),
        ({"AUTH": "maybe"}, "expected auto, on or off, got 'maybe'"),
        (
            {"HOST": "0.0.0.0", "SIGNING_KEYS": "short", "DATA_KEYS": make_key()},
            "SIGNING_KEYS: expected 32 bytes",
        ),
    ],
)
def test_unsafe_settings_are_refused_before_anything_is_served(tmp_path, settings, words):
    config = Config.from_environment({"DATABASE_URL": f"sqlite:///{tmp_path}/c.db", **settings})
    with pytest.raises(SettingError, match=words):
        create_app(config)


@pytest.mark.parametrize(
    ("bind", "settings"),
    [
        ([], {"HOST": "0.0.0.0"}),
        ([], {"DYNO": "web.1"}),
        (["--bind", "0.0.0.0:0"], {}),
        (["--bind", "0.0.0.0:0"], {"AUTH": "off"}),
    ],
)
def test_gunicorn_does_not_start_where_others_could_call(tmp_path, bind, settings):
    database = {"DATABASE_URL": f"sqlite:///{tmp_path}/c.db"}
    done = start("-m", "gunicorn", "api:app", *bind, **database, **settings)
    assert done.returncode == 2
    assert "Cepstra does not start." in done.stderr
    assert "Traceback" not in done.stderr


def test_every_secret_can_be_made_and_then_the_service_starts(server_factory):
    made = fresh_secrets()
    assert set(made) == set(FRESH) == {spec.name.upper() for spec in secrets()}
    server = server_factory(AUTH="on", **made)
    assert HTTP.get(f"{server.url}/session").json()["auth"] == "on"


def test_secrets_are_fresh_each_time_and_in_no_repr():
    first, second = fresh_secrets(), fresh_secrets()
    assert all(first[name] != second[name] for name in first)
    config = Config.from_environment(first)
    assert not any(text in repr(config) for text in first.values())


def test_what_heroku_makes_for_the_secrets_is_taken(tmp_path):
    declared = json.loads((ROOT / "app.json").read_text())["env"]
    made = {name for name, setting in declared.items() if setting.get("generator") == "secret"}
    assert made == set(FRESH)
    settings = {name: token_hex(32) for name in made}
    database = {"DATABASE_URL": f"sqlite:///{tmp_path}/c.db", "DYNO": "web.1"}
    app = create_app(Config.from_environment({**database, **settings, "AUDIT_LOG": "none"}))
    assert app.test_client().get("/session").get_json()["auth"] == "on"


def test_local_callers_alone_are_answered_while_auth_is_off(live_server):
    assert HTTP.get(f"{live_server.url}/session").json()["auth"] == "off"
    for headers in (
        {"X-Forwarded-For": "203.0.113.7"},
        {"Forwarded": "for=203.0.113.7"},
        {"Via": "1.1 proxy"},
        {"X-Real-IP": "203.0.113.7"},
        {"CF-Connecting-IP": "203.0.113.7"},
        {"X-Forwarded-Proto": "https"},
        {"Origin": "https://attacker.example"},
        {"Origin": "null"},
        {"Origin": "http://127.0.0.1:1"},
        {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "no-cors"},
        {"Sec-Fetch-Site": "same-site", "Sec-Fetch-Mode": "cors"},
        {"Host": "attacker.example"},
        {"Host": f"attacker.example:{live_server.port}"},
    ):
        for path in ("/session", "/status", "/"):
            reply = HTTP.get(live_server.url + path, headers=headers)
            assert (reply.status_code, reply.json()["code"]) == (403, 403), headers
    assert HTTP.get(f"http://localhost:{live_server.port}/session").status_code == 200
    own = {"Origin": live_server.url, "Sec-Fetch-Site": "same-origin"}
    assert HTTP.get(f"{live_server.url}/session", headers=own).status_code == 200


@pytest.mark.parametrize("verb", ["GET", "POST", "PUT", "DELETE", "HEAD", "OPTIONS"])
def test_no_method_answers_another_site_s_page_while_auth_is_off(module_server, verb):
    for headers in (
        {"Origin": "https://attacker.example"},
        {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "navigate"},
    ):
        reply = HTTP.request(verb, f"{module_server.url}/status", headers=headers)
        assert reply.status_code == 403


def test_a_link_elsewhere_opens_the_page(module_server):
    headers = {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "navigate"}
    assert HTTP.get(module_server.url, headers=headers).status_code == 200
