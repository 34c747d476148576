"""Send events to WEBHOOK_URL, signed, until they are taken: by a thread of each worker.

Signed as Standard Webhooks has it: HMAC-SHA256 of id, time and body, in base64.
"""

from __future__ import annotations

import base64
import hmac
import logging
import socket
import threading
import time
from dataclasses import dataclass
from datetime import UTC, datetime
from http.client import HTTPConnection, HTTPException, HTTPResponse, HTTPSConnection
from urllib.request import HTTPSHandler, OpenerDirector, ProxyHandler, Request

from sqlalchemy.exc import SQLAlchemyError

from cepstra.config import Config
from cepstra.monitoring import metrics
from cepstra.store import Store, outbox
from cepstra.store.outbox import Event

log = logging.getLogger(__name__)

POLL_S = 1.0
TIMEOUT_S = 10
PREFIX = "whsec_"


@dataclass(frozen=True)
class Receiver:
    """Where events go, and the key that the receiver checks them with."""

    url: str
    key: bytes

    @classmethod
    def of(cls, config: Config) -> Receiver:
        """Return the receiver of the settings."""
        return cls(config.webhook_url, base64.b64decode(config.webhook_secret.removeprefix(PREFIX)))

    def headers(self, event: Event, now_s: int) -> dict[str, str]:
        """Return what tells the event, and proves that it is of now and ours."""
        signed = f"{event.name}.{now_s}.{event.body}".encode()
        signature = base64.b64encode(hmac.digest(self.key, signed, "sha256")).decode()
        return {
            "Content-Type": "application/json",
            "User-Agent": "cepstra",
            "Webhook-Id": event.name,
            "Webhook-Timestamp": str(now_s),
            "Webhook-Signature": f"v1,{signature}",
        }


def start(store: Store, config: Config) -> None:
    """Send events from now on, in a thread that ends with the process."""
    receiver = Receiver.of(config)
    threading.Thread(target=_run, args=(store, receiver), name="webhooks", daemon=True).start()


def send_next(store: Store, receiver: Receiver) -> bool:
    """Send the event that has been due longest, if any; False where none is."""
    now = datetime.now(UTC)
    with store.reading() as connection:
        if not outbox.is_due(connection, now):
            return False
    with store.writing() as connection:
        if given_up := outbox.give_up(connection, now):
            log.error("events that nobody took for days were given up: %d", given_up)
            metrics.webhooks.labels("given-up").inc(given_up)
        event = outbox.claim(connection, now)
    if event is None:
        return False
    failure = _post(receiver, event)
    metrics.webhooks.labels("failed" if failure else "taken").inc()
    if failure:
        log.warning("%s was not taken, try %d: %s", event.name, event.tries, failure)
    else:
        with store.writing() as connection:
            outbox.remove(connection, event)
    return True


def _run(store: Store, receiver: Receiver) -> None:
    while True:
        try:
            has_sent = send_next(store, receiver)
        except SQLAlchemyError as error:  # the database is away: the event is due again later
            log.warning("webhooks wait for the database: %s", type(error).__name__)
            has_sent = False
        if not has_sent:
            time.sleep(POLL_S)


def _post(receiver: Receiver, event: Event) -> str | None:
    """Return None where the receiver took the event, else what it did: redirect, as may be."""
    request = Request(receiver.url, event.body.encode(), receiver.headers(event, int(time.time())))
    try:
        with _opener().open(request, timeout=TIMEOUT_S) as reply:
            status = reply.status
    except (OSError, HTTPException, ValueError) as error:  # the last of an odd address
        return repr(error)
    return None if 200 <= status < 300 else f"status {status}"


class _Timed(HTTPConnection):
    """Hangs up on whoever takes too long to reply: a socket's own limit is for each byte."""

    def getresponse(self) -> HTTPResponse:
        until_s = time.monotonic() + TIMEOUT_S
        timer = threading.Timer(TIMEOUT_S, self.sock.shutdown, (socket.SHUT_RDWR,))
        timer.start()
        try:
            reply = super().getresponse()
        finally:
            timer.cancel()
        if time.monotonic() > until_s:  # a head that was cut short has a status, too
            raise TimeoutError
        return reply


class _TimedTls(_Timed, HTTPSConnection):
    """The same, behind TLS."""


class _TimedHandler(HTTPSHandler):
    def http_open(self, request: Request) -> HTTPResponse:
        return self.do_open(_Timed, request)

    def https_open(self, request: Request) -> HTTPResponse:
        return self.do_open(_TimedTls, request)

    http_request = HTTPSHandler.https_request


def _opener() -> OpenerDirector:
    """Return what goes through the proxy of the environment, if any, and follows no redirect."""
    opener = OpenerDirector()
    for handler in (ProxyHandler(), _TimedHandler()):
        opener.add_handler(handler)
    return opener
