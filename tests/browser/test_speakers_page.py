"""The operators' page: who is enrolled, renamed and deleted, with a key where auth is on."""

from __future__ import annotations

from pathlib import Path

from caller_driver import HTTP, bearer, make_key
from playwright.sync_api import Page, expect

ROOT = Path(__file__).resolve().parent.parent.parent
AXE = ROOT / "node_modules" / "axe-core" / "axe.min.js"


def row(page: Page, name: str):
    return page.locator("#list li").filter(has=page.get_by_text(name, exact=True))


def test_speakers_are_listed_renamed_and_deleted_with_a_key(guarded_server, browser) -> None:
    url, key = guarded_server.url, make_key(guarded_server, "admin", "enrol")
    for number in range(101):
        body = {"alias": f"s{number:03}"}
        HTTP.post(f"{url}/speakers", json=body, headers=bearer(key)).raise_for_status()
    page = browser.new_context(locale="de-DE", bypass_csp=True).new_page()
    page.goto(f"{url}/static/speakers.html")
    for given in ("cepstra_wrong", make_key(guarded_server, "verify")):
        page.get_by_label("API-Schlüssel").fill(given)
        page.get_by_role("button", name="Weiter").click()
        expect(page.get_by_role("alert")).not_to_be_empty()
        expect(page.locator("#speakers")).to_be_hidden()
    page.get_by_label("API-Schlüssel").fill(key)
    page.get_by_role("button", name="Weiter").click()
    expect(page.locator("#list li")).to_have_count(100)
    page.get_by_role("button", name="Mehr zeigen").click()
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
    page.get_by_role("button", name="s003 löschen").click()
    page.get_by_role("button", name="Behalten").click()
    expect(row(page, "s003")).to_have_count(1)
    page.get_by_role("button", name="s003 löschen").click()
    page.locator("#question-confirm").click()
    expect(row(page, "s003")).to_have_count(0)
    reply = HTTP.get(f"{url}/speakers", headers=bearer(key)).json()
    kept = {speaker["alias"] for speaker in reply["speakers"]}
    assert {"Zoë <b>M", "s000", "s002"} <= kept and not {"s001", "s003"} & kept
    page.add_script_tag(path=AXE)
    violations = page.evaluate("async () => (await axe.run()).violations.map(({ id }) => id)")
    assert violations == []
    page.context.close()


def test_where_nobody_has_to_sign_in_no_key_is_asked_for(module_server, browser) -> None:
    HTTP.post(f"{module_server.url}/speakers", json={"alias": "ann"}).raise_for_status()
    page = browser.new_page()
    page.goto(module_server.url)
    page.get_by_role("link", name="Speakers").click()
    expect(row(page, "ann")).to_have_count(1)
    expect(page.locator("#key-form")).to_be_hidden()
    page.close()
