"""The awaited client over real HTTP; its calls are those that tests/test_client.py makes."""

import asyncio
import inspect
import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from apart import awaited
from caller_driver import PASSWORD
from example_messages import OTHER, TEST, TRAIN

import cepstra.client as cc


def test_it_has_every_call_of_the_client_that_waits():
    def calls(client: type) -> dict[str, list[str]]:
        methods = inspect.getmembers(client, inspect.isfunction)
        return {
            name: list(inspect.signature(method).parameters)
            for name, method in methods
            if not name.startswith("_")
        }

    assert calls(cc.AsyncClient) == calls(cc.Client)


def test_signed_in_it_enrols_scores_lists_and_tells_what_is_wrong(guarded_server):
    async def visit() -> None:
        async with cc.AsyncClient(guarded_server.url) as client:
            with pytest.raises(cc.UnauthorizedError):
                await client.status("ann")
            await client.create_account("ann", PASSWORD)
            await client.sign_in("ann", PASSWORD)
            trained = await client.train("ann", TRAIN)
            assert trained["mfcc_train_store_length"] == len(TRAIN["mfcc"])
            own, other = await asyncio.gather(client.score("ann", TEST), client.score("ann", OTHER))
            assert (own["decision"], other["decision"]) == ("accept", "reject")
            with pytest.raises(cc.InvalidMessageError, match="system: .*expected a network"):
                await client.score("ann", TEST, system="theirs")
            with pytest.raises(cc.InvalidMessageError, match="mfcc: .*expected a list"):
                await client.train("ann", {"mfcc": "loud"})
            with pytest.raises(cc.ForbiddenError):
                [speaker async for speaker in client.speakers()]

    awaited(visit())


class Patient(BaseHTTPRequestHandler):
    """Turns everybody away once, then answers when three are there at the same time."""

    together = threading.Barrier(3, timeout=60)
    turned_away: set[str] = set()

    def do_GET(self) -> None:  # noqa: N802
        is_new = self.path not in self.turned_away
        self.turned_away.add(self.path)
        if is_new:
            reply = {"code": 503, "description": "not now", "errors": {}}
        else:
            reply = {"alias": self.path, "n": self.together.wait()}
        content = json.dumps(reply).encode()
        self.send_response(reply.get("code", 200))
        self.send_header("Content-Length", str(len(content)))
        self.send_header("Retry-After", "0")
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *args: object) -> None:
        pass


def test_calls_that_are_awaited_together_are_made_together_and_again():
    server = ThreadingHTTPServer(("127.0.0.1", 0), Patient)
    threading.Thread(target=server.serve_forever, daemon=True).start()

    async def visit() -> list[str]:
        quick = cc.Retry(attempts=2, first_pause_s=0.001)
        async with cc.AsyncClient(f"http://127.0.0.1:{server.server_port}", retry=quick) as client:
            told = await asyncio.gather(*(client.status(name) for name in "abc"))
            return [each["alias"] for each in told]

    assert awaited(visit()) == [f"/speakers/{name}/status" for name in "abc"]
    server.shutdown()
    server.server_close()
