/**
 * The level of the sound, the noise floor and what the endpointer made of them, over the last seconds: shaded where
 * speech was taken, otherwise shaded where a sound was dropped. What was decided last is told in words too.
 */
import { FRAMES_PER_SECOND } from "../message.js";
import { coloursOf, Drawing, runningPicture, RunningWindow, swatch } from "./drawing.js";
import { element } from "./elements.js";
import { clearText, decimal, label, setText } from "./i18n.js";
import { levelShare } from "./prompt-view.js";

const SECONDS = 6;
const TICKS_DB = [110, 90, 70, 50, 30];
const WIDTH = 1200;
const HEIGHT = 240;
const COLOURS = ["line", "high", "kept", "dropped"];

export class EnergyTrack {
  /** @type {RunningWindow<import("../utterance-stream.js").LiveFrame>} */
  #frames = new RunningWindow(SECONDS * FRAMES_PER_SECOND);
  /** @type {[firstFrame: number, endFrame: number, isKept: boolean][]} */
  #ranges = [];
  #nextFrame = 0;
  #canvas = element("canvas", { width: String(WIDTH), height: String(HEIGHT), role: "img" });
  #context = /** @type {CanvasRenderingContext2D} */ (this.#canvas.getContext("2d"));
  #words = element("p", { class: "chart-readout", role: "status" });
  #drawing;

  /** @param {HTMLElement} host is filled */
  constructor(host) {
    label(this.#canvas, "chart.track");
    const heights = TICKS_DB.map((tick, k) => (k === 0 ? `${tick} dB` : `${tick}`));
    const picture = runningPicture(this.#canvas, { heights, seconds: SECONDS });
    const swatches = ["level", "floor", "kept", "dropped"].map((name) => swatch(name, `chart.${name}`));
    const legend = element("figcaption", { class: "chart-legend" }, ...swatches);
    const figure = element("figure", { class: "chart energy-track" }, picture, legend, this.#words);
    host.replaceChildren(figure);
    this.#drawing = new Drawing(this.#canvas, () => coloursOf(figure, COLOURS), (colours) => this.#draw(colours));
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
      setText(this.#words, `chart.${event.type}`, { seconds: decimal(seconds) });
    }
    const oldest = this.#nextFrame - this.#frames.values.length;
    this.#ranges = this.#ranges.filter(([, end]) => end > oldest);
    this.#drawing.request();
  }

  clear() {
    this.#frames.clear();
    this.#ranges = [];
    this.#nextFrame = 0;
    clearText(this.#words);
    this.#drawing.request();
  }

  /** @param {Record<string, string>} colours */
  #draw(colours) {
    this.#context.clearRect(0, 0, WIDTH, HEIGHT);
    for (const [first, end, isKept] of this.#ranges) {
      this.#shade(first, end, isKept ? colours.kept : colours.dropped);
    }
    this.#line("floorDb", colours.high);
    this.#line("levelDb", colours.line);
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
      this.#context.lineTo(this.#x(start + index), HEIGHT * (1 - levelShare(frame[name])));
    });
    this.#context.strokeStyle = colour;
    this.#context.lineWidth = 3;
    this.#context.stroke();
  }
}
