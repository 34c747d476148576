"""What listening costs a browser with a fake microphone: processor time, lost blocks, memory."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
import soundfile
from playwright.sync_api import CDPSession, Page, sync_playwright

from benchmarks.server import server
from cepstra.frontend.audio import read_audio, resample

FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--use-fake-device-for-media-stream",
    "--use-fake-ui-for-media-stream",
)
MICROPHONE_HZ = 48_000
PAUSE_S = 0.5
N_READERS = 8

# Counts what the audio thread hands over, beside what the audio clock says that it heard.
COUNT = """() => {
  const counted = { samples: 0, blocks: 0, context: null, startedAt: null, behind: Infinity };
  globalThis.counted = counted;
  globalThis.AudioContext = class extends AudioContext {
    constructor(...options) {
      super(...options);
      counted.context = this;
    }
  };
  globalThis.AudioWorkletNode = class extends AudioWorkletNode {
    constructor(...options) {
      super(...options);
      this.port.addEventListener("message", ({ data }) => {
        const { currentTime, sampleRate } = counted.context;
        counted.startedAt ??= currentTime - data.length / sampleRate;
        counted.samples += data.length;
        counted.blocks += 1;
        const heard = (currentTime - counted.startedAt) * sampleRate;
        counted.behind = Math.min(counted.behind, heard - counted.samples);
      });
    }
  };
}"""
LISTEN = """async () => {
  const { Cepstra } = await import("/static/js/cepstra.js");
  const heard = (globalThis.heard = { frames: 0 });
  globalThis.voice = new Cepstra();
  voice.addEventListener("level", ({ detail }) => { heard.frames += detail.frames.length; });
  await voice.openMicrophone();
}"""
READ = """() => {
  const { samples, blocks, context, startedAt, behind } = globalThis.counted;
  const elapsedS = context.currentTime - startedAt;
  globalThis.counted.behind = Infinity;
  return { samples, blocks, elapsedS, behind, frames: globalThis.heard.frames };
}"""


@dataclass(frozen=True)
class Reading:
    """The state of a page that listens.

    Attributes:
        audio_s: seconds by the clock of the audio thread.
        blocks: of samples handed to the page.
        missing_blocks: that the clock says were heard and the page did not get; the least since
            the reading before, for some are always on their way.
        frames: described by coefficients.
        cpu_s: processor time of the page's main thread, where all of that happens.
        heap_mb: memory of scripts after a garbage collection.
    """

    audio_s: float
    blocks: int
    missing_blocks: float
    frames: int
    cpu_s: float
    heap_mb: float


def listen(
    chromium: str, shared: Path, seconds: int, every_s: int, on_reading: Callable[[], None]
) -> list[Reading]:
    """Let the page listen to read speech and look at it now and then.

    Args:
        chromium: path of the browser.
        shared: folder of corpora.
        seconds: how long.
        every_s: between two readings.
        on_reading: called after each.

    Returns:
        Readings: one at the start and one after each interval.
    """
    with TemporaryDirectory() as folder, server("api:app") as service, sync_playwright() as driver:
        microphone = _speech(shared, Path(folder) / "microphone.wav")
        sound = f"--use-file-for-fake-audio-capture={microphone}"
        browser = driver.chromium.launch(executable_path=chromium, args=[*FLAGS, sound])
        with _listening(browser.new_page(), service.client().url) as (page, session):
            readings = [_read(page, session)]
            while len(readings) <= seconds // every_s:
                page.wait_for_timeout(1000 * every_s)
                readings.append(_read(page, session))
                on_reading()
        browser.close()
    return readings


@contextmanager
def _listening(page: Page, url: str) -> Iterator[tuple[Page, CDPSession]]:
    page.add_init_script(f"({COUNT})()")
    page.goto(f"{url}/static/doc.html")
    session = page.context.new_cdp_session(page)
    session.send("Performance.enable", {"timeDomain": "threadTicks"})
    page.evaluate(LISTEN)
    page.wait_for_function("() => globalThis.counted.blocks > 100")
    yield page, session
    session.detach()


def _read(page: Page, session: CDPSession) -> Reading:
    session.send("HeapProfiler.collectGarbage")
    heard: dict[str, Any] = page.evaluate(READ)
    metrics = session.send("Performance.getMetrics")["metrics"]
    by_name = {metric["name"]: metric["value"] for metric in metrics}
    return Reading(
        heard["elapsedS"],
        heard["blocks"],
        heard["behind"] * heard["blocks"] / heard["samples"],
        heard["frames"],
        by_name["TaskDuration"],
        by_name["JSHeapUsedSize"] / 2**20,
    )


def _speech(shared: Path, path: Path) -> Path:
    folder = shared / "corpora" / "librispeech" / "background"
    pause = np.zeros(int(PAUSE_S * MICROPHONE_HZ))
    parts = []
    for recording in sorted(folder.rglob("*.flac"))[:N_READERS]:
        parts += [resample(read_audio(recording), 16_000, MICROPHONE_HZ), pause]
    soundfile.write(path, np.clip(np.concatenate(parts), -1, 1), MICROPHONE_HZ, subtype="PCM_16")
    return path
