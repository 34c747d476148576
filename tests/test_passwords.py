"""Passwords: which are taken, how one is changed, and what asks for it again."""

from __future__ import annotations

import numpy as np
import pytest
from caller_driver import (
    HTTP,
    PASSWORD,
    Caller,
    bearer,
    create_account,
    make_key,
    older,
    sign_in,
)
from digit_speaker import OTHER_VOICE, VOICE, Speaker, spoken
from test_embedding_mode import embedded

from cepstra.verification.password_rule import is_guessable

pytestmark = pytest.mark.every_database

NEW = "a quite different phrase"


@pytest.mark.sqlite_is_enough
@pytest.mark.parametrize(
    "password",
    [
        "passwordpassword", "Password12345678", "P@ssw0rd!P@ssw0rd!", "123456789012345",
        "qwertyuiopasdfghjkl", "aaaaaaaaaaaaaaaa", "abcabcabcabcabcabc", "iloveyou-iloveyou1",
        "correcthorsebatterystaple", "geheimgeheim2026", "letmein!letmein!", "ann.miller.1234567",
        "welcome.to.cepstra", "zyxwvutsrqponmlk", "1qaz2wsx3edc4rfv", "1q2w3e4r5t6y7u8i9o",
        "zaq12wsxcde34rfv", "qazwsxedcrfvtgb", "manchesterunited", "thisismypassword",
        "iloveyousomuch123", "correct horse battery staple", "fifteen letters",
    ],
)  # fmt: skip
def test_what_is_guessed_first_is_no_password(guarded_server, password):
    body = {"name": "ann.miller", "password": password}
    reply = HTTP.post(f"{guarded_server.url}/user", json=body)
    assert (reply.status_code, list(reply.json()["errors"])) == (400, ["password"])


@pytest.mark.parametrize(
    "password",
    [PASSWORD, "Der Mond ist aufgegangen", "x7!qLm2#vR9$kTz", "tree snow lamp", NEW + 90 * "é"],
)
def test_what_is_not_guessed_first(password):
    assert not is_guessable(password, "ann")


@pytest.mark.sqlite_is_enough
@pytest.mark.parametrize("password", ["x7!qLm2#vR9$kT", "tiny"])
def test_a_new_password_is_long(guarded_server, password):
    body = {"name": "short", "password": password}
    reply = HTTP.post(f"{guarded_server.url}/user", json=body)
    assert (reply.status_code, list(reply.json()["errors"])) == (400, ["password"])
    assert f"at least 15 characters, got {len(password)}" in reply.json()["description"]


def change(server, token: str, password: str, new_password: str):
    body = {"password": password, "new_password": new_password}
    return HTTP.put(f"{server.url}/user", json=body, headers=bearer(token))


def test_a_password_is_changed_and_all_sessions_end(guarded_server):
    create_account(guarded_server, "changer")
    one, other = (sign_in(guarded_server, "changer") for _ in range(2))
    assert change(guarded_server, one, "not the password", NEW).status_code == 401
    assert change(guarded_server, one, PASSWORD, "passwordpassword").status_code == 400
    changed = change(guarded_server, one, PASSWORD, NEW)
    assert changed.status_code == 200
    url = f"{guarded_server.url}/status"
    tokens = (one, other, changed.json()["token"])
    assert [HTTP.get(url, headers=bearer(token)).status_code for token in tokens] == [401, 401, 200]
    for password, status in ((PASSWORD, 401), (NEW, 201)):
        body = {"name": "changer", "password": password}
        assert HTTP.post(f"{guarded_server.url}/session", json=body).status_code == status


@pytest.mark.sqlite_is_enough
def test_a_key_changes_no_password(guarded_server):
    assert change(guarded_server, make_key(guarded_server), PASSWORD, NEW).status_code == 403


def test_what_a_voice_depends_on_asks_for_the_password_again(server_factory, auth_on):
    server = server_factory(**{**auth_on, "PASSWORD_FRESH_S": "60"})
    create_account(server, "ann")
    token = older(server, sign_in(server, "ann"), 61)
    message = {"mfcc": [[1.0, 2.0]] * 30}
    calls = [
        ("GET", "/export"), ("DELETE", "/delete"), ("DELETE", "/speakers/ann"),
        ("DELETE", "/speakers/ann/takes/x"), ("DELETE", "/speakers/ann/devices/x"),
        ("PUT", "/train"), ("PUT", "/test"), ("POST", "/consent"),
    ]  # fmt: skip
    for verb, path in calls:
        body = message if verb == "PUT" else None
        reply = HTTP.request(verb, server.url + path, json=body, headers=bearer(token))
        assert (reply.status_code, list(reply.json()["errors"])) == (403, ["session"]), path
    assert HTTP.get(f"{server.url}/status", headers=bearer(token)).status_code == 200
    assert HTTP.post(f"{server.url}/challenges", headers=bearer(token)).status_code == 201
    again = bearer(sign_in(server, "ann"))
    assert HTTP.get(f"{server.url}/export", headers=again).status_code == 200


@pytest.mark.sqlite_is_enough
def test_a_session_of_a_machine_whose_clock_is_ahead_is_taken(guarded_server):
    create_account(guarded_server, "early")
    token = older(guarded_server, sign_in(guarded_server, "early"), -5)
    assert Caller(guarded_server, token)("GET", "/session")["speaker"] == "early"
    assert Caller(guarded_server, token).ask("GET", "/export").status_code == 200


def test_a_password_alone_puts_no_other_voice_under_a_subject(guarded_server, shared_dir):
    speaker = Speaker(guarded_server, "proven", shared_dir, range(5))
    call = Caller(guarded_server, speaker.token)

    def forget_a_take(expected: int) -> list[str]:
        take = call("GET", "/status")["training_log"][-1]["take"]
        told = call("DELETE", f"/speakers/proven/takes/{take}", expected=expected)
        return list(told.get("errors", ()))

    def prove() -> None:
        assert speaker.answer(speaker.challenge()).json()["decision"] == "accept"

    forget_a_take(200)  # nobody was let in yet
    prove()
    forget_a_take(200)
    for table in ("takes", "fingerprints"):
        guarded_server.database.execute(f"UPDATE {table} SET created_at = '2026-01-01 00:00:00'")
    assert forget_a_take(403) == ["voice"]
    added = [speaker.train(digit, take).status_code for take in range(5, 10) for digit in range(5)]
    assert added == 20 * [200] + 5 * [403]
    assert list(speaker.train(0, 11).json()["errors"]) == ["voice"]
    prove()
    assert speaker.train(0, 11).status_code == 200
    forget_a_take(200)


@pytest.mark.sqlite_is_enough
def test_of_many_takes_of_another_voice_none_are_chosen_until_it_is_accepted(
    guarded_server, shared_dir
):
    """Else of 54, twenty came through, and the voice with them."""
    speaker = Speaker(guarded_server, "chosen", shared_dir)
    assert speaker.answer(speaker.challenge()).json()["decision"] == "accept"
    tried = [
        speaker.put("/train", {**spoken(shared_dir, OTHER_VOICE, digit, take), "digit": digit})
        for take in range(2, 9)
        for digit in range(10)
    ]
    assert sum(reply.is_success for reply in tried) <= 5
    assert not any(reply.is_success for reply in tried[20:])
    assert "voice" in {name for reply in tried if reply.is_error for name in reply.json()["errors"]}
    others = [speaker.answer(speaker.challenge(), voice=OTHER_VOICE) for _ in range(3)]
    assert [reply.json()["decision"] for reply in others] == 3 * ["reject"]


@pytest.mark.sqlite_is_enough
def test_a_password_alone_drives_no_voice_out(guarded_server, shared_dir):
    """Neither pauses, of which twelve takes of 20 s left room for no other, nor an embedding."""
    speaker = Speaker(guarded_server, "driven", shared_dir, range(5))
    words = iter(range(5, 12))

    def add(n_frames: int) -> int:
        take = spoken(shared_dir, VOICE, 0, next(words))
        n_more = n_frames - len(take["mfcc"])
        pause = np.random.default_rng(1).normal([-60] + 19 * [0], 1, (n_more, 20)).round(1)
        take = {**take, "mfcc": take["mfcc"] + pause.tolist()}
        return int(speaker.put("/train", take).status_code)

    assert speaker.answer(speaker.challenge()).json()["decision"] == "accept"
    assert add(401) == 200
    guarded_server.database.execute("UPDATE fingerprints SET created_at = '2026-01-01 00:00:00'")
    assert (add(401), add(400)) == (403, 200)
    sent = embedded(spoken(shared_dir, VOICE, 0, 11))
    assert list(speaker.put("/train", sent).json()["errors"]) == ["voice"]
