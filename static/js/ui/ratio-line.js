/** How the ratio of a watch went over the last minute: a line between two bounds, in the colour of what was told. */
import { FRAMES_PER_SECOND } from "../message.js";
import { coloursOf, Drawing, runningPicture, swatch } from "./drawing.js";
import { element } from "./elements.js";
import { clearText, decimal, label, setText } from "./i18n.js";

/** @typedef {import("../embedding/voice-watch.js").Ratio} Ratio */

const SECONDS = 60;
const REACH = 8; // ratios beyond are drawn at the edge
const WIDTH = 1200;
const HEIGHT = 300;
const COLOURS = ["same", "changed", "unsure", "grid"];

export class RatioLine {
  /**
   * Of the last minute, oldest first: the frame in which it was told, and what.
   * @type {{frame: number, llr: number, state: Ratio["state"]}[]}
   */
  #points = [];
  #frame = 0;
  #words = element("p", { class: "chart-readout numeric" }); // not announced: it changes every second
  #canvas = element("canvas", { width: String(WIDTH), height: String(HEIGHT), role: "img" });
  #context = /** @type {CanvasRenderingContext2D} */ (this.#canvas.getContext("2d"));
  #drawing;

  /** @param {HTMLElement} host is filled */
  constructor(host) {
    label(this.#canvas, "chart.ratio");
    const heights = [`+${REACH}`, "0", `−${REACH}`];
    const swatches = ["same", "changed", "unsure"].map((name) => swatch(name, `watch.${name}`));
    const figure = element(
      "figure",
      { class: "chart ratio-line" },
      runningPicture(this.#canvas, { heights, seconds: SECONDS }),
      element("figcaption", { class: "chart-legend" }, ...swatches),
      this.#words,
    );
    host.replaceChildren(figure);
    this.#drawing = new Drawing(this.#canvas, () => coloursOf(figure, COLOURS), (colours) => this.#draw(colours));
  }

  /** @param {number} frames heard meanwhile: time goes on in silence too */
  advance(frames) {
    this.#frame += frames;
    const oldest = this.#frame - SECONDS * FRAMES_PER_SECOND;
    while (this.#points.length > 1 && this.#points[1].frame < oldest) {
      this.#points.shift();
    }
    this.#drawing.request();
  }

  /** @param {Ratio} ratio */
  push({ llr, state }) {
    if (llr !== null) {
      this.#points.push({ frame: this.#frame, llr, state });
      setText(this.#words, "watch.ratio", { llr: decimal(llr) });
      this.#drawing.request();
    }
  }

  clear() {
    this.#points = [];
    clearText(this.#words);
    this.#drawing.request();
  }

  /** @param {number} frame */
  #x(frame) {
    return WIDTH - ((this.#frame - frame) * WIDTH) / (SECONDS * FRAMES_PER_SECOND);
  }

  /** @param {number} llr */
  #y(llr) {
    return (HEIGHT / 2) * (1 - Math.max(-0.96, Math.min(0.96, llr / REACH)));
  }

  /** @param {Record<string, string>} colours */
  #draw(colours) {
    this.#context.clearRect(0, 0, WIDTH, HEIGHT);
    this.#stroke(colours.grid, 2, [[0, HEIGHT / 2], [WIDTH, HEIGHT / 2]]);
    this.#points.forEach((point, k) => {
      const before = this.#points[k - 1] ?? point;
      const path = [before, point].map(({ frame, llr }) => [this.#x(frame), this.#y(llr)]);
      this.#stroke(colours[point.state] ?? colours.unsure, 7, path);
    });
    const last = this.#points.at(-1);
    if (last) {
      this.#context.fillStyle = colours[last.state] ?? colours.unsure;
      this.#context.beginPath();
      const { clientWidth, clientHeight } = this.#canvas;
      const radius = 6 * (WIDTH / clientWidth);
      const x = Math.min(this.#x(last.frame), WIDTH - radius);
      this.#context.ellipse(x, this.#y(last.llr), radius, 6 * (HEIGHT / clientHeight), 0, 0, 2 * Math.PI);
      this.#context.fill();
    }
  }

  /**
   * @param {string} colour
   * @param {number} width
   * @param {number[][]} path
   */
  #stroke(colour, width, path) {
    this.#context.strokeStyle = colour;
    this.#context.lineWidth = width;
    this.#context.lineCap = "round";
    this.#context.beginPath();
    path.forEach(([x, y]) => this.#context.lineTo(x, y));
    this.#context.stroke();
  }
}
