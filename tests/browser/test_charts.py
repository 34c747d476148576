"""The pictures of what is sent: what they draw, and what they tell those who do not see them."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

PREPARE = """async () => {
  for (const name of ["theme", "charts"]) {
    const sheet = Object.assign(document.createElement("link"), { rel: "stylesheet" });
    sheet.href = `/static/css/${name}.css`;
    await new Promise((resolve) => { sheet.onload = resolve; document.head.append(sheet); });
  }
  const { speak } = await import("/static/js/ui/i18n.js");
  await speak("en");
  document.body.replaceChildren();
  for (const id of ["map", "track", "inspector", "det", "histogram"]) {
    document.body.append(Object.assign(document.createElement("div"), { id }));
  }
}"""

DRAW_LIVE = """async () => {
  const { CepstrumMap } = await import("/static/js/ui/cepstrum-map.js");
  const { EnergyTrack } = await import("/static/js/ui/energy-track.js");
  const { UtteranceStream } = await import("/static/js/utterance-stream.js");
  const { findMeyda } = await import("/static/js/meyda-library.js");
  const { loadFrontend } = await import("/static/js/features.js");
  const map = new CepstrumMap(document.getElementById("map"));
  const track = new EnergyTrack(document.getElementById("track"));
  const frontend = await loadFrontend();
  globalThis.drawn = () =>
    new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve)));
  const stream = new UtteranceStream({ inputHz: 16000, frontend, meyda: await findMeyda() });
  for (let block = 0; block < 50; block += 1) {
    const isWord = block >= 10 && block < 18;
    const isClick = (n) => block === 35 && n < 400;
    const gain = (n) => (isWord || isClick(n) ? 0.3 : 1e-4);
    const sample = (_, n) => gain(n) * (Math.sin(0.2 * n) + Math.random());
    stream.push(Float32Array.from({ length: 1600 }, sample));
    map.push(stream.level.frames);
    track.push(stream.level);
    await (block % 10 === 9 && drawn());
  }
  globalThis.charts = { map, track };
}"""

SPEAK = "(chosen) => import('/static/js/ui/i18n.js').then(({ speak }) => speak(chosen))"

COLOURS = """(selector) => {
  const canvas = document.querySelector(selector);
  const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
  const seen = new Set();
  for (let at = 0; at < data.length; at += 4) {
    seen.add(data.slice(at, at + 4).join());
  }
  return seen.size;
}"""

SHOW = """async () => {
  const { drawDetectionCurve } = await import("/static/js/ui/det-chart.js");
  const { drawHistogram } = await import("/static/js/ui/separation-charts.js");
  const { MessageInspector } = await import("/static/js/ui/message-inspector.js");
  const { packJson } = await import("/static/js/message.js");
  const own = [0.4, 0.9, 1.1, 1.3, 1.2, 1.6, 2.0, 0.1];
  const others = [-2, -1.4, -1, -0.8, -0.5, 0.3, -0.2, -1.1];
  drawDetectionCurve(document.getElementById("det"), own, others);
  drawHistogram(document.getElementById("histogram"), "limit", own, others, 0.35);
  const inspector = new MessageInspector(document.getElementById("inspector"));
  const mfcc = Array.from({ length: 190 }, (_, n) => [n, -1 - n, 4, 2]);
  const message = { mfcc, frontend: "meyda-16k-1" };
  const { body } = await packJson(message);
  await inspector.show({ method: "PUT", url: "/score?speaker=ann", body });
  const text = document.querySelector("#inspector pre").textContent;
  return { plainBytes: JSON.stringify(message).length, packedBytes: body.length, text, message };
}"""

TELL_APART = """async (takes) => {
  const { SeparationCharts } = await import("/static/js/ui/separation-charts.js");
  if (!document.getElementById("apart")) {
    document.body.insertAdjacentHTML(
      "beforeend", "<div id=apart><div id=apart-histogram></div><div id=apart-curve></div></div>");
  }
  const scores = (shift) => Array.from({ length: takes }, (_, n) => n / takes + shift);
  const results = [{ take_scores: scores(0.5) }, { take_scores: scores(0) }];
  new SeparationCharts().show({ results }, 0.7);
  return document.querySelectorAll("#apart svg[role=img]").length;
}"""


@pytest.fixture(scope="module")
def chart_page(browser: Browser, module_server) -> Iterator[Page]:
    page = browser.new_page()
    page.goto(f"{module_server.url}/static/doc.html")
    page.evaluate(PREPARE)
    yield page
    if folder := os.environ.get("CEPSTRA_SCREENSHOTS"):
        page.screenshot(path=Path(folder) / "charts.png", full_page=True)
    page.close()


def test_live_pictures_are_drawn_in_both_themes_and_told_in_words(chart_page: Page) -> None:
    for theme in ("dark", "light"):
        chart_page.emulate_media(color_scheme=theme)
        chart_page.evaluate(DRAW_LIVE)
        assert chart_page.evaluate(COLOURS, "#map canvas") > 50
        assert chart_page.evaluate(COLOURS, "#track canvas") > 4
    expect(chart_page.get_by_role("img", name="Level of the last seconds")).to_be_visible()
    expect(chart_page.locator("#track [role=status]")).to_contain_text("s dropped.")


def test_the_map_follows_a_change_of_theme(chart_page: Page) -> None:
    chart_page.emulate_media(color_scheme="light")
    chart_page.evaluate(DRAW_LIVE)
    picture = "() => document.querySelector('#map canvas').toDataURL()"
    light = chart_page.evaluate(picture)
    chart_page.emulate_media(color_scheme="dark")
    chart_page.wait_for_function(f"(light) => ({picture})() !== light", arg=light)
    chart_page.emulate_media(color_scheme="light")  # all at once as it was, part by part
    chart_page.wait_for_function(f"(light) => ({picture})() === light", arg=light)


def test_what_nobody_sees_is_drawn_once_it_is_seen(chart_page: Page) -> None:
    hide = "(isHidden) => { document.getElementById('track').hidden = isHidden; }"
    chart_page.evaluate(hide, True)
    chart_page.evaluate(DRAW_LIVE)
    assert chart_page.evaluate(COLOURS, "#track canvas") == 1
    chart_page.evaluate(hide, False)
    chart_page.evaluate("drawn()")
    assert chart_page.evaluate(COLOURS, "#track canvas") > 4


def test_frames_are_read_out_with_the_keyboard(chart_page: Page) -> None:
    chart_page.evaluate(DRAW_LIVE)
    chart_page.get_by_role("img", name="Cepstral coefficients").focus()
    readout = chart_page.locator("#map [aria-live]")
    chart_page.keyboard.press("End")
    expect(readout).to_contain_text("0.00 s ago:")
    chart_page.keyboard.press("ArrowLeft")
    expect(readout).to_contain_text("0.05 s ago")
    chart_page.keyboard.press("Home")
    expect(readout).to_contain_text("4.9")
    chart_page.evaluate(SPEAK, "de")
    expect(readout).to_contain_text("vor 4,9")
    chart_page.evaluate(SPEAK, "en")


def test_error_rates_and_scores_are_drawn_with_their_figures(chart_page: Page) -> None:
    chart_page.evaluate(SHOW)
    expect(
        chart_page.get_by_role("img", name="12.5% equal error rate, of 8 own takes")
    ).to_be_visible()
    expect(chart_page.locator("#det text", has_text="others accepted")).to_be_visible()
    expect(
        chart_page.get_by_role("img", name="7 of 8 own attempts reach the threshold")
    ).to_be_visible()
    expect(chart_page.locator("#histogram text", has_text="log-likelihood ratio")).to_be_visible()


def test_no_rates_are_drawn_of_few_takes(chart_page: Page) -> None:
    assert chart_page.evaluate(TELL_APART, 9) == 0
    assert chart_page.evaluate(TELL_APART, 10) == 2


def test_the_last_message_is_shown_to_the_letter_with_its_size(chart_page: Page) -> None:
    shown = chart_page.evaluate(SHOW)
    assert chart_page.evaluate("(text) => JSON.parse(text)", shown["text"]) == shown["message"]
    sent, plain = (shown[name] / 1000 for name in ("packedBytes", "plainBytes"))
    sizes = f"190 frames in {sent:.1f} kB ({plain:.1f} kB unpacked)"
    expect(chart_page.locator("#inspector")).to_contain_text(f"PUT /score{sizes}")
