"""The threshold for everybody: measured, moved with the slider, adopted, taken back."""

from __future__ import annotations

import re
from collections.abc import Callable

from caller_driver import HTTP
from playwright.sync_api import Route, expect


def _nothing_yet(route: Route) -> None:
    """Answer as if those tried so far had too little speech."""
    route.fulfill(status=503, headers={"Retry-After": "0"}, json={"code": 503})


def _one_missing(route: Route) -> None:
    """Answer as if a speaker were still to be tried."""
    reply = route.fetch()
    changed = reply.json() | ({"n_waiting": 1} if reply.ok else {})
    route.fulfill(response=reply, json=changed)


def test_an_operator_tries_adopts_and_takes_back_a_threshold(known_voices, meet: Callable) -> None:
    page = meet(known_voices.url, "jackson")
    page.open("bench")
    page.page.route("**/calibration", _one_missing)
    page.page.route("**/calibration", _nothing_yet, times=2)  # the later route goes first
    page.locator("#limit-measure").click()
    tried, named = page.locator("#limit-tried"), page.locator("#limit-named")
    adopt = page.locator("#limit-adopt")
    expect(named).to_have_text("Measuring. Speakers still to be tried: 1.", timeout=120_000)
    expect(adopt).to_be_disabled()
    page.page.unroute_all(behavior="wait")
    expect(tried).to_contain_text("Speakers: 2, 0 of them in another sitting", timeout=120_000)
    expect(named).to_have_text(
        re.compile(r"No threshold is named for \d%: too few voices to be sure\.")
    )
    undo = page.locator("#limit-undo")
    expect(undo).to_be_disabled()
    slider, at = page.page.get_by_label("Try another threshold"), page.locator("#limit-at")
    slider.press("End")  # above every score
    expect(at).to_contain_text("0% of others pass and 100% of own attempts are rejected")
    slider.press("Home")
    expect(at).to_contain_text("100% of others pass and 0% of own attempts are rejected")
    line = page.locator("#limit-histogram [role=img] line.limit")
    left = line.get_attribute("x1")
    slider.fill("1.25")
    expect(line).not_to_have_attribute("x1", left)
    adopt.click()
    expect(at).to_contain_text("In force: 1.25.")
    in_force = HTTP.get(f"{known_voices.url}/calibration").json()["in_force"]
    assert in_force["threshold"] == 1.25
    page.page.get_by_label("Language", exact=True).select_option("de")
    expect(at).to_contain_text("In Kraft: 1,25.")
    expect(page.locator("#limit-histogram figcaption")).to_contain_text("eigenen Versuchen")
    undo.click()
    expect(page.locator("#notice")).to_contain_text(re.compile(r"wieder an \d,\d\d gemessen"))
    expect(undo).to_be_disabled()
    assert page.script_errors == page.policy_violations == []
