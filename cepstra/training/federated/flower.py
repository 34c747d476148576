"""The rounds over Flower: its messages, a ClientApp for sites, and a grid of threads to simulate.

Flower's own simulation starts a Ray cluster; here it is ten threads. What a message holds is the
same: arrays with names, as bytes.
"""

from __future__ import annotations

import logging
import os
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from threading import Lock
from typing import Any, Protocol

os.environ.setdefault("FLWR_TELEMETRY_ENABLED", "0")  # Flower counts its users, unless told not to

from flwr.app import Array, ArrayRecord, Context, Error, Message, RecordDict
from flwr.clientapp import ClientApp
from flwr.supercore.task_identity import TaskIdentity

from cepstra.training.federated.site import Answers, Arrays, AskForArrays

log = logging.getLogger(__name__)

QUESTION = "query.answer"
CLIENT_FAILED = 1
SERVER = 0
# NumPy reads the head of an array as Python. Where two threads of Python 3.11 do so and memory is
# cleared meanwhile, one of them fails (python/cpython#106905).
_READING = Lock()


def client_app(site_of: Callable[[Context], Answers]) -> ClientApp:
    """Return the app that a site runs: it answers arrays with arrays.

    Args:
        site_of: finds the site's voices, of its node's configuration, say.
    """
    app = ClientApp()

    @app.query("answer")  # type: ignore[untyped-decorator]
    def _answer(message: Message, context: Context) -> Message:
        told = site_of(context).answer(_arrays(message))
        return Message(_content(told), reply_to=message)

    return app


class Grid(Protocol):
    """What of `flwr.serverapp.Grid` a server needs."""

    def get_node_ids(self) -> Iterable[int]:
        """Return the numbers of all sites."""

    def send_and_receive(
        self, messages: Iterable[Message], *, timeout: float | None = None
    ) -> Iterable[Message]:
        """Send messages and return the replies that come in time."""


def asked_over(grid: Grid, timeout_s: float | None = None) -> AskForArrays:
    """Return how a server asks the sites that a grid reaches; who fails is named in the log.

    Args:
        grid: of a ServerApp, or of threads.
        timeout_s: how long a round waits for sites; None for all of them.
    """

    def ask(arrays: Arrays) -> Sequence[Arrays]:
        content = _content(arrays)
        nodes = sorted(grid.get_node_ids())
        messages = [Message(content, node, QUESTION) for node in nodes]
        answers = {}
        for reply in grid.send_and_receive(messages, timeout=timeout_s):
            site = reply.metadata.src_node_id
            if reply.has_content():
                answers[site] = _arrays(reply)
            else:
                log.warning("site %d did not answer: %s", site, reply.error.reason)
        return [answers[site] for site in sorted(answers)]

    return ask


class ThreadGrid:
    """Sites in threads of this process; the number of a site is its node's."""

    def __init__(self, app: ClientApp, n_sites: int) -> None:
        # As the runtime of a ServerApp does, so that messages can be made.
        TaskIdentity.task_id, TaskIdentity.run_id, TaskIdentity.node_id = 1, 1, SERVER
        self._app = app
        self._contexts = {
            node: Context(0, node, {"partition-id": node}, RecordDict(), {})
            for node in range(1, n_sites + 1)
        }

    def get_node_ids(self) -> Iterable[int]:
        """Return the numbers of all sites, from 1."""
        return list(self._contexts)

    def send_and_receive(
        self, messages: Iterable[Message], *, timeout: float | None = None
    ) -> Iterable[Message]:
        """Let every site answer; one that fails answers with an error."""
        with ThreadPoolExecutor() as threads:
            return list(threads.map(self._answer, messages, timeout=timeout))

    def _answer(self, message: Message) -> Message:
        node = message.metadata.dst_node_id
        try:
            reply = self._app(message, self._contexts[node])
        except Exception as error:  # whatever a site's own code runs into
            reply = Message(Error(CLIENT_FAILED, repr(error)), reply_to=message)
        return reply


def _content(arrays: Arrays) -> RecordDict:
    packed = {name: Array(values) for name, values in arrays.items()}
    return RecordDict({"arrays": ArrayRecord(packed)})


def _arrays(message: Message) -> dict[str, Any]:
    with _READING:
        return {name: array.numpy() for name, array in message.content["arrays"].items()}
