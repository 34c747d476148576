/** How the scores of the speaker's own takes and of others' are spread, with the threshold between them. */
import { drawDetectionCurve } from "./det-chart.js";
import { element, find, shape } from "./elements.js";
import { onLanguage, percent, text } from "./i18n.js";

const WIDTH = 420;
const HEIGHT = 240;
const MARGIN = { left: 64, right: 10, top: 10, bottom: 40 };
const BINS = 24;
const FEWEST_TAKES = 10; // rates of fewer leap by tens of percent

/** @typedef {(value: number) => number} Scale where a value stands in the picture */

/**
 * Shares of the scores in each of `BINS` equal steps from `low` to `high`.
 * @param {number[]} scores
 * @param {number} low
 * @param {number} high
 * @returns {number[]} 0..1 each
 */
function histogram(scores, low, high) {
  const counts = Array(BINS).fill(0);
  for (const score of scores) {
    counts[Math.min(BINS - 1, Math.floor((BINS * (score - low)) / (high - low)))] += 1;
  }
  return counts.map((count) => count / scores.length);
}

/**
 * @param {HTMLElement} host is filled
 * @param {"apart" | "limit"} of single takes on one's own model, or of attempts on everybody's
 * @param {number[]} own scores of the speaker's own takes
 * @param {number[]} others scores of other speakers' takes
 * @param {number} threshold from which a score is accepted
 */
export function drawHistogram(host, of, own, others, threshold) {
  const figure = element("figure", { class: "chart" });
  host.replaceChildren(figure);
  if (own.length === 0 || others.length === 0) {
    figure.append(element("p", {}, text("apart.few")));
    return;
  }
  const accepted = (/** @type {number[]} */ scores) => scores.filter((score) => score >= threshold).length;
  const reached = { ownAccepted: accepted(own), othersAccepted: accepted(others) };
  const summary = text(`${of}.summary`, { own: own.length, others: others.length, ...reached });
  const picture = shape("svg", { viewBox: `0 0 ${WIDTH} ${HEIGHT}`, role: "img", "aria-label": summary });
  picture.append(...drawing(of, { own, others }, threshold));
  figure.append(picture, legend(of), element("figcaption", {}, summary));
}

/**
 * @param {string} of
 * @param {{own: number[], others: number[]}} scores
 * @param {number} threshold
 */
function drawing(of, { own, others }, threshold) {
  const all = [...own, ...others, threshold];
  const [low, top] = [Math.min(...all), Math.max(...all)];
  const high = top > low ? top : low + 1;
  const shares = { others: histogram(others, low, high), own: histogram(own, low, high) };
  const most = Math.max(...shares.own, ...shares.others);
  /** @type {Scale} */
  const x = (score) => MARGIN.left + ((score - low) / (high - low)) * (WIDTH - MARGIN.left - MARGIN.right);
  /** @type {Scale} */
  const y = (share) => HEIGHT - MARGIN.bottom - (share / most) * (HEIGHT - MARGIN.top - MARGIN.bottom);
  const limit = { x1: x(threshold), x2: x(threshold), y1: y(0), y2: y(most), class: "limit" };
  return [
    ...axes(of, ticks(low, high), ticks(0, most, 4), x, y),
    ...Object.entries(shares).flatMap(([side, ofSide]) => bars(side, ofSide, y)),
    shape("line", limit, shape("title", {}, text("scale.threshold"))),
  ];
}

/**
 * @param {string} side
 * @param {number[]} shares
 * @param {Scale} y
 */
function bars(side, shares, y) {
  const width = (WIDTH - MARGIN.left - MARGIN.right) / BINS;
  const offset = side === "own" ? width / 2 : 0;
  return shares.map((share, k) =>
    shape("rect", {
      x: MARGIN.left + k * width + offset,
      y: y(share),
      width: width / 2,
      height: y(0) - y(share),
      class: side,
    }),
  );
}

/**
 * @param {string} of
 * @param {number[]} scores
 * @param {number[]} shares
 * @param {Scale} x
 * @param {Scale} y
 */
function axes(of, scores, shares, x, y) {
  const across = scores.map((score) => shape("text", { x: x(score), y: y(0) + 15, "text-anchor": "middle" }, `${score}`));
  const up = shares.flatMap((share) => [
    shape("line", { x1: MARGIN.left, x2: WIDTH - MARGIN.right, y1: y(share), y2: y(share), class: "grid" }),
    shape("text", { x: MARGIN.left - 6, y: y(share) + 4, "text-anchor": "end" }, percent(share)()),
  ]);
  const middle = (WIDTH + MARGIN.left) / 2;
  const name = shape("text", { x: middle, y: HEIGHT - 6, "text-anchor": "middle" }, text(`${of}.score`));
  const place = `translate(10 ${(HEIGHT - MARGIN.bottom) / 2}) rotate(-90)`;
  return [...up, ...across, name, shape("text", { transform: place, "text-anchor": "middle" }, text(`${of}.share`))];
}

/** @param {string} of */
function legend(of) {
  const frame = { viewBox: "0 0 14 10", width: "14", height: "10", "aria-hidden": "true", class: "chart-key" };
  const picture = (/** @type {SVGElement} */ kind) => shape("svg", frame, kind);
  const own = picture(shape("rect", { width: "14", height: "10", class: "own" }));
  const others = picture(shape("rect", { width: "14", height: "10", class: "others" }));
  const limit = picture(shape("line", { x1: "7", x2: "7", y1: "0", y2: "10", class: "limit" }));
  /** @type {[key: SVGElement, words: string][]} */
  const entries = [[own, `${of}.own`], [others, `${of}.others`], [limit, "scale.threshold"]];
  return element("div", { class: "chart-legend" }, ...entries.map(([key, words]) => element("span", {}, key, ` ${text(words)}`)));
}

/**
 * Round numbers along an axis.
 * @param {number} low
 * @param {number} high
 * @returns {number[]} multiples of 1, 2 or 5 times a power of ten within [low, high], about `count` of them
 */
export function ticks(low, high, count = 5) {
  const rough = (high - low || 1) / count;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 5].map((factor) => factor * power).find((candidate) => candidate >= rough) ?? 10 * power;
  const first = Math.ceil(low / step);
  const last = Math.floor(high / step);
  return Array.from({ length: Math.max(0, last - first + 1) }, (_, k) => Number(((first + k) * step).toPrecision(6)));
}

/** Both pictures for the speaker: own takes and those of others, on the speaker's model. */
export class SeparationCharts {
  /** @type {{own: number[], others: number[], threshold: number} | null} */
  #scores = null;

  constructor() {
    onLanguage(() => this.#draw());
  }

  clear() {
    this.#scores = null;
    find("#apart").hidden = true;
  }

  /**
   * @param {import("../api-client.js").IntrusionTest} reply
   * @param {number} threshold of frame scores, as /status tells it
   */
  show({ results: [own, ...others] }, threshold) {
    this.#scores = { own: own.take_scores, others: others.flatMap(({ take_scores: scores }) => scores), threshold };
    find("#apart").hidden = false;
    this.#draw();
  }

  #draw() {
    if (this.#scores) {
      const { own, others, threshold } = this.#scores;
      const isEnough = Math.min(own.length, others.length) >= FEWEST_TAKES;
      drawHistogram(find("#apart-histogram"), "apart", isEnough ? own : [], others, threshold);
      find("#apart-curve").replaceChildren();
      if (isEnough) {
        drawDetectionCurve(find("#apart-curve"), own, others);
      }
    }
  }
}
