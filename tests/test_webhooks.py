"""Webhooks: the backend of docs/how-to/webhooks.md is told, and told again, whoever dies."""

from __future__ import annotations

import json
import re
import socket
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import psutil
import pytest
from caller_driver import HTTP, bearer, make_key
from example_messages import OTHER, TEST, TRAIN
from server_driver import LiveServer
from werkzeug.serving import make_server

from cepstra.config import Config
from cepstra.server import webhook_sender
from cepstra.server.webhook_sender import Receiver, send_next
from cepstra.store import outbox, speakers
from cepstra.store.outbox import Event
from cepstra.verification import events

DOCUMENT = (Path(__file__).resolve().parent.parent / "docs" / "how-to" / "webhooks.md").read_text()
BACKEND = re.search(r"```python\n(.*?)```", DOCUMENT, re.DOTALL)[1]
SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSwQmFzZTY0IQ=="
PATIENCE_S = 60
WAITING = "SELECT count(*) FROM outbox"


class Backend:
    """The document's backend behind HTTP, which may be out of order."""

    def __init__(self) -> None:
        space: dict[str, Any] = {"__name__": "webhooks"}
        exec(compile(BACKEND, "webhooks.md", "exec"), space)
        self.app, self.tries, self.is_out_of_order = space["app"], Counter[str](), False
        self.server = make_server("127.0.0.1", 0, self, threaded=True)
        self.url = f"http://127.0.0.1:{self.server.port}/cepstra-events"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Any:
        self.tries[environ["HTTP_WEBHOOK_ID"]] += 1
        if self.is_out_of_order:
            start_response("503 Out of order", [])
            return []
        return self.app(environ, start_response)


@pytest.fixture
def backend(monkeypatch) -> Iterator[Backend]:
    monkeypatch.setenv("WEBHOOK_SECRET", SECRET)
    started = Backend()
    yield started
    started.server.shutdown()


def use_everything(server: LiveServer) -> str:
    """Enrol, be accepted, rejected and locked, and leave; return the subject."""
    speaker, headers = f"{server.url}/speakers/ann", bearer(make_key(server))
    HTTP.put(f"{speaker}/train", json=TRAIN, headers=headers).raise_for_status()
    subject = HTTP.get(speaker, headers=headers).json()["subject"]
    for message, decision in ((TEST, "accept"), (OTHER, "reject")):
        reply = HTTP.put(f"{speaker}/score", json=message, headers=headers).raise_for_status()
        assert reply.json()["decision"] == decision
    HTTP.delete(speaker, headers=headers).raise_for_status()
    return str(subject)


def kill(server: LiveServer) -> None:
    """End master and worker at once, without a word."""
    workers = psutil.Process(server.process.pid).children()
    server.process.kill()
    for worker in workers:
        worker.kill()
    server.wait()


def wait_until(is_so: Any, what: str) -> None:
    for _ in range(PATIENCE_S * 20):
        if is_so():
            return
        time.sleep(0.05)
    raise AssertionError(f"not within {PATIENCE_S} s: {what}")


def test_what_happened_is_told_once_it_is_taken_though_the_server_died(
    backend, database, server_factory, auth_on, capfd
):
    backend.is_out_of_order = True
    own = {"WEBHOOK_URL": backend.url, "WEBHOOK_SECRET": SECRET, "LOCKOUT_AFTER": "1"}
    server = server_factory(**{**auth_on, **own})
    subject = use_everything(server)
    wait_until(lambda: len(backend.tries) == 5, "every event is tried by the worker")
    kill(server)
    bodies = [json.loads(body) for (body,) in database.execute("SELECT body FROM outbox")]
    assert len(bodies) == 5, "none was taken"

    backend.is_out_of_order = False
    database.execute("UPDATE outbox SET due_at = created_at")  # the wait is over
    store, receiver = database.open_as_it_is(), receiver_at(backend.url)
    while send_next(store, receiver):
        pass
    store.close()
    assert database.execute(WAITING) == [(0,)]
    told = re.findall(r"(?m)^(\w+) ([0-9a-f]{32})$", capfd.readouterr().out)
    expected = ["enrolled", "accepted", "rejected", "locked", "deleted"]
    assert told == [(each, subject) for each in expected], "printed by the document's backend"
    for body in bodies:
        known = {"subject", "take", "is_challenged", "until", "reason"}
        assert set(body["data"]) <= known and "ann" not in json.dumps(body)


def receiver_at(url: str) -> Receiver:
    return Receiver.of(Config(webhook_url=url, webhook_secret=SECRET))


@pytest.mark.every_database
def test_each_try_waits_twice_as_long_and_after_three_days_there_is_none(database):
    store, began = database.open(), datetime(2026, 11, 26, tzinfo=UTC)
    tries = []
    with store.writing() as connection:
        outbox.append(connection, "evt_1", "{}", began)
        for second in range(0, 75, 5):
            if event := outbox.claim(connection, began + timedelta(seconds=second)):
                tries.append((event.tries, second))
        assert outbox.give_up(connection, began + timedelta(days=3)) == 0
        assert outbox.give_up(connection, began + timedelta(days=3, seconds=1)) == 1
    store.close()
    assert tries == [(1, 0), (2, 10), (3, 30), (4, 70)]


def test_what_was_altered_or_is_old_is_not_believed(backend):
    def send(name: str, body: str, sent: str, said_at: int, claimed_at: int) -> int:
        event = Event(0, name, body, 1)
        headers = receiver_at(backend.url).headers(event, said_at)
        headers["Webhook-Timestamp"] = str(claimed_at)
        return HTTP.post(backend.url, content=sent, headers=headers).status_code

    now, body = int(time.time()), '{"type": "accepted", "data": {"subject": "x"}}'
    assert send("a", body, body, now, now) == 204
    assert send("b", body, body.replace("x", "y"), now, now) == 401
    assert send("c", body, body, now - 900, now) == 401
    assert send("d", body, body, now - 900, now - 900) == 401


def test_whatever_a_receiver_answers_the_event_comes_again(database):
    def answer(_environ: dict[str, Any], start_response: Any) -> Any:
        start_response("302 Found", [("Location", "http://[")])
        return []

    receiver, store = make_server("127.0.0.1", 0, answer), database.open()
    threading.Thread(target=receiver.serve_forever, daemon=True).start()
    with store.writing() as connection:
        outbox.append(connection, "evt_1", "{}", datetime.now(UTC))
    assert send_next(store, receiver_at(f"http://127.0.0.1:{receiver.port}/"))
    receiver.shutdown()
    store.close()
    assert database.execute(WAITING) == [(1,)]


def test_a_reply_that_never_ends_holds_nobody_up(database, monkeypatch):
    """A line of a head each half second was waited for as long as the receiver liked."""
    monkeypatch.setattr(webhook_sender, "TIMEOUT_S", 1)
    store, listener = database.open(), socket.create_server(("127.0.0.1", 0))

    def drip() -> None:
        client, _ = listener.accept()
        with suppress(OSError):
            for line in range(60):
                client.sendall(b"X: y\r\n" if line else b"HTTP/1.1 200 OK\r\n")
                time.sleep(0.5)

    threading.Thread(target=drip, daemon=True).start()
    with store.writing() as connection:
        outbox.append(connection, "evt_1", "{}", datetime.now(UTC))
    began_s = time.monotonic()
    assert send_next(store, receiver_at(f"http://127.0.0.1:{listener.getsockname()[1]}/"))
    assert time.monotonic() - began_s < 5
    store.close()
    assert database.execute(WAITING) == [(1,)]


def test_events_go_through_the_proxy_of_the_environment(database, monkeypatch):
    asked = []

    class Proxy(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            asked.append(self.requestline)
            self.send_response(204)
            self.end_headers()

        def do_CONNECT(self) -> None:
            asked.append(self.requestline)
            self.send_error(403)

    proxy = ThreadingHTTPServer(("127.0.0.1", 0), Proxy)
    threading.Thread(target=proxy.serve_forever, daemon=True).start()
    for name in ("http_proxy", "https_proxy"):
        monkeypatch.setenv(name, f"http://127.0.0.1:{proxy.server_port}")
    store = database.open()
    with store.writing() as connection:
        for name in ("evt_1", "evt_2"):
            outbox.append(connection, name, "{}", datetime.now(UTC))
    assert send_next(store, receiver_at("http://receiver.example/events"))
    assert send_next(store, receiver_at("https://receiver.example/events"))
    proxy.shutdown()
    store.close()
    assert asked == [
        "POST http://receiver.example/events HTTP/1.1",
        "CONNECT receiver.example:443 HTTP/1.0",
    ]
    assert database.execute(WAITING) == [(1,)], "the proxy refused the second"


def test_nothing_is_kept_where_nobody_wants_it(database):
    store = database.open()
    with store.writing() as connection:
        events.announce(connection, "enrolled", speakers.create(connection, "ann"))
    store.close()
    assert database.execute(WAITING) == [(0,)]
