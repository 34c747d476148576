"""What is on its way when somebody stops: what the page says is kept is what the service keeps."""

from __future__ import annotations

import re
from collections.abc import Callable

from caller_driver import HTTP
from page_driver import VerificationPage
from playwright.sync_api import Route, expect

TRAIN = re.compile(r"/train\?")
STATUS = re.compile(r"/status\?")
STOPPING = "Waiting for the server… Stop again to give up."
SHOWN_ANEW = """() => ({ anew: new Promise((resolve) => new MutationObserver(resolve).observe(
  document.getElementById("voice-title"), { childList: true })) })"""
WAITS_MS = 100
LONGEST_WAIT_MS = 60_000


class SlowWay:
    """Requests of the page that come late: the service answers them all the same."""

    def __init__(self, view: VerificationPage, path: re.Pattern[str]) -> None:
        self._page = view.page
        self._path = path
        self._held: list[Route] = []
        self._is_slow = True
        self._page.route(path, self._take)

    def _take(self, route: Route) -> None:
        if self._is_slow:
            self._held.append(route)
        else:
            route.continue_()

    def wait_for_one(self) -> None:
        """Wait until a request is on its way."""
        for _ in range(LONGEST_WAIT_MS // WAITS_MS):
            if self._held:
                return
            self._page.wait_for_timeout(WAITS_MS)
        told = self._page.locator("#alert").inner_text()
        raise AssertionError(f"expected a request to {self._path.pattern}, got none; told: {told}")

    def end(self) -> None:
        """Bring what is on its way to the service, and its answers back."""
        self._is_slow = False
        for route in self._held:
            route.fulfill(response=route.fetch())


def _kept(server, speaker: str) -> list[str]:
    reply = HTTP.get(f"{server.url}/status?speaker={speaker}").raise_for_status().json()
    return [take["take"] for take in reply["training_log"]]


def test_a_take_on_its_way_counts_at_stop_and_goes_when_learning_begins_again(
    module_server, meet: Callable
) -> None:
    page = meet(module_server.url)
    start, microphone = page.locator("#voice-start"), page.locator("#microphone-state")
    way = SlowWay(page, TRAIN)
    page.agree("stopping")
    way.wait_for_one()
    page.press("Stop")
    expect(microphone).to_have_text("Off")
    expect(page.locator("#voice-stage .stage-line")).to_have_text(STOPPING)
    way.end()
    expect(start).to_have_attribute("data-running", "false")
    expect(page.locator("#voice-stage .stage-line")).to_have_text("Stopped.")
    expect(page.locator("#voice-lead")).to_contain_text("1 of 5 digits")
    assert len(_kept(module_server, "stopping")) == 1
    way = SlowWay(page, TRAIN)
    page.press("Go on")
    way.wait_for_one()
    page.press("Begin again")
    way.end()
    page.expect_step("known")
    kept = _kept(module_server, "stopping")
    assert len(kept) == 5
    sent = [message["take"] for message in page.messages()]
    assert set(kept).isdisjoint(sent[:2])
    assert page.script_errors == []


def test_a_second_stop_gives_up_an_answer_that_never_comes(module_server, meet: Callable) -> None:
    page = meet(module_server.url)
    start, line = page.locator("#voice-start"), page.locator("#voice-stage .stage-line")
    page.change_voice(isRefused=True)
    page.agree("impatient")
    expect(page.alert).to_contain_text("The microphone was refused")
    expect(start).to_have_text("Start")  # nothing was begun that could go on
    page.change_voice(isRefused=False)
    way = SlowWay(page, TRAIN)
    start.click()
    way.wait_for_one()
    start.click()
    expect(line).to_have_text(STOPPING)
    kept = SlowWay(page, STATUS)
    start.click()
    expect(line).to_have_text("Stopped.")
    shown = page.page.evaluate_handle(SHOWN_ANEW)
    kept.end()
    page.page.evaluate("(shown) => shown.anew", shown)
    assert line.text_content() == "Stopped."  # what is kept is shown anew, and leaves what was told
    expect(start).to_have_text("Start")
    start.click()
    expect(page.locator("#voice .orb-digit")).to_be_visible()
    way.end()
    page.expect_step("known")
    assert set(_kept(module_server, "impatient")) == {each["take"] for each in page.messages()}
    assert page.script_errors == []


def test_takes_after_a_deletion_elsewhere_go_though_the_service_is_slow_to_tell(
    module_server, meet: Callable
) -> None:
    page = meet(module_server.url)
    page.agree("slowly")
    page.page.wait_for_function("() => document.querySelector('#takes li')")
    way = SlowWay(page, STATUS)
    HTTP.delete(f"{module_server.url}/delete?speaker=slowly").raise_for_status()
    with page.page.expect_response(TRAIN) as answer:
        pass
    assert answer.value.ok
    page.press("Stop")
    expect(page.locator("#voice-start")).to_have_attribute("data-running", "false")
    way.end()
    page.expect_step("consent")
    expect(page.locator("#consent-name-note")).to_contain_text("until you agree again")
    assert _kept(module_server, "slowly") == []


def test_recordings_that_are_stopped_on_their_way_are_all_forgotten(
    module_server, meet: Callable, said_wav: Callable
) -> None:
    page = meet(module_server.url)
    page.page.set_input_files("#voice-drop input", said_wav("fsjackson", range(10)))
    page.page.get_by_label("Your name").fill("halfway")
    way = SlowWay(page, TRAIN)
    page.press("I agree: learn my voice")
    way.wait_for_one()
    page.press("Stop")
    expect(page.locator("#voice-stage .stage-line")).to_have_text(STOPPING)
    with page.page.expect_request(re.compile("/takes/")):
        way.end()
    expect(page.locator("#voice-stage")).to_have_attribute("data-state", "idle")
    expect(page.locator("#voice")).to_have_attribute("data-step", "learn")
    expect(page.locator("#voice-start")).to_have_text("Start")
    assert _kept(module_server, "halfway") == []
    assert len(page.messages()) == 1  # of two


def test_the_bench_tells_of_a_take_that_was_on_its_way(module_server, meet: Callable) -> None:
    HTTP.post(f"{module_server.url}/consent?speaker=bench", json={"version": "page-2"})
    page = meet(module_server.url, "bench")
    page.open("bench")
    way = SlowWay(page, TRAIN)
    train = page.locator("#bench-train")
    train.click()
    way.wait_for_one()
    train.click()
    expect(page.locator("#microphone-state")).to_have_text("Off")
    way.end()
    expect(train).to_have_attribute("data-running", "false")
    expect(page.locator("#bench-log")).to_contain_text("0 learnt")
    assert len(_kept(module_server, "bench")) == 1
    page.open("data")
    expect(page.locator("#devices")).to_contain_text("computer")  # so that it can be forgotten
    page.open("bench")
    HTTP.delete(f"{module_server.url}/delete?speaker=bench").raise_for_status()
    train.click()
    expect(page.locator("#bench-consent")).to_be_visible(timeout=LONGEST_WAIT_MS)
    assert _kept(module_server, "bench") == []


def test_two_quick_clicks_begin_and_do_not_stop(known_voices, meet: Callable) -> None:
    page = meet(known_voices.url, "jackson", viewport={"width": 1280, "height": 800})
    page.change_voice(isMute=True)
    for screen in ("voice", "compare", "bench"):
        page.open(screen)
        begin = {"voice": "#voice-start", "compare": "#first-record", "bench": "#bench-train"}[
            screen
        ]
        page.locator(begin).dblclick()
        expect(page.locator(f"#{screen} .orb-digit")).to_be_visible(timeout=20_000)
        page.locator(begin).click()
        expect(page.locator(begin)).to_have_attribute("data-running", "false")
