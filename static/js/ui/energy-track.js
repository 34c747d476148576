/**
 * The level of the sound, the noise floor and what the endpointer made of them, over the last seconds: shaded where
 * speech was taken, otherwise shaded where a sound was dropped. What was decided last is told in words too.
 */
import { FRAMES_PER_SECOND } from "../message.js";
import { colourOf, Drawing, runningPicture, RunningWindow } from "./drawing.js";
import { element } from "./elements.js";

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
  /** @type {RunningWindow<import("../utterance-stream.js").LiveFrame>} */
  #frames;
  /** @type {[firstFrame: number, endFrame: number, isKept: boolean][]} */
  #ranges = [];
  #nextFrame = 0;
  #canvas = element("canvas", { width: String(WIDTH), height: String(HEIGHT), role: "img" });
  #context = /** @type {CanvasRenderingContext2D} */ (this.#canvas.getContext("2d"));
  #words = element("p", { class: "chart-readout", role: "status" });
  /** @type {Record<string, string> | null} */
  #colours = null;
  #root;
  #drawing;

  /**
   * @param {HTMLElement} host is filled
   * @param {{labels: TrackLabels, seconds?: number}} options
   */
  constructor(host, { labels, seconds = 6 }) {
    this.#labels = labels;
    this.#frames = new RunningWindow(seconds * FRAMES_PER_SECOND);
    this.#canvas.setAttribute("aria-label", labels.name);
    const heights = TICKS_DB.map((tick, k) => (k === 0 ? `${tick} dB` : `${tick}`));
    const picture = runningPicture(this.#canvas, { heights, seconds, labels });
    this.#root = element("figure", { class: "chart energy-track" }, picture, this.#legend(), this.#words);
    host.replaceChildren(this.#root);
    this.#drawing = new Drawing(this.#root, { draw: () => this.#draw(), forgetColours: () => (this.#colours = null) });
  }

  /** @param {import("../utterance-stream.js").Level} level as the listener tells it */
  push({ firstFrame, frames, events }) {
    if (firstFrame < this.#nextFrame) {
      this.clear(); // another microphone began
    }
    this.#nextFrame = firstFrame + frames.length;
    this.#frames.push(frames);
    for (const event of events.filter((each) => each.type !== "speech-start")) {
      this.#ranges.push([event.firstFrame, event.endFrame, event.type === "speech-end"]);
      const seconds = (event.endFrame - event.firstFrame) / FRAMES_PER_SECOND;
      this.#words.textContent = this.#labels.decided({ type: event.type, seconds });
    }
    const oldest = this.#nextFrame - this.#frames.values.length;
    this.#ranges = this.#ranges.filter(([, end]) => end > oldest);
    this.#drawing.request();
  }

  clear() {
    this.#frames.clear();
    this.#ranges = [];
    this.#nextFrame = 0;
    this.#words.textContent = "";
    this.#drawing.request();
  }

  /** Frees what outlives the element. */
  destroy() {
    this.#drawing.destroy();
  }

  #legend() {
    const names = /** @type {const} */ (["level", "floor", "kept", "dropped"]);
    const entries = names.map((name) =>
      element("span", {}, element("span", { class: `chart-swatch ${name}` }), this.#labels[name]),
    );
    return element("figcaption", { class: "chart-legend" }, ...entries);
  }

  #draw() {
    const colours = (this.#colours ??= this.#readColours());
    this.#context.clearRect(0, 0, WIDTH, HEIGHT);
    for (const [first, end, isKept] of this.#ranges) {
      this.#shade(first, end, isKept ? colours.kept : colours.dropped);
    }
    this.#line("floorDb", colours.high);
    this.#line("levelDb", colours.line);
  }

  #readColours() {
    const names = ["line", "high", "kept", "dropped"];
    return Object.fromEntries(names.map((name) => [name, colourOf(this.#root, `--chart-${name}`)]));
  }

  /** @param {number} frame */
  #x(frame) {
    return WIDTH - ((this.#nextFrame - frame) * WIDTH) / this.#frames.length;
  }

  /**
   * @param {number} first frame
   * @param {number} end
   * @param {string} colour
   */
  #shade(first, end, colour) {
    this.#context.fillStyle = colour;
    this.#context.fillRect(this.#x(first), 0, this.#x(end) - this.#x(first), HEIGHT);
  }

  /**
   * @param {"levelDb" | "floorDb"} name
   * @param {string} colour
   */
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
