/**
 * Heat-map of the coefficients as they are heard: time to the right, one row a coefficient, c0 at the bottom. A pixel
 * is a coefficient of a frame; its colour tells how far it lies from what is usual in speech. With the keyboard a
 * frame is picked (left, right, Home, End) and read out.
 */
import { FRAMES_PER_SECOND } from "../message.js";
import { Drawing, readRamp, runningPicture, RunningWindow } from "./drawing.js";
import { element } from "./elements.js";

const COEFFICIENTS = 20;
const DEVIATIONS_SHOWN = 3;
/** @type {Record<string, number | undefined>} */
const STEPS = { ArrowLeft: -5, ArrowRight: 5, Home: -Infinity, End: Infinity };

/**
 * @typedef {object} MapLabels words and, where numbers come in, functions that give words
 * @property {string} empty what will be seen here
 * @property {string} name of the picture, for screen readers; tells that arrow keys read frames out
 * @property {(seconds: number) => string} ago left end of the time axis
 * @property {string} now its right end
 * @property {(deviations: number) => string} unusual end of the colour scale, -3 or 3 deviations
 * @property {(agoS: number, mfcc: number[]) => string} frame a frame, read out
 */

export class CepstrumMap {
  /** @type {RunningWindow<{mfcc: number[]}>} */
  #frames;
  #labels;
  #canvas;
  #context;
  #readout = element("p", { class: "chart-readout", "aria-live": "polite" });
  /** @type {((position: number) => number[]) | null} */
  #ramp = null;
  /** @type {number | null} */
  #picked = null;
  #drawing;
  #root;
  #hint;

  /**
   * @param {HTMLElement} host is filled
   * @param {{labels: MapLabels, seconds?: number}} options
   */
  constructor(host, { labels, seconds = 6 }) {
    this.#labels = labels;
    this.#frames = new RunningWindow(seconds * FRAMES_PER_SECOND);
    const size = { width: String(seconds * FRAMES_PER_SECOND), height: String(COEFFICIENTS) };
    this.#canvas = element("canvas", { ...size, role: "img", tabindex: "0", "aria-label": labels.name });
    this.#context = /** @type {CanvasRenderingContext2D} */ (this.#canvas.getContext("2d"));
    const picture = runningPicture(this.#canvas, { heights: [`c${COEFFICIENTS - 1}`, "c0"], seconds, labels });
    this.#hint = element("p", { class: "chart-hint" }, labels.empty);
    picture.append(this.#hint);
    this.#root = element("figure", { class: "chart cepstrum-map" }, picture, this.#legend(), this.#readout);
    host.replaceChildren(this.#root);
    this.#canvas.addEventListener("keydown", (event) => this.#pick(event));
    this.#drawing = new Drawing(this.#root, { draw: () => this.#draw(), forgetColours: () => (this.#ramp = null) });
  }

  /** @param {{mfcc: number[]}[]} frames newer than all before */
  push(frames) {
    this.#hint.remove();
    this.#frames.push(frames);
    this.#drawing.request();
  }

  clear() {
    this.#frames.clear();
    this.#readout.textContent = "";
    this.#drawing.request();
  }

  /** Frees what outlives the element. */
  destroy() {
    this.#drawing.destroy();
  }

  #legend() {
    const ends = [-DEVIATIONS_SHOWN, DEVIATIONS_SHOWN].map((end) => element("span", {}, this.#labels.unusual(end)));
    return element("figcaption", { class: "chart-legend" }, ends[0], element("span", { class: "chart-ramp" }), ends[1]);
  }

  #draw() {
    const { width, height } = this.#canvas;
    const ramp = (this.#ramp ??= readRamp(this.#root));
    const image = this.#context.createImageData(width, height);
    const frames = this.#frames.values;
    frames.forEach(({ mfcc }, index) => {
      const x = width - frames.length + index;
      for (let k = 0; k < height; k += 1) {
        const position = unusualness(mfcc[k], k) / DEVIATIONS_SHOWN;
        image.data.set([...ramp(position), 255], 4 * ((height - 1 - k) * width + x));
      }
    });
    this.#context.putImageData(image, 0, 0);
  }

  /** @param {KeyboardEvent} event */
  #pick(event) {
    const step = STEPS[event.key];
    const last = this.#frames.values.length - 1;
    if (step === undefined || last < 0) {
      return;
    }
    event.preventDefault();
    this.#picked = Math.max(0, Math.min(last, (this.#picked ?? last) + step));
    const agoS = (last - this.#picked) / FRAMES_PER_SECOND;
    this.#readout.textContent = this.#labels.frame(agoS, this.#frames.values[this.#picked].mfcc);
  }
}

/**
 * How coefficients of the front end meyda-16k-1 usually lie in speech, so that c0, which spreads over hundreds,
 * and c19, which spreads over ten, can share one colour scale. Means and deviations of 23 read recordings of
 * LibriSpeech (shared/corpora/librispeech/background, every twelfth).
 */
const MEANS = [790, -28, -10, 5, -9, -6, -8, -6, -3, -4, -4, -3, -4, -2, -2, -2, -1, -1, 0, 0];
const DEVIATIONS = [204, 57, 28, 23, 19, 17, 15, 13, 12, 11, 9, 8.5, 8, 8, 7.7, 7, 6.5, 6.4, 6.2, 5.7];

/**
 * Deviations of a coefficient from what is usual; positive is more.
 * @param {number} value
 * @param {number} coefficient its number, from 0
 */
function unusualness(value, coefficient) {
  return (value - MEANS[coefficient]) / DEVIATIONS[coefficient];
}
