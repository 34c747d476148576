/** How the scores of the speaker's own takes and of others' are spread, with the threshold between them. */
import { curveLabels, histogramLabels } from "./chart-labels.js";
import { DetChart } from "./det-chart.js";
import { element, find, shape } from "./elements.js";
import { onLanguage } from "./i18n.js";

const WIDTH = 420;
const HEIGHT = 240;
const MARGIN = { left: 64, right: 10, top: 10, bottom: 40 };
const BINS = 24;
const FEWEST_TAKES = 10; // rates of fewer leap by tens of percent

/**
 * @typedef {object} HistogramLabels
 * @property {string} score axis, with its unit
 * @property {string} share axis, with its unit
 * @property {(share: number) => string} percent share is 0..1
 * @property {string} own
 * @property {string} others
 * @property {string} threshold
 * @property {string} tooFew in place of the picture
 * @property {(figures: {own: number, others: number, accepted: {own: number, others: number}}) => string} summary the
 *   picture in words: how many takes, and how many of them reach the threshold
 */

/** @typedef {(value: number) => number} Scale where a value stands in the picture */

/**
 * Shares of the scores in each of `BINS` equal steps from `low` to `high`.
 * @param {number[]} scores
 * @param {number} low
 * @param {number} high
 * @returns {number[]} 0..1 each
 */
export function histogram(scores, low, high) {
  const counts = Array(BINS).fill(0);
  for (const score of scores) {
    counts[Math.min(BINS - 1, Math.floor((BINS * (score - low)) / (high - low)))] += 1;
  }
  return counts.map((count) => count / scores.length);
}

export class ScoreHistogram {
  #labels;
  #root = element("figure", { class: "chart score-histogram" });

  /**
   * @param {HTMLElement} host is filled
   * @param {{labels: HistogramLabels}} options
   */
  constructor(host, { labels }) {
    this.#labels = labels;
    host.replaceChildren(this.#root);
  }

  /**
   * @param {number[]} own scores of the speaker's own takes
   * @param {number[]} others scores of other speakers' takes
   * @param {number} threshold from which a score is accepted
   */
  show(own, others, threshold) {
    if (own.length === 0 || others.length === 0) {
      this.#root.replaceChildren(element("p", {}, this.#labels.tooFew));
      return;
    }
    const accepted = (/** @type {number[]} */ scores) => scores.filter((score) => score >= threshold).length;
    const reached = { own: accepted(own), others: accepted(others) };
    const summary = this.#labels.summary({ own: own.length, others: others.length, accepted: reached });
    const picture = shape("svg", { viewBox: `0 0 ${WIDTH} ${HEIGHT}`, role: "img", "aria-label": summary });
    picture.append(...this.#drawing({ own, others }, threshold));
    this.#root.replaceChildren(picture, this.#legend(), element("figcaption", {}, summary));
  }

  /**
   * @param {{own: number[], others: number[]}} scores
   * @param {number} threshold
   */
  #drawing({ own, others }, threshold) {
    const all = [...own, ...others, threshold];
    const [low, top] = [Math.min(...all), Math.max(...all)];
    const high = top > low ? top : low + 1;
    const bars = { others: histogram(others, low, high), own: histogram(own, low, high) };
    const most = Math.max(...bars.own, ...bars.others);
    /** @type {Scale} */
    const x = (score) => MARGIN.left + ((score - low) / (high - low)) * (WIDTH - MARGIN.left - MARGIN.right);
    /** @type {Scale} */
    const y = (share) => HEIGHT - MARGIN.bottom - (share / most) * (HEIGHT - MARGIN.top - MARGIN.bottom);
    const limit = { x1: x(threshold), x2: x(threshold), y1: y(0), y2: y(most), class: "limit" };
    return [
      ...this.#axes(ticks(low, high), ticks(0, most, 4), x, y),
      ...Object.entries(bars).flatMap(([side, shares]) => this.#bars(side, shares, y)),
      shape("line", limit, shape("title", {}, this.#labels.threshold)),
    ];
  }

  /**
   * @param {string} side
   * @param {number[]} shares
   * @param {Scale} y
   */
  #bars(side, shares, y) {
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
   * @param {number[]} scores
   * @param {number[]} shares
   * @param {Scale} x
   * @param {Scale} y
   */
  #axes(scores, shares, x, y) {
    const across = scores.map((score) => shape("text", { x: x(score), y: y(0) + 15, "text-anchor": "middle" }, `${score}`));
    const up = shares.flatMap((share) => [
      shape("line", { x1: MARGIN.left, x2: WIDTH - MARGIN.right, y1: y(share), y2: y(share), class: "grid" }),
      shape("text", { x: MARGIN.left - 6, y: y(share) + 4, "text-anchor": "end" }, this.#labels.percent(share)),
    ]);
    const middle = (WIDTH + MARGIN.left) / 2;
    const name = shape("text", { x: middle, y: HEIGHT - 6, "text-anchor": "middle" }, this.#labels.score);
    const place = `translate(10 ${(HEIGHT - MARGIN.bottom) / 2}) rotate(-90)`;
    return [...up, ...across, name, shape("text", { transform: place, "text-anchor": "middle" }, this.#labels.share)];
  }

  #legend() {
    const frame = { viewBox: "0 0 14 10", width: "14", height: "10", "aria-hidden": "true", class: "chart-key" };
    const picture = (/** @type {SVGElement} */ kind) => shape("svg", frame, kind);
    const own = picture(shape("rect", { width: "14", height: "10", class: "own" }));
    const others = picture(shape("rect", { width: "14", height: "10", class: "others" }));
    const limit = picture(shape("line", { x1: "7", x2: "7", y1: "0", y2: "10", class: "limit" }));
    /** @type {[key: SVGElement, name: "own" | "others" | "threshold"][]} */
    const entries = [[own, "own"], [others, "others"], [limit, "threshold"]];
    return element(
      "div",
      { class: "chart-legend" },
      ...entries.map(([key, name]) => element("span", {}, key, ` ${this.#labels[name]}`)),
    );
  }
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
      const shares = new ScoreHistogram(find("#apart-histogram"), { labels: histogramLabels("apart") });
      shares.show(isEnough ? own : [], others, threshold);
      find("#apart-curve").replaceChildren();
      if (isEnough) {
        new DetChart(find("#apart-curve"), { labels: curveLabels() }).show(own, others);
      }
    }
  }
}
