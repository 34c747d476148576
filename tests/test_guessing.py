"""Guessing: rejected attempts lock, wrong passwords lock, and too many calls are refused."""

from __future__ import annotations

import socket
from datetime import timedelta

import pytest
from caller_driver import HTTP, PASSWORD, bearer, create_account, make_key, sign_in
from digit_speaker import OTHER_VOICE, Speaker, joined

from cepstra.api import create_app
from cepstra.config import Config, SettingError
from cepstra.verification.lockout import LONGEST_DELAY, LockoutRule

pytestmark = pytest.mark.every_database


@pytest.fixture(scope="module")
def server(serve, auth_on):
    return serve(**auth_on, LOCKOUT_AFTER="2")


def assert_told_to_wait(reply, field: str | None, most_s: int) -> None:
    body = reply.json()
    assert reply.status_code == 429, body
    assert body.keys() == {"code", "message", "description", "errors"}
    assert list(body["errors"]) == ([field] if field else [])
    assert 0 < int(reply.headers["Retry-After"]) <= most_s


def end_the_wait(server) -> None:
    server.database.execute("UPDATE lockouts SET locked_until = '2020-01-01 00:00:00'")


def status(speaker: Speaker) -> dict:
    reply = HTTP.get(f"{speaker.server.url}/status", headers=bearer(speaker.token))
    return reply.raise_for_status().json()


def test_delays_double_up_to_a_day():
    rule = LockoutRule(after=3, first_delay_s=30)
    delays = [rule.delay(rejects) for rejects in range(7)]
    assert delays[:3] == [None] * 3
    assert [delay.total_seconds() for delay in delays[3:]] == [30, 60, 120, 240]
    assert rule.delay(10_000) == LockoutRule(3, 31_536_000).delay(10_000) == LONGEST_DELAY


def test_tries_after_a_lock_need_more_each_time_up_to_a_bound():
    offsets = [LockoutRule(after=3).threshold_offset(tries) for tries in range(10)]
    assert offsets == [0, 0, 0, 0, 1, 2, 3, 3, 3, 3]


def test_rejected_attempts_lock_for_longer_each_time_and_status_shows_it(server, shared_dir):
    ann = Speaker(server, "ann", shared_dir)
    assert (status(ann)["rejects"], status(ann)["locked_until"]) == (0, None)
    open_one = ann.challenge()
    for wait_s in (30, 60):
        while status(ann)["locked_until"] is None:
            assert (
                ann.answer_at_once(ann.challenge(), voice=OTHER_VOICE).json()["decision"]
                == "reject"
            )
        assert_told_to_wait(ann.answer_at_once(open_one), "speaker", wait_s)
        assert_told_to_wait(ann.put("/score", ann.say([4])[0]), "speaker", wait_s)
        asked = HTTP.post(f"{server.url}/challenges", headers=bearer(ann.token))
        assert_told_to_wait(asked, "speaker", wait_s)
        assert int(asked.headers["Retry-After"]) > wait_s / 2
        end_the_wait(server)
    while ann.answer_at_once(ann.challenge(n_digits=6)).json()["decision"] != "accept":
        end_the_wait(server)  # after a lock more is asked for, which not every try of one's own has
    assert (status(ann)["rejects"], status(ann)["locked_until"]) == (0, None)


@pytest.mark.sqlite_is_enough
def test_plain_attempts_count_too_and_errors_do_not(server, shared_dir):
    ann = Speaker(server, "plain-ann", shared_dir)
    for _ in range(4):
        assert ann.put("/score", {"mfcc": [[1.0, 2.0]]}).status_code == 409
    ann.put("/test", ann.say([4])[0]).raise_for_status()
    for _ in range(2):
        digits = range(5)
        other = joined(ann.say(digits, OTHER_VOICE), digits)
        assert ann.put("/score", other).json()["decision"] == "reject"
    assert_told_to_wait(ann.put("/score", ann.say([4])[0]), "speaker", 30)


def test_unknown_speakers_are_locked_like_known_ones(server):
    backend = bearer(make_key(server, "verify"))
    for _ in range(2):
        asked = HTTP.post(f"{server.url}/challenges?speaker=nobody", headers=backend).json()
        message = {"mfcc": [[1.0, 2.0]] * 60, "challenge": asked["challenge"]}
        message["segments"] = [{"digit": 1, "frames": 60}]
        HTTP.put(f"{server.url}/score?speaker=nobody", json=message, headers=backend)
    asked = HTTP.post(f"{server.url}/challenges?speaker=nobody", headers=backend)
    assert_told_to_wait(asked, "speaker", 30)


def test_wrong_passwords_lock_the_name_whether_it_exists_or_not(server):
    create_account(server, "bob")
    for name in ("bob", "somebody"):
        for _ in range(2):
            wrong = {"name": name, "password": "not the password"}
            assert HTTP.post(f"{server.url}/session", json=wrong).status_code == 401
        right = {"name": name, "password": PASSWORD}
        assert_told_to_wait(HTTP.post(f"{server.url}/session", json=right), "name", 30)
    end_the_wait(server)
    sign_in(server, "bob")


def test_rejections_of_last_year_count_no_more(server):
    wrong = {"name": "seldom", "password": "not the password"}
    for _ in range(3):
        assert HTTP.post(f"{server.url}/session", json=wrong).status_code == 401
        server.database.execute("UPDATE lockouts SET updated_at = '2020-01-01 00:00:00'")
    rows = "SELECT rejects FROM lockouts WHERE alias = 'seldom'"
    assert server.database.execute(rows) == [(1,)]


def test_deleting_forgets_the_rejections(server, shared_dir):
    def locked() -> list:
        rows = "SELECT kind, rejects FROM lockouts WHERE alias = 'deleted-ann' ORDER BY kind"
        return server.database.execute(rows)

    ann = Speaker(server, "deleted-ann", shared_dir)
    for _ in range(2):
        ann.answer_at_once(ann.challenge(), voice=OTHER_VOICE)
    assert locked() == [("posed", 2), ("voice", 2)]
    HTTP.delete(f"{server.url}/delete", headers=bearer(ann.token)).raise_for_status()
    assert locked() == []


@pytest.mark.sqlite_is_enough
@pytest.mark.parametrize("what", ["ADDRESS", "TOKEN", "SPEAKER"])
def test_too_many_calls_are_refused(server_factory, auth_on, what):
    server = server_factory(**{**auth_on, f"RATE_LIMIT_{what}": "4 per minute"})
    one, other = (bearer(make_key(server, "verify")) for _ in range(2))

    def call(speaker: str, headers: dict) -> int:
        url = f"{server.url}/status?speaker={speaker}"
        reply = HTTP.get(url, headers=headers)
        if reply.status_code == 429:
            assert_told_to_wait(reply, None, 60)
        return reply.status_code

    answers = [call(name, one) for name in 3 * ("zoë", "zoe\u0308")]  # one name
    assert answers[-1] == 429
    assert (call("bob", one) == 429) == (what in ("ADDRESS", "TOKEN"))
    assert (call("zoë", other) == 429) == (what in ("ADDRESS", "SPEAKER"))


@pytest.mark.sqlite_is_enough
def test_a_redis_that_stands_still_holds_nobody_up_and_calls_count_nevertheless(
    server_factory, auth_on
):
    with socket.create_server(("127.0.0.1", 0)) as silent:  # the kernel connects, nobody answers
        storage = f"redis://127.0.0.1:{silent.getsockname()[1]}"
        rates = {"RATE_LIMIT_STORAGE": storage, "RATE_LIMIT_SIGN_IN": "3 per day"}
        server = server_factory(**{**auth_on, **rates})
        replies = [HTTP.post(f"{server.url}/session", json={}) for _ in range(4)]
    assert [reply.status_code for reply in replies] == [400, 400, 400, 429]
    assert max(reply.elapsed for reply in replies) < timedelta(seconds=5)  # it took ten


@pytest.mark.sqlite_is_enough
def test_all_addresses_of_one_network_are_counted_together(server_factory, auth_on):
    rates = {"RATE_LIMIT_SIGN_IN": "2 per day", "TRUSTED_PROXIES": "1"}
    server = server_factory(**{**auth_on, **rates})

    def status_from(address: str) -> int:
        body = {"name": address.strip("[").replace(":", " "), "password": PASSWORD}
        told = {"X-Forwarded-For": address}
        return HTTP.post(f"{server.url}/session", json=body, headers=told).status_code

    for first, second, third, elsewhere in (
        ("2001:db8::1", "2001:db8::2:3", "[2001:db8::4]:443", "2001:db8:0:1::1"),
        ("192.0.2.1", "192.0.2.1:1024", "::ffff:192.0.2.1", "192.0.2.2"),
    ):
        statuses = [status_from(each) for each in (first, second, third, elsewhere)]
        assert statuses == [401, 401, 429, 401]


@pytest.mark.sqlite_is_enough
def test_too_many_sign_ins_are_refused(server_factory, auth_on):
    server = server_factory(**{**auth_on, "RATE_LIMIT_SIGN_IN": "3 per minute"})
    for index in range(3):
        wrong = {"name": f"name-{index}", "password": "not the password"}
        assert HTTP.post(f"{server.url}/session", json=wrong).status_code == 401
    new = {"name": "new", "password": PASSWORD}
    for path in ("/session", "/user"):
        assert_told_to_wait(HTTP.post(server.url + path, json=new), None, 60)
    assert HTTP.get(f"{server.url}/session").status_code == 200


def test_a_rate_that_is_none_is_named(tmp_path, auth_on):
    settings = {**auth_on, "DATABASE_URL": f"sqlite:///{tmp_path}/c.db"}
    config = Config.from_environment({**settings, "RATE_LIMIT_TOKEN": "often"})
    with pytest.raises(SettingError, match="RATE_LIMIT_TOKEN: expected a rate"):
        create_app(config)
