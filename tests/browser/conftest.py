"""Fixtures for tests of the real page in Chromium, which hears a WAV file as its microphone."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from math import gcd
from pathlib import Path

import numpy as np
import pytest
import soundfile
from answering_voice import AnsweringPage, fsdd_path, recordings
from caller_driver import HTTP
from digit_speaker import OTHER_VOICE, VOICE, enrol
from file_page import FilePage
from numpy.typing import NDArray
from page_driver import VerificationPage
from playwright.sync_api import Browser, Playwright, expect, sync_playwright
from scipy.signal import resample_poly
from server_driver import LiveServer

from cepstra.frontend.audio import read_audio

RATE_HZ = 16_000
PAUSE_S = 0.5
LAUNCH_FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--use-fake-device-for-media-stream",
)
GRANT = "--use-fake-ui-for-media-stream"
NEW_TAKES = range(4, 12)
VIEW_PX = {"width": 1280, "height": 720}
KNOWN = pytest.StashKey[set[str]]()
expect.set_options(timeout=30_000)  # what is expected may be computed first, on a busy machine


@pytest.fixture(scope="session")
def playwright() -> Iterator[Playwright]:
    with sync_playwright() as driver:
        yield driver


@pytest.fixture(scope="session")
def browser(playwright: Playwright, chromium_path: str) -> Iterator[Browser]:
    """Return a browser for pages with an answering voice, which may play without a click."""
    flags = [*LAUNCH_FLAGS, "--autoplay-policy=no-user-gesture-required"]
    browser = playwright.chromium.launch(executable_path=chromium_path, args=flags)
    yield browser
    browser.close()


@pytest.fixture
def meet(browser: Browser, shared_dir: Path) -> Iterator[Callable[..., AnsweringPage]]:
    """Return a function (url, speaker, voice, **context options): the page, and a person there.

    The person's takes are none of those that `known_voices` enrols.
    """
    pages: list[AnsweringPage] = []

    def open_one(url: str, speaker: str | None = None, voice: str = VOICE, **options):
        takes = recordings(shared_dir, voice, NEW_TAKES)
        page = AnsweringPage(browser, url, speaker, takes, **options)
        pages.append(page)
        return page

    yield open_one
    for page in pages:
        page.page.context.close()


@pytest.fixture(autouse=True)
def first_try_is_forgotten(request: pytest.FixtureRequest) -> None:
    """Where a test is tried once more, delete the speakers that its first try left."""
    if "module_server" in request.fixturenames:
        url, test = request.getfixturevalue("module_server").url, request.node
        known = {each["alias"] for each in HTTP.get(f"{url}/speakers").json()["speakers"]}
        if test.execution_count == 1:
            test.stash[KNOWN] = known
        for alias in known - test.stash[KNOWN]:
            HTTP.delete(f"{url}/delete", params={"speaker": alias}).raise_for_status()


@pytest.fixture(scope="module")
def known_voices(module_server: LiveServer, shared_dir: Path) -> LiveServer:
    """Return a server that knows two voices, jackson and george, by two takes of each digit."""
    for name, voice in (("jackson", VOICE), ("george", OTHER_VOICE)):
        HTTP.post(f"{module_server.url}/consent?speaker={name}", json={"version": "page-2"})
        enrol(module_server.url, shared_dir, name, voice, said={"device": "computer"})
    return module_server


@pytest.fixture(scope="module")
def kept_pages(browser: Browser) -> Iterator[dict[tuple[str, str | None], AnsweringPage]]:
    """Return the pages that the tests of one file share."""
    pages: dict[tuple[str, str | None], AnsweringPage] = {}
    yield pages
    for page in pages.values():
        page.page.context.close()


@pytest.fixture
def come_back(
    request: pytest.FixtureRequest, kept_pages: dict, browser: Browser, shared_dir: Path
) -> Callable[..., AnsweringPage]:
    """Return a function (url, speaker): a page as `meet` opens it, once for the tests of one file.

    Opening one takes half a second of a processor. Whatever the test before did on it stays.
    """

    def open_one(url: str, speaker: str | None = None) -> AnsweringPage:
        if page := kept_pages.get((url, speaker)):
            page.page.unroute_all()
            page.page.set_viewport_size(VIEW_PX)
        else:
            takes = recordings(shared_dir, VOICE, NEW_TAKES)
            page = AnsweringPage(browser, url, speaker, takes, viewport=VIEW_PX)
        kept_pages[url, speaker] = page
        if request.node.execution_count > 1:  # the first try may have left anything
            page.page.reload()
            page.wait_until_begun()
        page.requests.clear()
        return page

    return open_one


@pytest.fixture
def jacksons(come_back: Callable[..., AnsweringPage], known_voices: LiveServer) -> AnsweringPage:
    """Return the page of jackson, whom it knows, on its first screen."""
    page = come_back(known_voices.url, "jackson")
    page.open("voice")
    return page


@pytest.fixture
def image_folder() -> Path | None:
    """Return the folder that CEPSTRA_SCREENSHOTS names, if it names one."""
    name = os.environ.get("CEPSTRA_SCREENSHOTS")
    if name is None:
        return None
    folder = Path(name)
    folder.mkdir(parents=True, exist_ok=True)
    return folder


@pytest.fixture
def said_wav(write_wav: Callable[..., Path], shared_dir: Path) -> Callable[..., Path]:
    """Return a function (voice, digits): a WAV file of digits said one after the other."""

    def write(voice: str, digits: Sequence[int]) -> Path:
        spoken_digits = [read_audio(fsdd_path(shared_dir, voice, digit, 5)) for digit in digits]
        return write_wav(voice, spoken_digits)

    return write


@pytest.fixture
def open_page(
    playwright: Playwright, whole_chromium_path: str
) -> Iterator[Callable[..., VerificationPage]]:
    """Return a function (url, wav, grant=True, **context options): the page in a new browser.

    It is the whole of Chromium, with its own microphone, and a person who may be asked for it. A
    browser hears one file only, so every voice needs a launch of its own.
    """
    with ExitStack() as browsers:

        def launch(
            url: str, wav: Path, grant: bool = True, **context_options: object
        ) -> VerificationPage:
            flags = [*LAUNCH_FLAGS, f"--use-file-for-fake-audio-capture={wav}"]
            browser = playwright.chromium.launch(
                executable_path=whole_chromium_path, args=[*flags, GRANT] if grant else flags
            )
            browsers.callback(browser.close)
            return VerificationPage(browser.new_page(**context_options), url)

        yield launch


@pytest.fixture
def write_wav(tmp_path: Path) -> Callable[..., Path]:
    """Return a function that joins recordings with pauses into one WAV file of a given rate."""

    def write(name: str, recordings: Sequence[NDArray[np.float64]], rate_hz: int = 48_000) -> Path:
        pause = np.zeros(int(PAUSE_S * RATE_HZ))
        joined = np.concatenate([part for recording in recordings for part in (pause, recording)])
        divisor = gcd(rate_hz, RATE_HZ)
        samples = resample_poly(joined, rate_hz // divisor, RATE_HZ // divisor)
        path = tmp_path / f"{name}-{rate_hz}.wav"
        soundfile.write(path, np.clip(samples, -1, 1), rate_hz, subtype="PCM_16")
        return path

    return write


Voice = Callable[[int, Sequence[int]], list[NDArray[np.float64]]]

CORPUS_SPEAKERS = ("gc106a6183", "gc46a153d8")
SYNTHETIC_VOICES = (("en-gb", 30), ("en-us+f3", 85))
WORDS = ("zero", "one", "two", "three", "four", "five")


def _corpus_or_none(request: pytest.FixtureRequest) -> Path | None:
    try:
        shared: Path = request.getfixturevalue("shared_dir")
    except pytest.skip.Exception:
        return None
    return shared / "corpora" / "speech_commands" / "dev"


@pytest.fixture
def voice(request: pytest.FixtureRequest) -> Voice:
    """Return a function (speaker 0 or 1, takes) -> recordings of the digits 0..5, 16 kHz each.

    Real recordings where the corpora are (a take is another recording), else synthetic speech
    (takes differ a little in pitch).
    """
    folder = _corpus_or_none(request)
    if folder:

        def recorded(speaker: int, takes: Sequence[int]) -> list[NDArray[np.float64]]:
            name = CORPUS_SPEAKERS[speaker]
            names = [f"{digit}_{name}_{take}.flac" for take in takes for digit in range(6)]
            return [read_audio(folder / name / file) for file in names]

        return recorded
    speak = request.getfixturevalue("espeak_wav")

    def synthetic(speaker: int, takes: Sequence[int]) -> list[NDArray[np.float64]]:
        language, pitch = SYNTHETIC_VOICES[speaker]
        return [
            read_audio(speak(word, voice=language, pitch=pitch + take))
            for take in takes
            for word in WORDS
        ]

    return synthetic


@pytest.fixture(scope="module")
def files(browser: Browser, module_server: LiveServer) -> Iterator[FilePage]:
    """Return a page that reads files."""
    page = browser.new_page()
    yield FilePage(page, module_server.url)
    page.close()
