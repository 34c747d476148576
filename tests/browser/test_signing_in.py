"""The page says whether callers have to sign in, and signs them in."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from caller_driver import HTTP, PASSWORD, bearer, create_account, older, run_cli, sign_in
from digit_speaker import enrol
from page_driver import VerificationPage
from playwright.sync_api import expect

SLOW_HASH_TIMEOUT_MS = 40_000


def test_a_service_without_auth_says_so(module_server, meet: Callable) -> None:
    page = meet(module_server.url)
    expect(page.locator("#access-note")).to_contain_text("Sign-in is off")
    expect(page.locator("#sign-in")).to_be_hidden()


def test_an_account_is_made_used_and_left(guarded_server, meet: Callable) -> None:
    page = meet(guarded_server.url)
    form = page.page.get_by_role("form", name="Sign in")
    expect(form).to_be_visible()
    expect(page.locator("#workplace")).to_be_hidden()
    form.get_by_label("Name").fill("anna")
    password = form.get_by_label("Password")
    for wrong in ("short", "an old one"):
        password.fill(wrong)
        form.get_by_role("button", name="Sign in").click()
        expect(page.alert).to_contain_text("do not match", timeout=SLOW_HASH_TIMEOUT_MS)
        page.press("Close this message")
    password.fill("fourteen signs")
    form.get_by_role("button", name="Create account").click()
    expect(password).to_be_focused()
    assert password.evaluate("field => field.validity.tooShort")
    assert not any(request.url.endswith("/user") for request in page.requests)
    password.fill("password password")
    form.get_by_role("button", name="Create account").click()
    expect(page.alert).to_contain_text("too easy to guess")
    expect(page.alert).to_contain_text("common words")
    password.fill("fifteen letters or more")
    form.get_by_role("button", name="Create account").click()
    expect(form).to_be_hidden(timeout=SLOW_HASH_TIMEOUT_MS)
    expect(page.locator("#person-name")).to_have_text("anna")
    expect(page.locator('.screens a[href="#identify"]')).to_be_hidden()
    page.page.reload()
    expect(page.locator("#person-name")).to_have_text("anna")
    expect(form).to_be_hidden()
    page.agree()
    page.expect_step("known")
    expect(page.locator("#voice-lead")).to_contain_text("a few random digits")
    page.press("Verify")
    expect(page.locator("#voice-stage .stage-line")).to_contain_text("of 5)")
    page.press("not me")
    expect(page.page.get_by_role("heading", name="Sign in")).to_be_focused()
    expect(form.get_by_label("Name")).to_have_value("")
    assert page.policy_violations == page.script_errors == []
    assert page.page.context.cookies() == []
    assert page.page.evaluate("localStorage.length + sessionStorage.length") == 0


@pytest.fixture
def door(guarded_server, come_back: Callable[..., VerificationPage]) -> VerificationPage:
    """Return the page where nobody is signed in."""
    page = come_back(guarded_server.url)
    form = page.page.get_by_role("form", name="Sign in")
    if not form.is_visible():
        page.press("not me")
    for label in ("Name", "Password"):
        form.get_by_label(label).fill("")
    return page


def test_a_taken_name_and_bad_names_are_told_in_the_pages_words(door: VerificationPage) -> None:
    page = door
    form = page.page.get_by_role("form", name="Sign in")
    expect(form).to_contain_text("Any name, but without /")
    form.get_by_label("Name").fill("two/words")
    form.get_by_label("Password").fill("four words are enough")
    form.get_by_role("button", name="Create account").click()
    expect(page.locator("#account-name-note")).to_contain_text("1 to 64 characters")
    form.get_by_label("Name").fill("taken")
    form.get_by_role("button", name="Create account").click()
    expect(form).to_be_hidden(timeout=SLOW_HASH_TIMEOUT_MS)
    page.press("not me")
    form.get_by_label("Name").fill("taken")
    form.get_by_label("Password").fill("four words are enough")
    form.get_by_role("button", name="Create account").click()
    expect(page.alert).to_contain_text("This name is taken.", timeout=SLOW_HASH_TIMEOUT_MS)
    expect(page.alert).not_to_contain_text("expected")
    form.get_by_label("Name").fill("default")
    form.get_by_role("button", name="Create account").click()
    expect(page.alert).to_contain_text("This name cannot be given.")


def test_a_tenants_invitation_is_taken_where_anybody_may_make_an_account(
    guarded_server, door: VerificationPage
) -> None:
    page = door
    form = page.page.get_by_role("form", name="Sign in")
    invitation = form.get_by_label("Invitation")
    form.get_by_label("Password").fill(PASSWORD)
    expect(invitation).to_be_hidden()
    form.get_by_label("Name").fill("tin/other")
    invitation.fill(run_cli(guarded_server, "invite", "tin/ann").strip())
    form.get_by_role("button", name="Create account").click()
    expect(page.alert).to_contain_text("This name needs an invitation.")
    form.get_by_label("Name").fill("tin/ann")
    form.get_by_role("button", name="Create account").click()
    expect(page.locator("#person-name")).to_have_text("ann", timeout=SLOW_HASH_TIMEOUT_MS)
    page.open("data")
    page.press("Delete everything")
    page.press("Delete")
    expect(page.locator("#notice")).to_have_text("Everything about ann is deleted.")
    expect(page.page.get_by_role("heading", name="Sign in")).to_be_focused()
    expect(form.get_by_label("Name")).to_have_value("")
    expect(invitation).to_be_hidden()
    assert page.page.evaluate("sessionStorage.length") == 0  # the session is over, too


def test_a_session_that_ends_is_told(guarded_server, meet: Callable) -> None:
    create_account(guarded_server, "late")
    page = meet(guarded_server.url)
    form = page.page.get_by_role("form", name="Sign in")
    form.get_by_label("Name").fill("late")
    form.get_by_label("Password").fill(PASSWORD)
    form.get_by_role("button", name="Sign in").click()
    expect(form).to_be_hidden(timeout=SLOW_HASH_TIMEOUT_MS)
    token = page.page.evaluate("sessionStorage.session")
    HTTP.delete(f"{guarded_server.url}/session", headers=bearer(token)).raise_for_status()
    page.locator('.screens a[href="#data"]').click()
    expect(form).to_be_visible()
    expect(page.alert).to_contain_text("Your session has ended.")
    form.get_by_label("Password").fill(PASSWORD)
    form.get_by_role("button", name="Sign in").click()
    expect(form).to_be_hidden(timeout=SLOW_HASH_TIMEOUT_MS)
    expect(page.alert).to_be_empty()
    page.press("not me")
    expect(form).to_be_visible()
    expect(page.alert).to_be_empty()


def test_a_password_that_was_given_long_ago_is_asked_for_again(
    guarded_server, meet: Callable, shared_dir
) -> None:
    create_account(guarded_server, "slow")
    url, own = guarded_server.url, bearer(sign_in(guarded_server, "slow"))
    HTTP.post(f"{url}/consent", json={"version": "page-2"}, headers=own).raise_for_status()
    enrol(url, shared_dir, "default", takes=[0], digits=range(5), headers=own)
    page = meet(url)
    page.page.get_by_label("Name", exact=True).fill("slow")
    page.page.get_by_label("Password").fill(PASSWORD)
    page.press("Sign in")
    page.expect_step("known")
    token = page.page.evaluate("sessionStorage.session")
    aged = older(guarded_server, token, 901)
    page.page.evaluate("(token) => { sessionStorage.session = token; }", aged)
    page.page.reload()
    page.expect_step("known")
    page.open("data")
    page.press("Export")
    form = page.page.get_by_role("form", name="Sign in")
    expect(form).to_be_visible()
    expect(page.alert).to_contain_text("Sign in again")
    page.page.get_by_label("Name", exact=True).fill("slow")
    page.page.get_by_label("Password").fill(PASSWORD)
    page.press("Sign in")
    with page.page.expect_download():
        page.press("Export")
    expect(page.alert).to_be_empty()


def test_what_was_wrong_before_goes_when_something_else_is(door: VerificationPage) -> None:
    page = door
    name, note = page.page.get_by_label("Name", exact=True), page.locator("#account-name-note")
    name.fill("emma")
    page.page.get_by_label("Password").fill("fourteen signs")
    page.press("Sign in")
    expect(page.alert).to_contain_text("do not match", timeout=SLOW_HASH_TIMEOUT_MS)
    name.fill("em/ma/")
    page.press("Sign in")
    expect(note).to_contain_text("without /")
    expect(page.alert).to_be_empty()
    name.fill("emma")
    expect(note).to_be_empty()
    page.press("Sign in")
    expect(page.alert).to_contain_text("do not match", timeout=SLOW_HASH_TIMEOUT_MS)
    page.press("Create account")
    expect(page.page.get_by_label("Password")).to_be_focused()
    expect(page.alert).to_be_empty()
