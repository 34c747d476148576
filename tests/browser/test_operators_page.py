"""The operators' page: enrolments, attempts, locks, keys and the audit log."""

from __future__ import annotations

import csv
import re
from pathlib import Path

import pytest
from caller_driver import HTTP, bearer, make_key
from example_messages import OTHER, TEST, TRAIN
from page_driver import check_with_axe
from playwright.sync_api import Page, expect
from server_driver import LiveServer

PHONE = {"width": 390, "height": 844}


def row(page: Page, name: str):
    return page.locator("#list li").filter(has=page.get_by_text(name, exact=True))


@pytest.fixture(scope="module")
def server(serve, auth_on) -> LiveServer:
    """Return a server with auth on whose locks outlast the tests."""
    return serve(**auth_on, LOCKOUT_S="3600")


def test_speakers_are_listed_renamed_and_deleted_with_a_key(server, browser) -> None:
    url, key = server.url, make_key(server, "admin", "enrol")
    for number in range(101):
        body = {"alias": f"s{number:03}"}
        HTTP.post(f"{url}/speakers", json=body, headers=bearer(key)).raise_for_status()
    page = browser.new_context(locale="de-DE", bypass_csp=True).new_page()
    page.goto(f"{url}/static/operators.html")
    for given, told in (
        ("cepstra_wrong", "kennt diesen Schlüssel nicht"),
        (make_key(server, "verify"), "nicht erlaubt"),
    ):
        page.locator("#key").fill(given)
        page.get_by_role("button", name="Weiter").click()
        expect(page.get_by_role("alert")).to_contain_text(told)
        expect(page.locator("#panels")).to_be_hidden()
    page.locator("#key").fill(key)
    page.get_by_role("button", name="Weiter").click()
    expect(page.locator("#list li")).to_have_count(100)
    expect(page.locator("#attempts-title")).to_be_focused()
    page.locator("#more").click()
    expect(page.locator("#list li")).to_have_count(101)
    page.get_by_role("button", name="s001 umbenennen").click()
    field = page.get_by_label("Neuer Name für s001")
    for wrong, said in (("a/b", "ohne /"), ("s002", "vergeben")):
        field.fill(wrong)
        page.get_by_role("button", name="Speichern").click()
        expect(page.get_by_text(said)).to_be_visible()
    field.fill("Zoë <b>M")
    page.get_by_role("button", name="Speichern").click()
    expect(page.get_by_text("s001 heißt jetzt Zoë <b>M.")).to_be_visible()
    expect(page.locator("#speakers-title")).to_be_focused()
    for answer, left in (("Behalten", 1), ("Löschen", 0)):
        page.get_by_role("button", name="s003 löschen").click()
        page.get_by_role("button", name=answer, exact=True).click()
        expect(row(page, "s003")).to_have_count(left)
    reply = HTTP.get(f"{url}/speakers", headers=bearer(key)).json()
    kept = {speaker["alias"] for speaker in reply["speakers"]}
    assert {"Zoë <b>M", "s000", "s002"} <= kept and not {"s001", "s003"} & kept
    page.context.close()


@pytest.fixture(scope="module")
def watched(server) -> tuple[str, str]:
    """Return address and operator's key of a server that rejected ann until she is locked."""
    url, key = server.url, make_key(server)
    calls = [("train", TRAIN, 200), *5 * [("score", OTHER, 200)], ("score", TEST, 429)]
    for call, message, status in calls:
        reply = HTTP.put(f"{url}/{call}?speaker=ann", json=message, headers=bearer(key))
        assert reply.status_code == status, reply.text
    return url, key


def open_as_operator(browser, url: str, key: str, **options) -> Page:
    page = browser.new_context(bypass_csp=True, accept_downloads=True, **options).new_page()
    page.goto(f"{url}/static/operators.html")
    page.locator("#key").fill(key)
    page.get_by_role("button", name="Continue").click()
    expect(page.locator("#panels")).to_be_visible()
    return page


def test_axe_finds_nothing_and_a_phone_shows_it_all(watched, browser) -> None:
    page = open_as_operator(browser, *watched)
    page.locator("details summary").click()
    page.locator("#language").select_option("de")
    expect(page.locator("#audit-table")).to_contain_text("gesperrt")
    for size in (PHONE, {"width": 1280, "height": 800}):
        page.set_viewport_size(size)
        check_with_axe(page)
        wide = page.evaluate(
            "[document.documentElement, ...document.querySelectorAll('.scroller')]"
            ".map((part) => part.scrollWidth - part.clientWidth)"
        )
        assert max(wide) <= 0, f"{wide} pixels too wide for {size}"
        lines = page.evaluate(
            "[...document.querySelectorAll('#new-key .field input')]"
            ".map((input) => input.getBoundingClientRect().bottom)"
        )
        assert len(set(lines)) == (3 if size == PHONE else 1), "inputs of a row on several lines"
    page.context.close()


def test_what_is_a_tenants_is_shown_without_buttons(server, watched, browser) -> None:
    url, key = watched
    boss = bearer(make_key(server, "admin", tenant="acme"))
    HTTP.post(f"{url}/speakers", json={"alias": "bea"}, headers=boss).raise_for_status()
    page = open_as_operator(browser, url, key)
    expect(row(page, "acme/bea")).to_have_count(1)
    expect(row(page, "acme/bea").get_by_role("button")).to_have_count(0)
    expect(row(page, "ann").get_by_role("button")).to_have_count(2)
    expect(page.locator("#lock-list li").get_by_role("button")).to_have_count(1)
    page.context.close()


def test_an_operator_sees_attempts_and_lifts_a_lock(watched, browser) -> None:
    url, key = watched
    page = open_as_operator(browser, url, key)
    expect(page.locator("#attempts-chart figcaption")).to_have_text(
        "0 accepted, 5 rejected, 0 with too little speech, 1 refused while locked."
    )
    page.get_by_label("Name of a speaker").first.fill("nobody")
    page.get_by_role("button", name="Show", exact=True).click()
    expect(page.get_by_role("alert")).not_to_be_empty()
    expect(page.locator("#lock-list li")).to_contain_text("voices rejected in a row: 5")
    page.get_by_role("button", name="Lift the lock of ann").click()
    page.locator("#question-confirm").click()
    expect(page.get_by_text("Nobody has to wait.")).to_be_visible()
    reply = HTTP.put(f"{url}/score?speaker=ann", json=TEST, headers=bearer(key))
    assert reply.json()["decision"] == "accept"
    page.context.close()


def test_an_operator_makes_and_revokes_a_key_and_searches(watched, browser) -> None:
    url, key = watched
    page = open_as_operator(browser, url, key)
    page.get_by_label("Name of the key").fill("till")
    page.get_by_label("verify", exact=True).check()
    page.get_by_role("button", name="Make a key").click()
    made = page.get_by_label("The new key")
    expect(made).to_have_value(re.compile("cepstra_"))
    used = bearer(made.input_value())
    assert HTTP.get(f"{url}/status?speaker=ann", headers=used).status_code == 200
    page.get_by_role("button", name="I keep it").click()
    expect(made).to_be_hidden()
    assert used["Authorization"][7:] not in page.content()
    page.get_by_role("button", name="Revoke till").click()
    page.locator("#question-confirm").click()
    expect(page.get_by_text("till is revoked.")).to_be_visible()
    assert HTTP.get(f"{url}/status?speaker=ann", headers=used).status_code == 401
    page.locator("#audit-name").fill("ann")
    page.locator("#audit-action").select_option("score")
    page.locator("#audit-decision").select_option("reject")
    page.get_by_role("button", name="Find").click()
    expect(page.locator("#audit-table tr")).to_have_count(5)
    with page.expect_download() as download:
        page.get_by_role("button", name="Save as CSV").click()
    rows = list(csv.DictReader(Path(download.value.path()).read_text().splitlines()))
    assert [(row["speaker"], row["decision"]) for row in rows] == 5 * [("ann", "reject")]
    page.locator("#language").select_option("de")
    newest = page.locator("#audit-table tr").first
    expect(newest).to_contain_text(re.compile(r"Prüfen.*abgelehnt.*Schlüssel \d+"))
    page.locator("#language").select_option("en")
    expect(newest).to_contain_text(re.compile(r"score.*reject.*key \d+"))
    page.locator("#audit-since").fill("2100-01-01T00:00")
    page.get_by_role("button", name="Find").click()
    expect(page.get_by_text("No entry.")).to_be_visible()
    page.context.close()


def test_an_operator_makes_a_key_of_a_tenant(watched, browser) -> None:
    page = open_as_operator(browser, *watched)
    page.get_by_label("Name of the key").fill("till")
    page.get_by_label("Tenant").fill("shop")
    page.get_by_label("verify", exact=True).check()
    page.get_by_role("button", name="Make a key").click()
    expect(page.locator("#key-list li").first).to_contain_text("shop/till")
    page.context.close()


def test_where_nobody_has_to_sign_in_no_key_is_asked_for(module_server, browser) -> None:
    HTTP.post(f"{module_server.url}/speakers", json={"alias": "ann"}).raise_for_status()
    page = browser.new_page()
    page.goto(module_server.url)
    page.get_by_role("link", name="For operators").click()
    expect(row(page, "ann")).to_have_count(1)
    expect(page.locator("#key-form")).to_be_hidden()
    page.close()
