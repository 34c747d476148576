"""The screen that tells who speaks when, and lets unknown voices be named and learnt."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import soundfile
from caller_driver import HTTP, create_account, make_key, sign_in
from page_driver import VerificationPage, check_with_axe
from playwright.sync_api import Browser, Response, Route, expect

from cepstra.evaluation.diarization import Spoken, errors
from cepstra.evaluation.joined_meetings import join, join_call, stretches
from cepstra.frontend import page_definition
from cepstra.frontend.continuous import stream_cepstra
from cepstra.resources.schemas.timeline import MOST_FRAMES
from cepstra.timeline import Segment, Timeline
from cepstra.timeline.formats import to_rttm, to_srt, to_vtt

SPEAKERS = ("fash", "fcaw", "mmsh")
RATE_HZ = 16_000
WORST_ERROR = 0.15  # of a diarization that holds the voices of all parts together
PATIENCE_MS = 120_000  # for a machine that does much else


@pytest.fixture(scope="module")
def recording(shared_dir: Path, tmp_path_factory) -> Path:
    """A meeting of three; the lag of the page's resampler is none at this rate."""
    folder = shared_dir / "corpora" / "an4" / "background"
    paths = {name: sorted((folder / name).glob("*.flac"))[:4] for name in SPEAKERS}
    voices = {name: [part for p in of for part in stretches(p)] for name, of in paths.items()}
    path = tmp_path_factory.mktemp("meeting") / "our meeting.wav"
    meeting = join("meeting", voices, np.random.default_rng(1), overlaps=0.0)
    soundfile.write(path, meeting.samples, RATE_HZ, subtype="PCM_16")
    return path


@pytest.fixture(scope="module")
def take(shared_dir: Path) -> dict[str, Any]:
    """Return twenty seconds of fash, none of them from the meeting."""
    paths = sorted((shared_dir / "corpora" / "an4" / "background" / "fash").glob("*.flac"))[4:]
    samples = np.concatenate([part for path in paths for part in stretches(path)])
    return {"mfcc": cepstra_of(samples)[:2000].tolist(), "frontend": page_definition().id}


@pytest.fixture
def view(module_server, browser: Browser, take: dict[str, Any]) -> Iterator[VerificationPage]:
    """The screen on a telephone, where fash alone is enrolled."""
    for name in SPEAKERS:
        HTTP.delete(f"{module_server.url}/delete?speaker={name}")
    HTTP.put(f"{module_server.url}/train?speaker=fash", json=take).raise_for_status()
    context = browser.new_context(viewport={"width": 390, "height": 844}, bypass_csp=True)
    page = VerificationPage(context.new_page(), module_server.url)
    page.open("timeline")
    yield page
    context.close()


def cepstra_of(samples: np.ndarray) -> np.ndarray:
    return np.concatenate(list(stream_cepstra([samples.astype(np.float32)])))


def give(view: VerificationPage, path: Path) -> Response:
    with view.page.expect_response(
        lambda reply: reply.url.endswith("/timeline"), timeout=PATIENCE_MS
    ) as told:
        view.page.set_input_files("#timeline-drop input", path)
    expect(view.locator(".lanes")).to_be_visible()
    return told.value


def names(view: VerificationPage) -> list[str]:
    return view.locator(".lane-name").all_inner_texts()


def download(view: VerificationPage, kind: str) -> tuple[str, str]:
    with view.page.expect_download() as begun:
        view.page.get_by_role("button", name=f"Download as {kind}").click()
    return begun.value.suggested_filename, Path(begun.value.path()).read_text()


def test_a_recording_becomes_lanes_by_name_and_files_as_the_command_writes_them(
    view: VerificationPage, recording: Path
) -> None:
    told = give(view, recording).json()
    assert sorted(names(view)) == ["fash", "voice 1", "voice 2"]
    (message,) = view.messages()
    samples, _ = soundfile.read(recording)
    np.testing.assert_allclose(message["mfcc"], cepstra_of(samples), atol=page_definition().step)
    once = [voice["name"] for voice in told["voices"]]
    segments = tuple(
        Segment(s["start_s"], s["end_s"], once.index(s["voice"]), s["confidence"],
                None if s["other"] is None else once.index(s["other"]))
        for s in told["segments"]
    )  # fmt: skip
    timeline = Timeline(segments, told["duration_s"], tuple(np.zeros((0, 20)) for _ in once))
    name = "our meeting"
    assert download(view, "RTTM") == (f"{name}.rttm", to_rttm(timeline, once, name))
    assert download(view, "SRT") == (f"{name}.srt", to_srt(timeline, once))
    assert download(view, "VTT") == (f"{name}.vtt", to_vtt(timeline, once))
    picture = view.page.get_by_role("img", name="Who speaks when: ")
    assert picture.locator("rect").count() >= len(segments)
    width = view.page.evaluate("document.documentElement.scrollWidth")
    assert width <= 390
    assert view.script_errors == view.policy_violations == []


def begin_to_name(view: VerificationPage, voice: str, name: str) -> None:
    """Open a voice's form and type, by the keyboard alone."""
    view.page.get_by_role("button", name=f"Name {voice}").press("Enter")
    expect(view.page.get_by_label(f"Name of {voice}")).to_be_focused()
    view.page.keyboard.type(name)


def check_forms(view: VerificationPage) -> None:
    """Cancel one, open another in its place, and change the language: "fash" stays typed."""
    begin_to_name(view, "voice 2", "nobody")
    view.press("Cancel")
    expect(view.page.get_by_role("button", name="Name voice 2")).to_be_focused()
    begin_to_name(view, "voice 2", "nobody")
    begin_to_name(view, "fcaw", "fash")
    view.page.get_by_label("Language", exact=True).select_option("de")
    view.page.get_by_label("Sprache", exact=True).select_option("en")
    expect(view.page.get_by_label("Language", exact=True)).to_be_visible()
    expect(view.locator("#timeline-name")).to_have_value("fash")


def test_an_unknown_voice_is_named_by_keyboard_and_learnt_with_consent_alone(
    view: VerificationPage, recording: Path, module_server
) -> None:
    give(view, recording)
    status = f"{module_server.url}/status?speaker="
    keyboard = view.page.keyboard
    begin_to_name(view, "voice 1", "fcaw")
    keyboard.press("Enter")  # without consent
    expect(view.locator("#notice")).to_have_text(
        "voice 1 is called fcaw on this page; nothing is kept."
    )
    assert HTTP.get(f"{status}fcaw").json()["training_log"] == []
    check_forms(view)
    view.locator("#timeline-name").focus()
    keyboard.press("Tab")
    keyboard.press("Space")
    check_with_axe(view.page)
    view.press("Use this name")
    expect(view.locator("#timeline .field-note")).to_contain_text("fash is known here already")
    view.page.get_by_label("Name of fcaw").fill("Fásh")
    view.press("Use this name")
    expect(view.locator("#timeline .field-note")).to_contain_text("fash, who is known here, has")
    assert HTTP.get(f"{status}Fásh").json()["training_log"] == []
    view.page.get_by_label("Name of fcaw").fill("carol")
    view.press("Use this name")
    expect(view.locator("#notice")).to_contain_text("carol is known here from now on")
    kept = HTTP.get(f"{status}carol").json()
    assert kept["consent"]["version"] and len(kept["training_log"]) >= 2
    view.page.get_by_label("Language", exact=True).select_option("de")
    expect(view.locator("#timeline")).to_contain_text(re.compile(r"Stimmen in.*0:\d\d,\d – ", re.S))
    expect(view.locator("#timeline .badge")).to_have_text(["hier bekannt"] * 2)
    assert sorted(names(view)) == ["Stimme 2", "carol", "fash"]
    told = give(view, recording).json()
    assert "carol" in [voice["speaker"] for voice in told["voices"]]
    HTTP.delete(f"{module_server.url}/delete?speaker=carol")
    assert view.script_errors == view.policy_violations == []


def test_a_voice_is_learnt_as_it_was_heard_though_another_recording_is_chosen(
    view: VerificationPage, recording: Path, module_server, tmp_path: Path
) -> None:
    give(view, recording)
    begin_to_name(view, "voice 1", "late")
    view.page.get_by_text("agree: learn this voice").click()
    held: list[Route] = []
    view.page.route(re.compile(r"/speakers\?like=late"), lambda route: held.append(route))
    with view.page.expect_request(re.compile(r"/speakers\?like=late")):
        view.press("Use this name")
    silence = tmp_path / "silence.wav"
    noise = np.random.default_rng(1).normal(0, 0.001, 3 * RATE_HZ)
    soundfile.write(silence, noise, RATE_HZ, subtype="PCM_16")
    view.page.set_input_files("#timeline-drop input", silence)
    expect(view.locator("#timeline")).to_contain_text("Nobody speaks in it.", timeout=PATIENCE_MS)
    held[0].continue_()
    expect(view.locator("#notice")).to_contain_text("late is known here from now on")
    expect(view.locator("#timeline")).to_contain_text("Nobody speaks in it.")
    late = f"{module_server.url}/status?speaker=late"
    assert len(HTTP.get(late).json()["training_log"]) >= 2
    HTTP.delete(f"{module_server.url}/delete?speaker=late")


def test_where_people_sign_in_it_asks_for_a_key_before_anything_is_sent(
    guarded_server, browser: Browser, recording: Path
) -> None:
    create_account(guarded_server, "zoe")
    page = browser.new_context().new_page()
    view = VerificationPage(page, guarded_server.url)
    token = sign_in(guarded_server, "zoe")
    page.evaluate("(token) => sessionStorage.setItem('session', token)", token)
    page.reload()
    expect(view.locator("#person-name")).to_have_text("zoe")
    view.open("timeline")
    page.set_input_files("#timeline-drop input", recording)
    state = view.locator("#timeline > [role=status]")
    expect(state).to_contain_text("Nothing was sent: first give a key", timeout=PATIENCE_MS)
    assert view.messages() == []
    key = page.get_by_label("API key with the scope identify")
    expect(key).to_be_focused()
    key.fill(make_key(guarded_server, "identify"))
    give(view, recording)
    assert sorted(names(view)) == ["voice 1", "voice 2", "voice 3"]
    page.get_by_label("Language", exact=True).select_option("de")
    page.get_by_role("button", name="Stimme 1 benennen").click()
    page.get_by_label("Name von Stimme 1").fill("Stimme 2")  # by what the page calls another one
    view.press("So nennen")
    expect(view.locator("#notice")).to_contain_text("Stimme 1 und Stimme 2 sind")
    assert sorted(names(view)) == ["Stimme 2", "Stimme 3"]
    expect(view.locator("#timeline .devices strong")).to_have_text(["Stimme 2", "Stimme 3"])
    assert view.script_errors == view.policy_violations == []
    page.context.close()


def test_in_a_longer_recording_voices_keep_their_names_from_part_to_part(
    view: VerificationPage, shared_dir: Path, tmp_path: Path
) -> None:
    folder = shared_dir / "corpora" / "an4" / "background"
    voices = {
        name: [part for path in sorted((folder / name).glob("*.flac")) for part in stretches(path)]
        for name in SPEAKERS
    }
    meeting = join(
        "meeting",
        {name: 3 * of for name, of in voices.items()},
        np.random.default_rng(2),
        overlaps=0.0,
    )
    path = tmp_path / "long.wav"
    soundfile.write(path, meeting.samples, RATE_HZ, subtype="PCM_16")
    view.page.set_input_files("#timeline-drop input", path)
    expect(view.page.get_by_text("Save as")).to_be_visible(timeout=2 * PATIENCE_MS)
    first, second = (message["mfcc"] for message in view.messages())
    assert max(len(first), len(second)) <= MOST_FRAMES < len(first) + len(second)
    assert second[0] in first  # of a voice told before
    assert sorted(names(view)) == ["fash", "voice 1", "voice 3"]
    told = json.loads(download(view, "JSON")[1])
    assert told["duration_s"] == pytest.approx(meeting.duration_s, abs=0.05)
    ends_s = [segment["end_s"] for segment in told["segments"]]
    assert ends_s == sorted(ends_s)
    said = [Spoken(each["voice"], each["start_s"], each["end_s"]) for each in told["segments"]]
    error = errors([Spoken(t.speaker, t.start_s, t.end_s) for t in meeting.turns], said)
    print(f"{meeting.duration_s:.0f} s in two parts: diarization error {error.rate:.1%}")
    assert error.rate < WORST_ERROR
    assert view.script_errors == view.policy_violations == []


def test_each_side_of_a_telephone_call_is_heard_by_itself(
    view: VerificationPage, shared_dir: Path, tmp_path: Path
) -> None:
    folder = shared_dir / "corpora" / "an4" / "background"
    sides = [
        {
            name: [
                part
                for path in sorted((folder / name).glob("*.flac"))[:4]
                for part in stretches(path)
            ]
        }
        for name in SPEAKERS[1:]
    ]
    path = tmp_path / "call.wav"
    call = join_call("call", sides, np.random.default_rng(3))
    soundfile.write(path, call.samples.T, RATE_HZ, subtype="PCM_16")
    give(view, path)
    expect(view.locator("#timeline-drop")).to_contain_text("each side is heard by itself")
    (message,) = view.messages()
    heard, _ = soundfile.read(path)
    for field, samples in zip(("mfcc", "other_side"), heard.T, strict=True):
        np.testing.assert_allclose(message[field], cepstra_of(samples), atol=page_definition().step)
    assert names(view) == ["voice 1", "voice 2"]
    channels = {line.split()[7]: line.split()[2] for line in download(view, "RTTM")[1].splitlines()}
    assert sorted(channels.values()) == ["1", "2"]
    segments = json.loads(download(view, "JSON")[1])["segments"]
    said = [Spoken(s["voice"], s["start_s"], s["end_s"]) for s in segments]
    truth = [Spoken(t.speaker, t.start_s, t.end_s) for t in call.turns]
    assert errors(truth, said, 0.25).rate < 0.03
    right = next(voice for voice, channel in channels.items() if channel == "2").replace("_", " ")
    begin_to_name(view, right, "mmsh")
    view.page.get_by_label("They have read it and agree").check()
    view.press("Use this name")
    expect(view.locator("#notice")).to_contain_text("mmsh is known here from now on")
    learnt = [each for each in view.messages()[1:] if "other_side" not in each and "mfcc" in each]
    others = {tuple(frame) for frame in message["other_side"]}
    assert learnt and all(tuple(frame) in others for each in learnt for frame in each["mfcc"])
    assert view.script_errors == view.policy_violations == []


def test_what_is_told_when_it_is_stopped_stays(
    view: VerificationPage, recording: Path, tmp_path: Path
) -> None:
    samples, _ = soundfile.read(recording)
    long = tmp_path / "long.wav"
    soundfile.write(long, np.resize(samples, 130 * RATE_HZ), RATE_HZ, subtype="PCM_16")
    answered: list[Route] = []

    def answer_once(route: Route) -> None:
        answered.append(route)
        if len(answered) == 1:
            route.continue_()

    view.page.route(re.compile("/timeline$"), answer_once)
    give(view, long)
    expect(view.page.get_by_role("progressbar", name="The voices are told apart")).to_be_visible()
    expect(view.page.get_by_role("button", name="Name voice 1")).to_be_hidden()
    view.hide()  # and yet it goes on
    view.page.get_by_role("button", name="Stop", exact=True).click()
    expect(view.locator("#timeline > [role=status]")).to_have_text(
        re.compile(r"\d voices in the first 1:5\d\.\d; the rest was not heard\.")
    )
    expect(view.page.get_by_role("button", name="Name voice 1")).to_be_visible()
    view.page.unroute_all()


def test_silence_has_no_voices_and_a_recording_may_be_too_long(
    view: VerificationPage, tmp_path: Path
) -> None:
    path = tmp_path / "sound.wav"
    noise = np.random.default_rng(1).normal(0, 0.001, 3 * RATE_HZ)
    soundfile.write(path, noise, RATE_HZ, subtype="PCM_16")
    view.page.set_input_files("#timeline-drop input", path)
    expect(view.locator("#timeline")).to_contain_text("Nobody speaks in it.", timeout=PATIENCE_MS)
    expect(view.locator(".lanes")).to_have_count(0)
    soundfile.write(path, np.zeros(901 * 8000), 8000, subtype="PCM_U8")
    view.page.set_input_files("#timeline-drop input", path)
    expect(view.locator("#timeline-drop")).to_contain_text("longer than 15 minutes")
    expect(view.locator("#timeline")).not_to_contain_text("Nobody speaks")
