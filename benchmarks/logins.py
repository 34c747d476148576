"""Processor time of what people do with auth on: challenged logins and guarded enrolment."""

from __future__ import annotations

import secrets
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from typing import Any
from unittest.mock import patch

import sqlalchemy as sa
from flask.testing import FlaskClient

from benchmarks.messages import Voice
from benchmarks.null_app import create_app
from cepstra.config import Config
from cepstra.server import collector
from cepstra.store import Store
from cepstra.store.tables import fingerprints
from cepstra.verification import api_keys

# Speakers with no answers remembered, and with as many; and those who go on enrolling, so that a
# login meets a model that is in memory and as many takes as a plain /score does.
FRESH, SEASONED = "fresh", "seasoned"
LEARNING = {FRESH: "fresh, learning", SEASONED: "seasoned, learning"}
N_TAKES = 20  # enrolled, two of each digit
LENGTHS = (3, 5)
PLAIN = {n: f"/score, {n} digits, auth off" for n in LENGTHS}
HISTORIES = {FRESH: 0, SEASONED: 100}
NO_LIMIT = "1000000 per minute"
FOREVER = 1_000_000


@dataclass
class Cost:
    """Seconds of processor time of one kind of call.

    Attributes:
        whole: of each whole call, without a network.
        locked: of each call, while it held the right to write to the database.
    """

    whole: list[float] = field(default_factory=list)
    locked: list[float] = field(default_factory=list)


def measure(calls: int, advance: Callable[[], None]) -> dict[str, Cost]:
    """Call a service with auth on and one without in turns, so that all see one machine.

    Args:
        calls: of each kind.
        advance: called after each turn.
    """
    costs: dict[str, Cost] = {}
    with _services() as (service, plain):
        for _ in range(calls):
            for label, call in _turn(service, plain):
                held: list[float] = []
                with patch.object(Store, "writing", _timed(Store.writing, held)):
                    started = time.process_time()
                    call()
                    elapsed_s = time.process_time() - started
                cost = costs.setdefault(label, Cost())
                cost.whole.append(elapsed_s)
                cost.locked.append(sum(held))
            advance()
    return costs


class _Service:
    """An application on a store of its own, called without a network."""

    def __init__(self, config: Config) -> None:
        app = create_app(config)
        self.client: FlaskClient = app.test_client()
        self.store: Store = app.extensions["service"].store
        key = api_keys.create(self.store, "bench", ("enrol", "verify"), None).key
        self._headers = {"Authorization": f"Bearer {key}"}
        self.voice = Voice()
        self._last_answer = 0

    def send(self, method: str, path: str, body: Any = None) -> Any:
        """Return the reply's JSON.

        Raises:
            RuntimeError: its status is not 200 or 201.
        """
        kind = "application/json"
        reply = self.client.open(
            path, method=method, data=body, content_type=kind, headers=self._headers
        )
        if reply.status_code not in (200, 201):
            raise RuntimeError(f"{method} {path}: {reply.status_code} {reply.data[:300]!r}")
        return reply.json

    def enrol(self) -> None:
        """Enrol two takes of each digit, and let one of the speakers answer often."""
        for speaker, n_answers in HISTORIES.items():
            for name in (speaker, LEARNING[speaker]):
                for index in range(N_TAKES):
                    self.send("PUT", f"/train?speaker={name}", self.voice.take(index % 10))
                for _ in range(0, n_answers, LENGTHS[-1]):
                    answer = self.answer(self.challenge(name, LENGTHS[-1]))
                    self.send("PUT", f"/score?speaker={name}", answer)
        with self.store.reading() as connection:
            last = sa.select(sa.func.max(fingerprints.c.id))
            self._last_answer = connection.execute(last).scalar_one()

    def forget_answers(self) -> None:
        """Let the service remember no answers but those of `enrol`."""
        with self.store.writing() as connection:
            connection.execute(sa.delete(fingerprints).where(fingerprints.c.id > self._last_answer))

    def challenge(self, speaker: str, n_digits: int) -> Mapping[str, Any]:
        """Ask for digits to say."""
        path = f"/challenges?speaker={speaker}&digits={n_digits}"
        posed: Mapping[str, Any] = self.send("POST", path)
        return posed

    def answer(self, challenge: Mapping[str, Any]) -> bytes:
        """Return a message that says the digits."""
        return self.voice.say(challenge["digits"], challenge=challenge["challenge"])


@contextmanager
def _services() -> Iterator[tuple[_Service, _Service]]:
    """Start a service with auth on and one without, each with an enrolled speaker."""
    with tempfile.TemporaryDirectory() as folder, ExitStack() as stack:
        services = []
        for auth in ("on", "off"):
            config = Config(
                database_url=f"sqlite:///{folder}/{auth}.db",
                audit_log="none",
                lockout_after=FOREVER,
                challenges_per_hour=FOREVER,
                challenge_min_digits=LENGTHS[0],
                signing_keys=secrets.token_hex(32),
                auth=auth,
                rate_limit_address=NO_LIMIT,
                rate_limit_token=NO_LIMIT,
                rate_limit_speaker=NO_LIMIT,
                rate_limit_work=NO_LIMIT,
            )
            service = _Service(config)
            stack.callback(service.store.close)
            service.enrol()
            services.append(service)
        collector.settle()  # as a worker does
        yield services[0], services[1]


def _turn(service: _Service, plain: _Service) -> Iterator[tuple[str, Callable[[], Any]]]:
    """Yield one call of each kind, prepared but not made, with its label."""
    path = f"/score?speaker={FRESH}"
    for n_digits in LENGTHS:
        body = plain.voice.say(range(n_digits))
        yield f"null resource, {n_digits} digits", _call(plain, "/null", body)
        yield PLAIN[n_digits], _call(plain, path, body)
        yield f"/score, {n_digits} digits, auth on", _call(service, path, body)
    for speaker, n_answers in HISTORIES.items():
        for n_digits in LENGTHS:
            answer = service.answer(service.challenge(speaker, n_digits))
            service.forget_answers()
            label = f"challenged /score, {n_digits} digits, {n_answers} answers remembered"
            yield label, _call(service, f"/score?speaker={speaker}", answer)
        take = service.voice.take(3, check_digit=True)
        label = f"guarded /train, check_digit, {n_answers} answers remembered"
        yield label, _call(service, f"/train?speaker={LEARNING[speaker]}", take)
    yield "POST /challenges", lambda: service.challenge(FRESH, LENGTHS[-1])


def _call(service: _Service, path: str, body: bytes) -> Callable[[], Any]:
    return lambda: service.send("PUT", path, body)


def _timed(writing: Callable[..., Any], seconds: list[float]) -> Callable[..., Any]:
    """Measure how long a writing transaction keeps other writers waiting."""

    @contextmanager
    def timed(store: Store, synced: bool = False) -> Iterator[Any]:
        with writing(store, synced) as connection:
            started = time.thread_time()
            yield connection
            seconds.append(time.thread_time() - started)

    return timed
