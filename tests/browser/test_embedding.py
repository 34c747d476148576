"""The network in a real browser: the same numbers as the service's, and what it costs a page."""

from __future__ import annotations

import gzip

import numpy as np
from example_messages import TEST
from page_driver import BEGUN
from playwright.sync_api import Browser, CDPSession, Response

from cepstra.gmm.speech_features import analyse
from cepstra.verification.shipped import load_network

CLOSE = 1e-4

LOAD = """async () => {
  const { Cepstra } = await import("/static/js/cepstra.js");
  const { loadEmbedder } = await import("/static/js/embedding/voice-embedder.js");
  globalThis.embedder = await loadEmbedder(new Cepstra().client);
}"""
EMBED = """({ mfcc, times }) => {
  const pooled = Array.from({ length: times }, () => embedder.pool(mfcc)).at(-1);
  return { embedding: [...embedder.embedding(pooled.sums)], frames: pooled.frames };
}"""
TIMES = 8


def _processor_s(session: CDPSession) -> float:
    """Return the processor time of the page so far: other work on the machine does not count."""
    metrics = session.send("Performance.getMetrics")["metrics"]
    return next(metric["value"] for metric in metrics if metric["name"] == "TaskDuration")


def test_the_browser_computes_the_services_embedding(module_server, browser: Browser) -> None:
    replies: list[Response] = []
    page = browser.new_page()
    page.on("response", lambda reply: replies.append(reply))
    page.goto(module_server.url)
    page.wait_for_selector(BEGUN)
    n_first = len(replies)
    page.evaluate(LOAD)
    session = page.context.new_cdp_session(page)
    session.send("Performance.enable", {"timeDomain": "threadTicks"})
    page.evaluate(EMBED, {"mfcc": TEST["mfcc"], "times": TIMES})  # until it is compiled
    began_s = _processor_s(session)
    told = page.evaluate(EMBED, {"mfcc": TEST["mfcc"], "times": TIMES})
    ms = 1000 * (_processor_s(session) - began_s) / TIMES
    sizes = {reply.url: len(gzip.compress(reply.body())) for reply in replies}
    page.close()
    first_visit = {reply.url: sizes[reply.url] for reply in replies[:n_first]}
    added = {url: size for url, size in sizes.items() if url not in first_visit}
    assert not [url for url in first_visit if "/models/" in url or "/embedding/" in url]
    assert len([url for url in added if "/models/" in url]) == 3
    network = load_network()
    speech = analyse([np.array(TEST["mfcc"])]).spoken
    assert told["frames"] == len(speech)
    expected = network.embedding(network.sums(speech))
    np.testing.assert_allclose(told["embedding"], expected, atol=CLOSE)
    code = sum(size for url, size in added.items() if "/models/" not in url)
    print(
        f"{sum(first_visit.values()) / 1000:.1f} kB compressed without the network,"
        f" {sum(added.values()) / 1000:.1f} kB for it"
        f" ({code / 1000:.1f} of code);"
        f" {100 * ms / len(TEST['mfcc']):.1f} ms a second of sound,"
        f" {100 * ms / told['frames']:.1f} of frames of speech"
    )
