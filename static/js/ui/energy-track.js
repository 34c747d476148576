/**
 * The level of the sound, the noise floor and what the endpointer made of them, over the last seconds: shaded where
 * speech was taken, otherwise shaded where a sound was dropped. What was decided last is told in words too.
 */
import { colourOf } from "./colour-ramp.js";
import { element } from "./elements.js";
import { RunningWindow } from "./running-window.js";
import { onThemeChange } from "./theme-changes.js";

const FRAMES_PER_SECOND = 100;
const QUIETEST_DB = 30;
const LOUDEST_DB = 110;
const TICKS_DB = [110, 90, 70, 50, 30];
const WIDTH = 1200;
const HEIGHT = 240;

/**
 * @typedef {object} TrackLabels
 * @property {string} name of the picture, for screen readers
 * @property {(seconds: number) => string} ago
 * @property {string} now
 * @property {string} level with its unit, dB
 * @property {string} floor
 * @property {string} kept what the shade of speech means
 * @property {string} dropped what the shade of other sounds means
 * @property {(decision: {type: string, seconds: number}) => string} decided tells the last "speech-end" or "discarded"
 */

export class EnergyTrack {
  #labels;
  #frames;
  #ranges = []; // [firstFrame, endFrame, isKept]
  #nextFrame = 0;
  #canvas = element("canvas", { width: String(WIDTH), height: String(HEIGHT), role: "img" });
  #context = this.#canvas.getContext("2d");
  #words = element("p", { class: "chart-readout", role: "status" });
  #colours = null;
  #isDue = false;
  #root;
  #forget;

  /**
   * @param {HTMLElement} host is filled
   * @param {{labels: TrackLabels, seconds?: number}} options
   */
  constructor(host, { labels, seconds = 6 }) {
    this.#labels = labels;
    this.#frames = new RunningWindow(seconds * FRAMES_PER_SECOND);
    this.#canvas.setAttribute("aria-label", labels.name);
    this.#root = element("figure", { class: "chart energy-track" }, this.#picture(seconds), this.#legend(), this.#words);
    host.replaceChildren(this.#root);
    this.#forget = onThemeChange(() => {
      this.#colours = null;
      this.#redraw();
    });
    this.#redraw();
  }

  /** @param {import("../utterance-stream.js").Level} level as the listener tells it */
  push({ firstFrame, frames, events }) {
    if (firstFrame < this.#nextFrame) {
      this.clear(); // another microphone began
    }
    this.#nextFrame = firstFrame + frames.length;
    this.#frames.push(frames);
    for (const event of events.filter(({ type }) => type !== "speech-start")) {
      this.#ranges.push([event.firstFrame, event.endFrame, event.type === "speech-end"]);
      const seconds = (event.endFrame - event.firstFrame) / FRAMES_PER_SECOND;
      this.#words.textContent = this.#labels.decided({ type: event.type, seconds });
    }
    const oldest = this.#nextFrame - this.#frames.values.length;
    this.#ranges = this.#ranges.filter(([, end]) => end > oldest);
    this.#redraw();
  }

  clear() {
    this.#frames.clear();
    this.#ranges = [];
    this.#nextFrame = 0;
    this.#words.textContent = "";
    this.#redraw();
  }

  /** Frees what outlives the element. */
  destroy() {
    this.#forget();
    this.#root.remove();
  }

  #picture(seconds) {
    const levels = element("span", { class: "chart-axis upright", "aria-hidden": "true" });
    levels.append(...TICKS_DB.map((tick, k) => element("span", {}, k === 0 ? `${tick} dB` : `${tick}`)));
    const time = element("span", { class: "chart-axis lying", "aria-hidden": "true" });
    time.append(element("span", {}, this.#labels.ago(seconds)), element("span", {}, this.#labels.now));
    return element("div", { class: "chart-picture" }, levels, this.#canvas, time);
  }

  #legend() {
    const entries = ["level", "floor", "kept", "dropped"].map((name) =>
      element("span", {}, element("span", { class: `chart-swatch ${name}` }), this.#labels[name]),
    );
    return element("figcaption", { class: "chart-legend" }, ...entries);
  }

  #redraw() {
    if (!this.#isDue) {
      this.#isDue = true;
      requestAnimationFrame(() => this.#draw());
    }
  }

  #draw() {
    this.#isDue = false;
    if (!this.#root.isConnected) {
      return;
    }
    const names = ["line", "high", "kept", "dropped"];
    this.#colours ??= Object.fromEntries(names.map((name) => [name, colourOf(this.#root, `--chart-${name}`)]));
    this.#context.clearRect(0, 0, WIDTH, HEIGHT);
    for (const [first, end, isKept] of this.#ranges) {
      this.#shade(first, end, isKept ? this.#colours.kept : this.#colours.dropped);
    }
    this.#line("floorDb", this.#colours.high);
    this.#line("levelDb", this.#colours.line);
  }

  #x(frame) {
    return WIDTH - ((this.#nextFrame - frame) * WIDTH) / this.#frames.length;
  }

  #shade(first, end, colour) {
    this.#context.fillStyle = colour;
    this.#context.fillRect(this.#x(first), 0, this.#x(end) - this.#x(first), HEIGHT);
  }

  #line(name, colour) {
    const frames = this.#frames.values;
    const start = this.#nextFrame - frames.length;
    this.#context.beginPath();
    frames.forEach((frame, index) => {
      const share = (frame[name] - QUIETEST_DB) / (LOUDEST_DB - QUIETEST_DB);
      this.#context.lineTo(this.#x(start + index), HEIGHT * (1 - Math.max(0, Math.min(1, share))));
    });
    this.#context.strokeStyle = colour;
    this.#context.lineWidth = 3;
    this.#context.stroke();
  }
}
