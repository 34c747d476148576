/** Error rates from scores; no DOM. Accept means score >= threshold, as in cepstra/evaluation/metrics.py. */

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
  const share = (a.far - a.frr) / (a.far - a.frr + b.frr - b.far);
  return a.frr + share * (b.frr - a.frr);
}

/**
 * Quantile of the normal distribution, the scale of DET axes (P. J. Acklam's rational approximation, relative error
 * below 1.2e-9).
 * @param {number} share above 0 and below 1
 * @returns {number}
 */
export function probit(share) {
  const [low, high] = [0.02425, 0.97575];
  if (share > high) {
    return -probit(1 - share);
  }
  if (share < low) {
    const q = Math.sqrt(-2 * Math.log(share));
    return polynomial(TAIL_TOP, q) / polynomial(TAIL_BOTTOM, q);
  }
  const q = share - 0.5;
  return (q * polynomial(CENTRE_TOP, q * q)) / polynomial(CENTRE_BOTTOM, q * q);
}

const TAIL_TOP = [-7.784894002430293e-3, -3.223964580411365e-1, -2.400758277161838, -2.549732539343734, 4.374664141464968, 2.938163982698783];
const TAIL_BOTTOM = [7.784695709041462e-3, 3.224671290700398e-1, 2.445134137142996, 3.754408661907416, 1];
const CENTRE_TOP = [-3.969683028665376e1, 2.209460984245205e2, -2.759285104469687e2, 1.38357751867269e2, -3.066479806614716e1, 2.506628277459239];
const CENTRE_BOTTOM = [-5.447609879822406e1, 1.615858368580409e2, -1.556989798598866e2, 6.680131188771972e1, -1.328068155288572e1, 1];

/**
 * By Horner's rule.
 * @param {number[]} coefficients highest power first
 * @param {number} x
 */
function polynomial(coefficients, x) {
  return coefficients.reduce((sum, coefficient) => sum * x + coefficient, 0);
}
