/**
 * Heat-map of the coefficients as they are heard: time to the right, one row a coefficient, c0 at the bottom. A pixel
 * is a coefficient of a frame; its colour tells how far it lies from what is usual in speech. With the keyboard a
 * frame is picked (left, right, Home, End) and read out.
 */
import { FRAMES_PER_SECOND } from "../message.js";
import { Drawing, readRamp, runningPicture, RunningWindow } from "./drawing.js";
import { element } from "./elements.js";
import { decimal, label, setText, worded } from "./i18n.js";

const SECONDS = 6;
const COEFFICIENTS = 20;
const DEVIATIONS_SHOWN = 3;
/** @type {Record<string, number | undefined>} */
const STEPS = { ArrowLeft: -5, ArrowRight: 5, Home: -Infinity, End: Infinity };

export class CepstrumMap {
  /** @type {RunningWindow<{mfcc: number[]}>} */
  #frames = new RunningWindow(SECONDS * FRAMES_PER_SECOND);
  #fresh = 0; // frames that are not in the picture yet
  #canvas;
  #context;
  #picture;
  /** @type {((position: number) => number[]) | null} the colours of the picture */
  #ramp = null;
  #readout = element("p", { class: "chart-readout", "aria-live": "polite" });
  /** @type {number | null} */
  #picked = null;
  #drawing;
  #hint = worded("p", { class: "chart-hint" }, "chart.empty");

  /** @param {HTMLElement} host is filled */
  constructor(host) {
    const size = { width: String(SECONDS * FRAMES_PER_SECOND), height: String(COEFFICIENTS) };
    this.#canvas = element("canvas", { ...size, role: "img", tabindex: "0" });
    label(this.#canvas, "chart.map");
    this.#context = /** @type {CanvasRenderingContext2D} */ (this.#canvas.getContext("2d"));
    this.#picture = this.#context.createImageData(this.#canvas.width, this.#canvas.height);
    const picture = runningPicture(this.#canvas, { heights: [`c${COEFFICIENTS - 1}`, "c0"], seconds: SECONDS });
    picture.append(this.#hint);
    const ramp = element("span", { class: "chart-ramp" });
    const legend = element("figcaption", { class: "chart-legend" }, worded("span", {}, "chart.less"), ramp, worded("span", {}, "chart.more"));
    const figure = element("figure", { class: "chart cepstrum-map" }, picture, legend, this.#readout);
    host.replaceChildren(figure);
    this.#canvas.addEventListener("keydown", (event) => this.#pick(event));
    this.#drawing = new Drawing(this.#canvas, () => readRamp(figure), (colours) => this.#draw(colours));
  }

  /** @param {{mfcc: number[]}[]} frames newer than all before */
  push(frames) {
    this.#hint.remove();
    this.#frames.push(frames);
    this.#fresh += frames.length;
    this.#drawing.request();
  }

  /** @param {(position: number) => number[]} ramp */
  #draw(ramp) {
    const { data, width, height } = this.#picture;
    const frames = this.#frames.values;
    const fresh = ramp === this.#ramp ? Math.min(this.#fresh, frames.length) : frames.length;
    if (ramp !== this.#ramp) {
      data.fill(0);
    }
    // What is there moves to the left; what of a row comes to the end of the one above is drawn over.
    data.copyWithin(0, 4 * fresh);
    frames.slice(frames.length - fresh).forEach(({ mfcc }, index) => {
      const x = width - fresh + index;
      for (let k = 0; k < height; k += 1) {
        const position = unusualness(mfcc[k], k) / DEVIATIONS_SHOWN;
        data.set([...ramp(position), 255], 4 * ((height - 1 - k) * width + x));
      }
    });
    this.#context.putImageData(this.#picture, 0, 0);
    this.#ramp = ramp;
    this.#fresh = 0;
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
    const values = this.#frames.values[this.#picked].mfcc.map(Math.round).join(" ");
    setText(this.#readout, "chart.frame", { ago: decimal(agoS, 2), values });
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
