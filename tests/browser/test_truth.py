"""What the page says is so: verdicts, errors, whose data, and what fits on a screen."""

from __future__ import annotations

import re
from collections.abc import Callable

from caller_driver import HTTP
from digit_speaker import enrol
from playwright.sync_api import Route, expect

SPEECH_MS = 60_000
INSIDE = """([selector, width, height]) => {
  const box = document.querySelector(selector).getBoundingClientRect();
  return box.top >= 0 && box.left >= 0 && box.bottom <= height && box.right <= width;
}"""
SIZES_OF_TEXT = """() => [...document.querySelectorAll("#voice-verdict .scale span")]
  .filter((node) => node.textContent).map((node) => parseFloat(getComputedStyle(node).fontSize))"""
COUNT_OPENED = """() => {
  const { mediaDevices } = navigator;
  const original = mediaDevices.getUserMedia;
  globalThis.opened = 0;
  mediaDevices.getUserMedia = (...wanted) => {
    opened += 1;
    return original.apply(mediaDevices, wanted);
  };
}"""
OUTCOMES = """async (replies) => {
  const { outcomeOf } = await import("/static/js/ui/verdict.js");
  return replies.map(outcomeOf);
}"""


def _answer(page, path: str, changes: dict) -> None:
    """Have the service's replies on a path changed on their way."""

    def change(route) -> None:
        reply = route.fetch()
        route.fulfill(response=reply, json=reply.json() | changes)

    page.page.route(re.compile(path), change)


def test_three_outcomes_have_three_colours(module_server, meet: Callable) -> None:
    page = meet(module_server.url)
    replies = [
        {"decision": "accept", "probability": 0.99},
        {"decision": "reject", "probability": 0.78, "reason": "another-voice"},
        {"decision": "reject", "probability": 0.78},
        {"decision": "reject", "probability": 0.02, "reason": "another-voice"},
        {"decision": "reject", "probability": 0.99, "reason": "repeated"},
        {"decision": "inconclusive", "probability": 0.3},
    ]
    outcomes = page.page.evaluate(OUTCOMES, replies)
    assert outcomes == ["yes", "unsure", "unsure", "no", "no", "unsure"]


def test_a_sentence_and_its_number_agree(jacksons, said_wav) -> None:
    page = jacksons
    verdict = page.locator("#voice-verdict")
    wav = said_wav("fsjackson", range(6))
    told = {"decision": "reject", "llr": 1.27, "threshold": 3.0, "probability": 0.78}
    for changes, words in (
        (told, "78% likely to be jackson, which is not sure enough"),
        (told | {"llr": -1.27, "probability": 0.22}, "Another voice: 78% likely"),
        (told | {"llr": -9.1, "probability": 0.0001}, "Another voice: more than 99% likely"),
        (told | {"reason": "repeated", "probability": 0.99}, "A recording is no voice"),
    ):
        page.page.unroute_all()
        _answer(page, r"/score\?", changes)
        page.page.set_input_files("#voice-drop input", wav)
        expect(verdict).to_contain_text(words, timeout=SPEECH_MS)
    expect(verdict).to_have_attribute("data-outcome", "no")
    expect(verdict.locator(".verdict-title")).to_have_text("Not accepted")  # not "Not jackson"
    expect(verdict.get_by_role("img")).to_have_count(0)


def test_nobody_known_does_not_stand_over_a_leader(known_voices, meet: Callable, said_wav) -> None:
    page = meet(known_voices.url)
    page.open("identify")
    ranking = [{"alias": "anna", "llr": 1.2, "probability": 0.77}]
    changes = {"decision": "none", "speaker": None, "ranking": ranking, "probability_none": 0.23}
    _answer(page, "/identify", changes)
    page.page.set_input_files("#identify-drop input", said_wav("fsjackson", range(6)))
    verdict = page.locator("#identify-verdict")
    expect(verdict).to_contain_text("Perhaps anna, but not surely", timeout=SPEECH_MS)
    expect(verdict).to_have_attribute("data-outcome", "unsure")
    page.page.unroute_all()
    sure = [{"alias": "anna", "llr": 14.2, "probability": 0.999999}]
    changes = {"decision": "identified", "speaker": "anna", "ranking": sure}
    _answer(page, "/identify", changes | {"probability_none": 0.000001})
    page.page.set_input_files("#identify-drop input", said_wav("fsjackson", range(6)))
    shares = page.locator("#ranking .rank-share")
    expect(shares).to_have_text(["> 99%", "< 1%"], timeout=SPEECH_MS)


def test_a_verdict_goes_when_the_next_file_or_person_begins(
    known_voices, meet: Callable, said_wav, tmp_path
) -> None:
    page = meet(known_voices.url, "jackson")
    verdict = page.locator("#voice-verdict")
    page.page.set_input_files("#voice-drop input", said_wav("fsjackson", range(6)))
    expect(verdict).to_contain_text("It is jackson", timeout=SPEECH_MS)
    broken = tmp_path / "broken.wav"
    broken.write_bytes(b"RIFF....WAVE")
    page.page.set_input_files("#voice-drop input", broken)
    expect(page.locator("#voice-drop")).to_contain_text("not a sound recording")
    expect(verdict).to_be_hidden()
    page.page.set_input_files("#voice-drop input", said_wav("fsjackson", range(6)))
    expect(verdict).to_be_visible(timeout=SPEECH_MS)
    page.press("not me")
    expect(verdict).to_be_hidden()


def test_nobody_enrolled_is_told_before_anybody_speaks(live_server, meet: Callable) -> None:
    page = meet(live_server.url)
    page.open("identify")
    page.press("Speak")
    expect(page.locator("#identify-nobody")).to_contain_text("Nobody is enrolled here yet")
    expect(page.locator("#identify-start")).not_to_have_attribute("data-running", "true")
    page.page.get_by_role("link", name="Let it learn a voice").first.click()
    expect(page.page.get_by_role("heading", name="Say something")).to_be_visible()


def test_nothing_listens_on_a_screen_that_was_left(known_voices, meet: Callable) -> None:
    page = meet(known_voices.url)
    page.page.evaluate(COUNT_OPENED)
    held: list[Route] = []
    # The question whether somebody has that name is answered, `speakers?like=`.
    page.page.route(re.compile("/(consent|speakers$)"), lambda route: held.append(route))
    page.press("Let it learn my voice")
    page.page.get_by_label("Your name").fill("leaver")
    with page.page.expect_request(re.compile("/consent")):
        page.press("I agree: learn my voice")
    page.open("identify")
    with page.page.expect_request(re.compile("/speakers$")):
        page.press("Speak")
    page.open("data")
    for route in held:
        route.continue_()
    expect(page.locator("#data-lead")).to_contain_text("leaver")
    expect(page.locator("#voice")).to_have_attribute("data-step", "learn")
    expect(page.locator("#identify-start")).not_to_have_attribute("aria-busy", "true")
    assert page.page.evaluate("opened") == 0


def test_data_and_delete_are_of_the_same_person(known_voices, meet: Callable) -> None:
    page = meet(known_voices.url, "jackson")
    page.open("data")
    expect(page.locator("#data-lead")).to_contain_text("jackson")
    page.page.route(re.compile(r"/(session|status)"), lambda route: route.abort())
    page.page.get_by_role("button", name="not me").click()
    expect(page.page.get_by_role("button", name="Delete everything")).to_be_hidden()
    expect(page.locator("#data-lead")).to_contain_text("Nobody is known on this device")
    expect(page.locator("#data h3").filter(visible=True)).to_have_count(0)
    expect(page.locator("#figures")).to_be_hidden()


def test_nothing_begins_before_it_is_known_who_is_there(known_voices, meet: Callable) -> None:
    page = meet(known_voices.url, "jackson")
    held: list[Route] = []
    page.page.route(re.compile(r"/status\?"), lambda route: held.append(route))
    with page.page.expect_request(re.compile(r"/status\?")):
        page.page.reload()
    expect(page.locator("#voice-drop input")).to_be_attached()
    expect(page.locator("#workplace")).to_be_hidden()
    held[0].continue_()
    expect(page.page.get_by_role("heading", name="It knows you, jackson")).to_be_visible()


def test_an_answer_about_somebody_who_has_left_is_not_shown(known_voices, meet: Callable) -> None:
    HTTP.post(f"{known_voices.url}/consent?speaker=leaving", json={"version": "page-2"})
    page = meet(known_voices.url, "leaving")
    page.open("data")
    page.press("Delete everything")
    held: list[Route] = []
    page.page.route(re.compile(r"/status\?"), lambda route: held.append(route))
    with page.page.expect_request(re.compile(r"/status\?")):
        page.page.get_by_role("dialog").get_by_role("button", name="Delete").click()
    page.press("not me")
    expect(page.locator("#data-lead")).to_contain_text("Nobody is known on this device")
    with page.page.expect_response(re.compile(r"/status\?")):
        held[0].continue_()
    expect(page.locator("#notice")).to_have_text("Everything about leaving is deleted.")
    expect(page.locator("#data-lead")).to_contain_text("Nobody is known on this device")
    expect(page.locator("#person")).to_be_hidden()


def test_takes_after_a_deletion_elsewhere_need_consent_again(module_server, meet: Callable) -> None:
    page = meet(module_server.url)
    page.agree("gone")
    some = "() => document.querySelectorAll('#takes li').length >= 2"
    page.page.wait_for_function(some, timeout=SPEECH_MS)
    HTTP.delete(f"{module_server.url}/delete?speaker=gone").raise_for_status()
    page.expect_step("consent")
    expect(page.locator("#consent-name-note")).to_contain_text("until you agree again")
    status = HTTP.get(f"{module_server.url}/status?speaker=gone").json()
    assert (status["consent"], status["training_log"]) == (None, [])


def test_nobody_is_asked_for_digits_of_a_voice_that_was_deleted_elsewhere(
    module_server, meet: Callable, shared_dir
) -> None:
    url, name = module_server.url, "deleted"
    HTTP.post(f"{url}/consent?speaker={name}", json={"version": "page-2"})
    enrol(url, shared_dir, name, takes=[0], digits=range(5))
    page = meet(url, name)
    page.expect_step("known")
    HTTP.delete(f"{url}/delete?speaker={name}").raise_for_status()
    page.press("Verify")
    page.expect_step("consent")
    expect(page.locator("#consent-name-note")).to_contain_text("it was deleted or renamed")
    expect(page.locator("#voice-verdict")).to_be_hidden()


def test_a_lock_counts_down_and_errors_go_when_things_work(
    known_voices, meet: Callable, said_wav
) -> None:
    page = meet(known_voices.url, "jackson")
    refusal = {
        "code": 429,
        "message": "x",
        "description": "expected fewer",
        "errors": {"speaker": [""]},
    }
    page.page.route(
        re.compile(r"/score\?"),
        lambda route: route.fulfill(status=429, json=refusal, headers={"Retry-After": "650"}),
    )
    wav = said_wav("fsjackson", range(6))
    page.page.clock.install()
    page.page.set_input_files("#voice-drop input", wav)
    expect(page.alert).to_contain_text("Too many attempts were rejected", timeout=SPEECH_MS)
    expect(page.alert).to_contain_text(re.compile("in 10:[0-5][0-9]"))
    page.page.clock.fast_forward(60_000)
    expect(page.alert).to_contain_text(re.compile("in 9:[0-5][0-9]"))
    expect(page.alert).not_to_contain_text("expected fewer")
    page.page.unroute_all()
    page.page.set_input_files("#voice-drop input", wav)
    expect(page.locator("#voice-verdict")).to_be_visible(timeout=SPEECH_MS)
    expect(page.alert).to_be_empty()


def test_the_wait_for_a_service_that_asks_for_one_counts_down(
    known_voices, meet: Callable, said_wav
) -> None:
    page = meet(known_voices.url, "jackson")
    away = {"status": 503, "json": {}, "headers": {"Retry-After": "650"}}
    page.page.route(re.compile(r"/score\?"), lambda route: route.fulfill(**away))
    page.page.clock.install()
    page.page.set_input_files("#voice-drop input", said_wav("fsjackson", range(6)))
    expect(page.alert).to_contain_text(re.compile("again in 10:[0-5][0-9]"), timeout=SPEECH_MS)
    page.page.clock.fast_forward(60_000)
    expect(page.alert).to_contain_text(re.compile("again in 9:[0-5][0-9]"))
    page.page.unroute_all()
    page.page.clock.fast_forward(600_000)
    expect(page.locator("#voice-verdict")).to_be_visible(timeout=SPEECH_MS)
    expect(page.alert).to_be_empty()


def test_a_page_without_https_says_so_at_the_start(module_server, browser) -> None:
    page = browser.new_page()
    page.add_init_script("Object.defineProperty(globalThis, 'isSecureContext', { value: false })")
    page.goto(module_server.url)
    expect(page.locator("#alert")).to_contain_text("not available on this page", timeout=SPEECH_MS)
    page.close()


def test_a_first_load_without_an_answer_can_be_tried_again(module_server, browser) -> None:
    page = browser.new_page()
    page.route("**/strings/*.js", lambda route: route.abort())
    page.goto(module_server.url)
    expect(page.locator("#loading")).to_be_visible()  # there are no words yet to say it with
    page.unroute_all()
    page.route(re.compile("/session"), lambda route: route.abort())
    page.reload()
    expect(page.locator("#alert")).to_contain_text("cannot be reached", timeout=SPEECH_MS)
    expect(page.get_by_role("button", name="Turn on the microphone")).to_be_visible()
    page.unroute_all()
    page.get_by_role("button", name="Try again").click()
    expect(page.locator("#alert")).to_be_empty()
    expect(page.locator("#access-note")).to_be_visible()
    page.close()


def test_a_double_press_begins_once(module_server, meet: Callable) -> None:
    page = meet(module_server.url)
    held: list = []
    page.page.route(re.compile("/consent"), lambda route: held.append(route))
    page.press("Let it learn my voice")
    page.page.get_by_label("Your name").fill("twice")
    agree = page.page.get_by_role("button", name="I agree: learn my voice")
    with page.page.expect_request(re.compile("/consent")):
        agree.click()
    expect(agree).to_have_attribute("aria-busy", "true")
    agree.click()
    page.page.wait_for_timeout(500)
    assert len(held) == 1
    held[0].continue_()
    expect(page.locator("#voice")).to_have_attribute("data-step", "learn")


def test_the_verdict_with_its_scale_fits(jacksons, said_wav) -> None:
    page = jacksons
    page.page.set_input_files("#voice-drop input", said_wav("fsjackson", range(6)))
    expect(page.locator("#voice-verdict .scale")).to_be_visible(timeout=SPEECH_MS)
    for width, height in ((1280, 800), (390, 844)):
        page.page.set_viewport_size({"width": width, "height": height})
        page.page.evaluate("scrollTo(0, 0)")
        assert page.page.evaluate(INSIDE, ["#voice-verdict", width, height]), width
        sizes = page.page.evaluate(SIZES_OF_TEXT)
        assert len(sizes) >= 4
        assert min(sizes) >= 12
    expect(page.page.get_by_role("button", name="Verify again")).to_be_visible()
    expect(page.locator("body")).not_to_contain_text("Press Verify")


def test_the_digit_is_on_the_screen(jacksons) -> None:
    """At 200% and 400% a screen of 1280 x 800 has a half and a quarter of that."""
    page = jacksons
    page.change_voice(isMute=True)  # the digit stays until it is looked at
    for width, height in ((640, 400), (320, 200), (390, 844)):
        page.page.set_viewport_size({"width": width, "height": height})
        page.locator("#voice-start").click()
        expect(page.locator("#voice .orb-digit")).to_be_visible(timeout=SPEECH_MS)
        assert page.page.evaluate(INSIDE, ["#voice .orb-digit", width, height]), width
        if height > 800:
            assert page.page.evaluate(INSIDE, ["#sent-map canvas", width, height])
        page.page.keyboard.press("Escape")
        expect(page.locator("#voice-start")).to_have_attribute("data-running", "false")


def test_silence_is_answered_after_4_and_10_seconds(known_voices, meet: Callable) -> None:
    page = meet(known_voices.url, "jackson")
    page.change_voice(isMute=True)
    clock = page.page.clock
    clock.install()  # of timers alone: the sound comes as it does
    page.press("Verify")
    expect(page.locator("#voice .orb-digit")).to_be_visible(timeout=SPEECH_MS)
    note = page.locator("#voice-stage .stage-note")
    clock.fast_forward(4_000)
    expect(note).to_contain_text("Nothing heard yet")
    clock.fast_forward(6_000)
    expect(note).to_contain_text(re.compile("delivers silence|Still nothing"))
    clock.fast_forward(20_000)
    expect(page.alert).to_contain_text("Nothing was heard")
    expect(page.locator("#microphone-state")).to_have_text("Off")


def test_the_bench_trains_tests_and_scores(module_server, meet: Callable) -> None:
    name = "benched"
    HTTP.post(f"{module_server.url}/consent?speaker={name}", json={"version": "page-2"})
    page = meet(module_server.url, name)
    page.open("bench")
    for part, field in (("train", "training"), ("test", "reference"), ("score", "matched")):
        button = page.locator(f"#bench-{part}")
        expect(page.locator("#bench-digits .is-next")).to_have_count(1)
        button.click()
        expect(page.locator(f'#bench-figures [data-figure="{field}"] dd')).not_to_have_text(
            re.compile("^(0|– / –)$"), timeout=SPEECH_MS
        )
        button.click()
        expect(button).to_have_attribute("data-running", "false")
    expect(page.locator("#bench-log")).to_contain_text("learnt")
    page.page.reload()
    decided = re.compile("scored: .*, (accepted|rejected|too little to decide)")
    expect(page.locator("#bench-log")).to_contain_text(decided)
    figures = page.locator("#bench-figures")
    for words in ("Training time", "Frame threshold", "Reference result", "Frames matched of all"):
        expect(figures).to_contain_text(words)
    paths = {request.url.split("?")[0].rsplit("/", 1)[1] for request in page.requests}
    assert {"train", "test", "score"} <= paths
    assert page.script_errors == []
