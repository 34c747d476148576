/** Detection error trade-off: false rejects over false accepts, both on normal-deviate axes. */
import { detectionCurve, equalErrorRate, probit } from "./detection-curve.js";
import { element, shape } from "./elements.js";

const SIZE = 320;
const MARGIN = { left: 52, right: 12, top: 10, bottom: 40 };
const RATES = [0.001, 0.01, 0.05, 0.2, 0.5];
const [LOWEST, HIGHEST] = [0.0005, 0.7];

/**
 * @typedef {object} DetLabels
 * @property {string} falseAccepts axis, with its unit
 * @property {string} falseRejects axis, with its unit
 * @property {(rate: number) => string} percent rate is 0..1
 * @property {string} equal name of the diagonal
 * @property {string} tooFew in place of the picture
 * @property {(figures: {eer: number | null, own: number, others: number}) => string} summary the picture in words; eer
 *   is 0..1
 */

/** @param {number} rate */
const inside = (rate) => Math.max(LOWEST, Math.min(HIGHEST, rate));
/** @param {number} rate */
const share = (rate) => (probit(inside(rate)) - probit(LOWEST)) / (probit(HIGHEST) - probit(LOWEST));
/** @param {number} rate */
const x = (rate) => MARGIN.left + share(rate) * (SIZE - MARGIN.left - MARGIN.right);
/** @param {number} rate */
const y = (rate) => SIZE - MARGIN.bottom - share(rate) * (SIZE - MARGIN.top - MARGIN.bottom);
/**
 * @param {[x: number, y: number]} from
 * @param {[x: number, y: number]} to
 * @param {string} kind
 */
const line = (from, to, kind) => shape("line", { x1: from[0], y1: from[1], x2: to[0], y2: to[1], class: kind });

/** @param {DetLabels} labels */
function axes(labels) {
  const grid = RATES.flatMap((rate) => [
    line([x(rate), y(LOWEST)], [x(rate), y(HIGHEST)], "grid"),
    line([x(LOWEST), y(rate)], [x(HIGHEST), y(rate)], "grid"),
    shape("text", { x: x(rate), y: SIZE - MARGIN.bottom + 15, "text-anchor": "middle" }, labels.percent(rate)),
    shape("text", { x: MARGIN.left - 6, y: y(rate) + 4, "text-anchor": "end" }, labels.percent(rate)),
  ]);
  const middle = (SIZE + MARGIN.left) / 2;
  const across = shape("text", { x: middle, y: SIZE - 6, "text-anchor": "middle" }, labels.falseAccepts);
  const place = `translate(12 ${SIZE / 2 - 15}) rotate(-90)`;
  return [...grid, across, shape("text", { transform: place, "text-anchor": "middle" }, labels.falseRejects)];
}

/** Draws curves; `show` may be called again and again. */
export class DetChart {
  #labels;
  #root = element("figure", { class: "chart det-chart" });

  /**
   * @param {HTMLElement} host is filled
   * @param {{labels: DetLabels}} options
   */
  constructor(host, { labels }) {
    this.#labels = labels;
    host.replaceChildren(this.#root);
  }

  /**
   * @param {number[]} own scores of the speaker's own takes
   * @param {number[]} others scores of other speakers' takes
   */
  show(own, others) {
    const curve = detectionCurve(own, others);
    if (curve.length === 0) {
      this.#root.replaceChildren(element("p", {}, this.#labels.tooFew));
      return;
    }
    const summary = this.#labels.summary({ eer: equalErrorRate(curve), own: own.length, others: others.length });
    const points = curve.map(({ far, frr }) => `${x(far).toFixed(1)},${y(frr).toFixed(1)}`).join(" ");
    const picture = shape("svg", { viewBox: `0 0 ${SIZE} ${SIZE}`, role: "img", "aria-label": summary });
    picture.append(...axes(this.#labels));
    const equal = line([x(LOWEST), y(LOWEST)], [x(HIGHEST), y(HIGHEST)], "equal");
    equal.append(shape("title", {}, this.#labels.equal));
    picture.append(equal, shape("polyline", { points, class: "curve" }));
    this.#root.replaceChildren(picture, element("figcaption", {}, summary));
  }
}
