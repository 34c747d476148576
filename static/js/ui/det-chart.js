/** Detection error trade-off: false rejects over false accepts, both on normal-deviate axes; and the rates by scores. */
import { element, shape } from "./elements.js";
import { percent, text } from "./i18n.js";

const SIZE = 320;
const MARGIN = { left: 52, right: 12, top: 10, bottom: 40 };
const RATES = [0.001, 0.01, 0.05, 0.2, 0.5];
const [LOWEST, HIGHEST] = [0.0005, 0.7];

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

function axes() {
  const grid = RATES.flatMap((rate) => [
    line([x(rate), y(LOWEST)], [x(rate), y(HIGHEST)], "grid"),
    line([x(LOWEST), y(rate)], [x(HIGHEST), y(rate)], "grid"),
    shape("text", { x: x(rate), y: SIZE - MARGIN.bottom + 15, "text-anchor": "middle" }, percent(rate, 1)()),
    shape("text", { x: MARGIN.left - 6, y: y(rate) + 4, "text-anchor": "end" }, percent(rate, 1)()),
  ]);
  const middle = (SIZE + MARGIN.left) / 2;
  const across = shape("text", { x: middle, y: SIZE - 6, "text-anchor": "middle" }, text("apart.accepts"));
  const place = `translate(12 ${SIZE / 2 - 15}) rotate(-90)`;
  return [...grid, across, shape("text", { transform: place, "text-anchor": "middle" }, text("apart.rejects"))];
}

/**
 * @param {HTMLElement} host is filled
 * @param {number[]} own scores of the speaker's own takes, one or more
 * @param {number[]} others scores of other speakers' takes, one or more
 */
export function drawDetectionCurve(host, own, others) {
  const curve = detectionCurve(own, others);
  const summary = text("apart.curve", { eer: percent(equalErrorRate(curve), 1), own: own.length, others: others.length });
  const points = curve.map(({ far, frr }) => `${x(far).toFixed(1)},${y(frr).toFixed(1)}`).join(" ");
  const equal = line([x(LOWEST), y(LOWEST)], [x(HIGHEST), y(HIGHEST)], "equal");
  equal.append(shape("title", {}, text("apart.equal")));
  const frame = { viewBox: `0 0 ${SIZE} ${SIZE}`, role: "img", "aria-label": summary };
  const picture = shape("svg", frame, ...axes(), equal, shape("polyline", { points, class: "curve" }));
  host.replaceChildren(element("figure", { class: "chart" }, picture, element("figcaption", {}, summary)));
}

/* Error rates from scores. Accept means score >= threshold, as in cepstra/evaluation/metrics.py. */

/** @typedef {{threshold: number, frr: number, far: number}} CurvePoint rates 0..1 */

/**
 * @param {number[]} scores
 * @param {number} threshold
 */
const countBelow = (scores, threshold) => scores.filter((score) => score < threshold).length;

/**
 * False reject and false accept rate at every threshold that changes one of them, lowest threshold first.
 * @param {number[]} own scores of the speaker
 * @param {number[]} others scores of everybody else
 * @returns {CurvePoint[]} none where a side has no scores
 */
export function detectionCurve(own, others) {
  if (own.length === 0 || others.length === 0) {
    return [];
  }
  const thresholds = [...new Set([...own, ...others])].sort((a, b) => a - b);
  return [...thresholds, Infinity].map((threshold) => ({
    threshold,
    frr: countBelow(own, threshold) / own.length,
    far: 1 - countBelow(others, threshold) / others.length,
  }));
}

/**
 * Where both rates are equally frequent, 0..1; between two points of the curve on the line that joins them.
 * @param {CurvePoint[]} curve
 * @returns {number | null} null where it has no points
 */
export function equalErrorRate(curve) {
  const after = curve.findIndex(({ frr, far }) => frr >= far);
  if (after <= 0) {
    return after === 0 ? curve[0].frr : null;
  }
  const [a, b] = [curve[after - 1], curve[after]];
  const part = (a.far - a.frr) / (a.far - a.frr + b.frr - b.far);
  return a.frr + part * (b.frr - a.frr);
}

/**
 * Quantile of the normal distribution, the scale of DET axes (P. J. Acklam's rational approximation, relative error
 * below 1.2e-9).
 * @param {number} rate above 0 and below 1
 * @returns {number}
 */
export function probit(rate) {
  const [low, high] = [0.02425, 0.97575];
  if (rate > high) {
    return -probit(1 - rate);
  }
  if (rate < low) {
    const q = Math.sqrt(-2 * Math.log(rate));
    return polynomial(TAIL_TOP, q) / polynomial(TAIL_BOTTOM, q);
  }
  const q = rate - 0.5;
  return (q * polynomial(CENTRE_TOP, q * q)) / polynomial(CENTRE_BOTTOM, q * q);
}

const TAIL_TOP = [-7.784894002430293e-3, -3.223964580411365e-1, -2.400758277161838, -2.549732539343734, 4.374664141464968, 2.938163982698783];
const TAIL_BOTTOM = [7.784695709041462e-3, 3.224671290700398e-1, 2.445134137142996, 3.754408661907416, 1];
const CENTRE_TOP = [-3.969683028665376e1, 2.209460984245205e2, -2.759285104469687e2, 1.38357751867269e2, -3.066479806614716e1, 2.506628277459239];
const CENTRE_BOTTOM = [-5.447609879822406e1, 1.615858368580409e2, -1.556989798598866e2, 6.680131188771972e1, -1.328068155288572e1, 1];

/**
 * By Horner's rule.
 * @param {number[]} coefficients highest power first
 * @param {number} at
 */
function polynomial(coefficients, at) {
  return coefficients.reduce((sum, coefficient) => sum * at + coefficient, 0);
}
