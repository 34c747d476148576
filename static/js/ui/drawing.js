/** How pictures are drawn: when, in which colours, with which axes, of the last so many values. */
import { element } from "./elements.js";
import { worded } from "./i18n.js";

/** @template Colours */
export class Drawing {
  #draw;
  #readColours;
  /** @type {Colours | null} */
  #colours = null;
  #isDue = true;
  #isSeen = false;

  /**
   * @param {HTMLCanvasElement} canvas that is drawn on, while somebody may see it
   * @param {() => Colours} readColours asked again when they have changed
   * @param {(colours: Colours) => void} draw
   */
  constructor(canvas, readColours, draw) {
    this.#readColours = readColours;
    this.#draw = draw;
    const drawAnew = () => {
      this.#colours = null;
      this.request();
    };
    matchMedia("(prefers-color-scheme: dark)").addEventListener("change", drawAnew);
    new MutationObserver(drawAnew).observe(document.documentElement, { attributeFilter: ["data-theme"] });
    new IntersectionObserver((changes) => {
      this.#isSeen = changes.at(-1)?.isIntersecting ?? false;
      this.#drawWhatIsDue();
    }).observe(canvas);
  }

  request() {
    if (this.#isSeen && !this.#isDue) {
      requestAnimationFrame(() => this.#drawWhatIsDue());
    }
    this.#isDue = true;
  }

  #drawWhatIsDue() {
    if (this.#isSeen && this.#isDue) {
      this.#isDue = false;
      this.#draw((this.#colours ??= this.#readColours()));
    }
  }
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
function colourOf(figure, name) {
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
 * @param {readonly string[]} names of colours in charts.css
 * @returns {Record<string, string>}
 */
export function coloursOf(figure, names) {
  return Object.fromEntries(names.map((name) => [name, colourOf(figure, `--chart-${name}`)]));
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
 */
export function runningPicture(canvas, { heights, seconds }) {
  /**
   * @param {"upright" | "lying"} direction
   * @param {HTMLElement[]} marks
   */
  const axis = (direction, marks) => element("span", { class: `chart-axis ${direction}`, "aria-hidden": "true" }, ...marks);
  const upright = axis("upright", heights.map((height) => element("span", {}, height)));
  const time = axis("lying", [worded("span", {}, "chart.ago", { seconds }), worded("span", {}, "chart.now")]);
  return element("div", { class: "chart-picture" }, upright, canvas, time);
}

/**
 * @param {string} name of a colour in charts.css
 * @param {string} key of words
 */
export function swatch(name, key) {
  const patch = element("span", { class: `chart-swatch ${name}` });
  patch.style.setProperty("--patch", `var(--chart-${name})`);
  return element("span", {}, patch, worded("span", {}, key));
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
    this.#values.push(...values);
    this.#values.splice(0, this.#values.length - this.#length);
  }

  clear() {
    this.#values = [];
  }
}
