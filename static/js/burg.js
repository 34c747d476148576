/** Linear prediction by Burg's method: how the vocal tract of a whole utterance rings, in twelve numbers. */
import { prepareFrame } from "./features.js";

export const LPC_ORDER = 12;

/**
 * Burg, "Maximum entropy spectral analysis", 1975.
 * @param {ArrayLike<number>} samples more than `order` of them
 * @param {number} [order]
 * @returns {number[]} a_1 ... a_order of x[n] + a_1 x[n-1] + ... = e[n]; zeros from the stage on at which
 *   nothing is left to predict, as in silence
 */
export function burg(samples, order = LPC_ORDER) {
  if (samples.length <= order) {
    throw new RangeError(`linear prediction needs more than ${order} samples, got ${samples.length}`);
  }
  const forward = Float64Array.from(samples);
  const backward = Float64Array.from(samples);
  /** @type {number[]} */
  let predictor = [];
  for (let stage = 1; stage <= order; stage += 1) {
    const reflection = reflectionOf(forward, backward, stage);
    if (reflection === null) {
      break;
    }
    const turned = [...predictor].reverse();
    predictor = [...predictor.map((value, k) => value + reflection * turned[k]), reflection];
    for (let n = samples.length - 1; n >= stage; n -= 1) {
      const ahead = forward[n];
      forward[n] = ahead + reflection * backward[n - 1];
      backward[n] = backward[n - 1] + reflection * ahead;
    }
  }
  return [...predictor, ...Array(order - predictor.length).fill(0)];
}

/**
 * Minimises the power of both prediction errors; null where there is none left.
 * @param {Float64Array} forward
 * @param {Float64Array} backward
 * @param {number} stage
 */
function reflectionOf(forward, backward, stage) {
  let product = 0;
  let power = 0;
  for (let n = stage; n < forward.length; n += 1) {
    product += forward[n] * backward[n - 1];
    power += forward[n] ** 2 + backward[n - 1] ** 2;
  }
  return power > 0 ? (-2 * product) / power : null;
}

/**
 * The predictor of an utterance: its samples without their mean, pre-emphasised as a frame is.
 * @param {Float32Array} samples
 * @param {import("./features.js").Frontend} frontend
 */
export function utteranceLpc(samples, frontend) {
  return burg(prepareFrame(samples, frontend));
}
