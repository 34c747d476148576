"""A page that reads sound files with the page's own modules."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from playwright.sync_api import Page

READ = """async ([options, abortAfter]) => {
  const { readRecording } = await import("/static/js/files/read-recording.js");
  const definition = await (await fetch("/static/js/frontend.json")).json();
  const frontend = { ...definition, ...options.frontend };
  const file = document.getElementById("file-under-test").files[0];
  const progress = [];
  const controller = new AbortController();
  const onProgress = ({ stage, share }) => {
    progress.push([stage, share]);
    if (progress.length === abortAfter) {
      controller.abort();
    }
  };
  try {
    const { signal } = controller;
    const recording = await readRecording(file, { ...options, frontend, signal, onProgress });
    return JSON.stringify({ ...recording, progress });
  } catch ({ name, code = null, message, limit = null }) {
    return JSON.stringify({ name, code, message, limit, progress });
  }
}"""


class FilePage:
    """A page that reads files, with what it sent."""

    def __init__(self, page: Page, url: str) -> None:
        self.page = page
        self.sent: list[str] = []
        page.on("request", lambda request: self.sent.append(f"{request.method} {request.url}"))
        page.goto(f"{url}/static/doc.html")
        page.evaluate("""() => {
          const input = Object.assign(document.createElement("input"), { type: "file" });
          input.id = "file-under-test";
          document.body.append(input);
        }""")

    def read(self, path: Path, abort_after: int | None = None, **options: Any) -> dict[str, Any]:
        """Return what readRecording() makes of a file, or the error's name, code and message."""
        self.page.set_input_files("#file-under-test", path)
        # Playwright is slow with many numbers: they come as text.
        result: dict[str, Any] = json.loads(self.page.evaluate(READ, [options, abort_after]))
        return result

    def expect_no_worker(self) -> None:
        """Wait until no worker is left."""
        while self.page.workers:
            with self.page.workers[0].expect_event("close"):
                pass
