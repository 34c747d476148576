"""What a first visit loads, compressed."""

from __future__ import annotations

import gzip

from page_driver import BEGUN
from playwright.sync_api import Response

MOST_BYTES = 150_000


def test_the_page_loads_in_at_most_150_kb(module_server, browser) -> None:
    replies: list[Response] = []
    page = browser.new_page()
    page.on("response", lambda reply: replies.append(reply))
    page.goto(module_server.url)
    page.wait_for_selector(BEGUN)
    sizes = {reply.url: len(gzip.compress(reply.body())) for reply in replies}
    page.close()
    total = sum(sizes.values())
    print(f"{len(sizes)} files, {total / 1000:.1f} kB compressed")
    assert any("meyda" in url for url in sizes) and any("main.js" in url for url in sizes)
    assert all(url.startswith(module_server.url) for url in sizes)
    assert total <= MOST_BYTES
