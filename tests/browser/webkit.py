"""WebKit, the engine of Safari, over WebDriver: MiniBrowser with a microphone that hums."""

from __future__ import annotations

import os
import subprocess
from contextlib import ExitStack, suppress
from pathlib import Path
from typing import Any

import httpx
from page_scripts import as_callback
from server_driver import free_port

BROWSER = next(Path("/usr/lib").glob("*/webkit2gtk-4.1/MiniBrowser"), None)
DRIVER = "WebKitWebDriver"
OPTIONS = (
    "--automation",
    "--enable-media-stream=true",
    "--enable-mock-capture-devices=true",
    "--autoplay-policy=allow",
)
PATIENCE_S = 60


class WebKit:
    """A browser on a screen of its own that nobody sees."""

    def __init__(self) -> None:
        with ExitStack() as started:
            display = self._start_screen(started)
            port = free_port()
            environment = {
                **os.environ,
                "DISPLAY": display,
                "WEBKIT_DISABLE_SANDBOX_THIS_IS_DANGEROUS": "1",  # none for root in a container
            }
            command = [DRIVER, f"--port={port}"]
            driver = subprocess.Popen(command, env=environment, stderr=subprocess.DEVNULL)
            started.callback(_end, driver)
            transport = httpx.HTTPTransport(retries=10)  # until it listens
            self._http = httpx.Client(
                base_url=f"http://127.0.0.1:{port}", timeout=PATIENCE_S, transport=transport
            )
            started.callback(self._http.close)
            wanted = {"binary": str(BROWSER), "args": list(OPTIONS)}
            capabilities = {"alwaysMatch": {"webkitgtk:browserOptions": wanted}}
            session = self._call("/session", {"capabilities": capabilities})
            self._session = f"/session/{session['sessionId']}"
            self._call(f"{self._session}/timeouts", {"script": 1000 * PATIENCE_S})
            self._started = started.pop_all()

    @staticmethod
    def _start_screen(started: ExitStack) -> str:
        read, write = os.pipe()
        command = ["Xvfb", "-displayfd", str(write), "-screen", "0", "1280x900x24"]
        screen = subprocess.Popen(command, pass_fds=[write], stderr=subprocess.DEVNULL)
        started.callback(_end, screen)
        os.close(write)
        with os.fdopen(read) as told:
            return f":{told.readline().strip()}"

    def _call(self, path: str, body: dict[str, Any]) -> Any:
        value = self._http.post(path, json=body).json()["value"]
        if isinstance(value, dict) and "error" in value:
            raise RuntimeError(f"{path}: {value['error']}: {value['message']}")
        return value

    def open(self, url: str) -> None:
        """Go to a page and wait until it is loaded."""
        self._call(f"{self._session}/url", {"url": url})

    def run(self, body: str, *arguments: Any) -> Any:
        """Return what the body of an async function (a, b, ...) returns in the page."""
        asked = {"script": as_callback(body), "args": list(arguments)}
        told = self._call(f"{self._session}/execute/async", asked)
        if "failure" in told:
            raise RuntimeError(told["failure"])
        return told.get("value")

    def close(self) -> None:
        """End browser, driver and screen."""
        with suppress(httpx.HTTPError):
            self._http.delete(self._session)
        self._started.close()


def _end(process: subprocess.Popen[bytes]) -> None:
    process.terminate()
    process.wait(PATIENCE_S)
