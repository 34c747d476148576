"""What clients of a service with auth on do: challenged logins, and takes that are looked at."""

from __future__ import annotations

import asyncio
import itertools
import secrets
from collections.abc import Iterator
from contextlib import contextmanager

import orjson

from benchmarks.load import Call, once, request
from benchmarks.messages import N_MESSAGES, Voice
from benchmarks.server import Server, server
from cepstra.store import Store
from cepstra.store.keyring import make_key, parse_keys
from cepstra.verification import api_keys

N_SPEAKERS = 10
N_TAKES = 20  # of every speaker before anything is measured
LOGIN, TRAIN = "login, 5 digits", "/train, check_digit"
NO_LIMIT = "1000000 per minute"
LIMITS = {
    **{f"RATE_LIMIT_{kind}": NO_LIMIT for kind in ("ADDRESS", "TOKEN", "SPEAKER", "WORK")},
    "LOCKOUT_AFTER": "1000000",
    "CHALLENGES_PER_HOUR": "1000000",
}


@contextmanager
def guarded_service(store: str, workers: int, threads: int) -> Iterator[tuple[Server, str]]:
    """Start a service with auth on, on "sqlite" or "postgresql"; yield it and a key to it."""
    keys, signing = make_key(), secrets.token_hex(32)
    settings = {**LIMITS, "AUTH": "on", "DATA_KEYS": keys, "SIGNING_KEYS": signing}
    with server("benchmarks.null_app:create_app()", workers, threads, settings, store) as serving:
        database = Store(serving.database_url, parse_keys(keys, "DATA_KEYS"))
        token = api_keys.create(database, "load", ("enrol", "verify"), None).key
        database.close()
        yield serving, token


def guarded_calls(serving: Server, token: str) -> dict[str, list[Call]]:
    """Enrol speakers and return endless calls of each kind, which say everything anew."""
    voice = Voice()
    for digit in range(N_TAKES):
        takes = [_train(voice, token, alias, digit % 10) for alias in aliases(N_SPEAKERS)]
        asyncio.run(once(serving.port, takes))
    digits = itertools.product(aliases(N_SPEAKERS), range(N_MESSAGES))
    return {
        LOGIN: [_login(voice, token, alias) for alias in aliases(N_SPEAKERS)],
        TRAIN: [_train(voice, token, alias, digit) for alias, digit in digits],
    }


def _login(voice: Voice, token: str, alias: str) -> Call:
    def answer(reply: bytes) -> bytes:
        posed = orjson.loads(reply)
        body = voice.say(posed["digits"], challenge=posed["challenge"])
        return request("PUT", f"/score?speaker={alias}", body, token)

    return Call(request("POST", f"/challenges?speaker={alias}", b"", token), answer)


def _train(voice: Voice, token: str, alias: str, digit: int) -> Call:
    def make() -> bytes:
        body = voice.take(digit, check_digit=True)
        return request("PUT", f"/train?speaker={alias}", body, token)

    return Call(make)


def aliases(n_speakers: int) -> list[str]:
    """Return names for so many speakers."""
    return [f"s{index}" for index in range(n_speakers)]
