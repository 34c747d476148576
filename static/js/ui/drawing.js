/** How pictures are drawn: when, in which colours, with which axes, of the last so many values. */
import { element } from "./elements.js";

export class Drawing {
  #figure;
  #draw;
  #isDue = false;
  #forget;

  /**
   * @param {HTMLElement} figure holds the picture; nothing is drawn while it is in no document
   * @param {object} options
   * @param {() => void} options.draw
   * @param {() => void} options.forgetColours called before it is drawn in others
   */
  constructor(figure, { draw, forgetColours }) {
    this.#figure = figure;
    this.#draw = draw;
    this.#forget = onThemeChange(() => {
      forgetColours();
      this.request();
    });
    this.request();
  }

  request() {
    if (!this.#isDue) {
      this.#isDue = true;
      requestAnimationFrame(() => this.#drawNow());
    }
  }

  /** Removes the figure and frees what outlives it. */
  destroy() {
    this.#forget();
    this.#figure.remove();
  }

  #drawNow() {
    this.#isDue = false;
    if (this.#figure.isConnected) {
      this.#draw();
    }
  }
}

/**
 * @param {() => void} redraw
 * @returns {() => void} ends it
 */
function onThemeChange(redraw) {
  const system = matchMedia("(prefers-color-scheme: dark)");
  const observer = new MutationObserver(redraw);
  system.addEventListener("change", redraw);
  observer.observe(document.documentElement, { attributes: true, attributeFilter: ["data-theme", "style", "class"] });
  return () => {
    system.removeEventListener("change", redraw);
    observer.disconnect();
  };
}

/** Colours between three: low, middle and high; read from the style sheet, so that themes are followed. */

const NAMES = ["--chart-low", "--chart-middle", "--chart-high"];

/**
 * Red, green and blue of any colour that the style sheet may hold.
 * @param {string} colour
 */
function channels(colour) {
  const made = new OffscreenCanvas(1, 1).getContext("2d", { willReadFrequently: true });
  const context = /** @type {OffscreenCanvasRenderingContext2D} */ (made);
  context.fillStyle = colour;
  context.fillRect(0, 0, 1, 1);
  return [...context.getImageData(0, 0, 1, 1).data].slice(0, 3);
}

/**
 * @param {Element} figure that the custom properties apply to
 * @param {string} name of one of them
 */
export function colourOf(figure, name) {
  // A custom property keeps light-dark() as it was written; only as a colour is it decided.
  const probe = figure.appendChild(document.createElement("span"));
  probe.style.color = `var(${name})`;
  probe.style.forcedColorAdjust = "none"; // else a system's colours would all be one
  const { color } = getComputedStyle(probe);
  probe.remove();
  return color;
}

/**
 * @param {Element} figure
 * @returns {(position: number) => number[]} red, green, blue at -1 (low) .. 1 (high)
 */
export function readRamp(figure) {
  const [low, middle, high] = NAMES.map((name) => channels(colourOf(figure, name)));
  return (position) => {
    const end = position < 0 ? low : high;
    const share = Math.min(1, Math.abs(position));
    return middle.map((value, k) => Math.round(value + share * (end[k] - value)));
  };
}

/**
 * @param {HTMLCanvasElement} canvas
 * @param {object} options
 * @param {string[]} options.heights from the top down
 * @param {number} options.seconds shown
 * @param {{ago: (seconds: number) => string, now: string}} options.labels
 */
export function runningPicture(canvas, { heights, seconds, labels }) {
  /**
   * @param {"upright" | "lying"} direction
   * @param {string[]} words
   */
  const axis = (direction, words) => {
    const marks = words.map((word) => element("span", {}, word));
    return element("span", { class: `chart-axis ${direction}`, "aria-hidden": "true" }, ...marks);
  };
  const time = axis("lying", [labels.ago(seconds), labels.now]);
  return element("div", { class: "chart-picture" }, axis("upright", heights), canvas, time);
}

/**
 * The last so many values of a stream, oldest first.
 * @template T
 */
export class RunningWindow {
  /** @type {T[]} */
  #values = [];
  #length;

  /** @param {number} length */
  constructor(length) {
    this.#length = length;
  }

  /** How many it holds at most. */
  get length() {
    return this.#length;
  }

  get values() {
    return this.#values;
  }

  /** @param {T[]} values */
  push(values) {
    this.#values = [...this.#values, ...values].slice(-this.#length);
  }

  clear() {
    this.#values = [];
  }
}
