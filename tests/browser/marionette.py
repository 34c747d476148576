"""Firefox over its own remote protocol, Marionette: JSON arrays with their length in front."""

from __future__ import annotations

import json
import re
import socket
import subprocess
from pathlib import Path
from typing import Any

from page_scripts import as_callback

PREFERENCES = {
    "marionette.port": 0,  # any free one; Firefox writes it into the profile
    "media.navigator.streams.fake": True,
    "media.navigator.permission.disabled": True,
    "media.autoplay.default": 0,
    "browser.dom.window.dump.enabled": True,  # script errors to standard output
    "devtools.console.stdout.content": True,  # and what a policy stops
    "browser.shell.checkDefaultBrowser": False,
    "browser.startup.homepage_override.mstone": "ignore",
    "datareporting.policy.dataSubmissionEnabled": False,
    "app.normandy.enabled": False,
    "network.captive-portal-service.enabled": False,
    "network.connectivity-service.enabled": False,
}
SCRIPT_TIMEOUT_MS = 60_000


class Firefox:
    """A headless Firefox with a profile of its own and a microphone that hears a tone."""

    def __init__(self, program: str, folder: Path) -> None:
        self._output = folder / "output.txt"
        profile = folder / "profile"
        profile.mkdir()
        lines = (f"user_pref({json.dumps(k)}, {json.dumps(v)});" for k, v in PREFERENCES.items())
        (profile / "user.js").write_text("\n".join(lines))
        command = [program, "--headless", "--marionette", "--no-remote", "--profile", str(profile)]
        with self._output.open("w") as output:
            self._process = subprocess.Popen(command, stdout=output, stderr=subprocess.STDOUT)
        self._socket = socket.create_connection(("127.0.0.1", self._port()), timeout=120)
        self._receive()  # a greeting
        self._number = 0
        self.call("WebDriver:NewSession", {})
        self.call("WebDriver:SetTimeouts", {"script": SCRIPT_TIMEOUT_MS})

    def _port(self) -> int:
        """Wait until Firefox says where it listens."""
        for _ in range(600):
            if found := re.search(r"Listening on port (\d+)", self._output.read_text()):
                return int(found[1])
            self._wait_or_end()
        raise RuntimeError("Firefox did not listen within 60 s")

    def _wait_or_end(self) -> None:
        """Wait for 0.1 s; raise where Firefox ends meanwhile."""
        try:
            code = self._process.wait(timeout=0.1)
        except subprocess.TimeoutExpired:
            return
        raise RuntimeError(f"Firefox ended with {code}: {self._output.read_text()[-2000:]}")

    def call(self, command: str, parameters: dict[str, Any]) -> Any:
        """Send a command and return its result."""
        self._number += 1
        body = json.dumps([0, self._number, command, parameters]).encode()
        self._socket.sendall(f"{len(body)}:".encode() + body)
        _, _, error, result = self._receive()
        if error:
            raise RuntimeError(f"{command}: {error['error']}: {error['message']}")
        return result

    def _receive(self) -> Any:
        length = b""
        while not length.endswith(b":"):
            length += self._socket.recv(1)
        body = b""
        while len(body) < int(length[:-1]):
            body += self._socket.recv(int(length[:-1]) - len(body))
        return json.loads(body)

    def open(self, url: str) -> None:
        """Go to a page and wait until it is loaded."""
        self.call("WebDriver:Navigate", {"url": url})

    def run(self, body: str, *arguments: Any) -> Any:
        """Return what the body of an async function (a, b, ...) returns in the page."""
        told = self.call(
            "WebDriver:ExecuteAsyncScript", {"script": as_callback(body), "args": list(arguments)}
        )["value"]
        if "failure" in told:
            raise RuntimeError(told["failure"])
        return told.get("value")

    def complaints(self) -> list[str]:
        """Return the errors of pages' scripts and what their policy stopped."""
        kinds = ("JavaScript error: http", "Content Security Policy", "Content-Security-Policy")
        return [
            line
            for line in self._output.read_text().splitlines()
            if any(kind in line for kind in kinds)
        ]

    def first_complaint(self) -> str:
        """Return the first of them, once there is one: Firefox writes them when it has time."""
        for _ in range(600):
            if found := self.complaints():
                return found[0]
            self._wait_or_end()
        raise RuntimeError("Firefox complained of nothing within 60 s")

    def close(self) -> None:
        """End the browser."""
        self._socket.close()
        self._process.terminate()
        self._process.wait(timeout=60)
