/**
 * Quiet before and after a recording, for it may have been cut in the middle of a word: cepstra/frontend/margins.py
 * has the rule, and this is the same in another language.
 */
export const MARGIN_MS = 250;
const WINDOW_MS = 20;
const HEARD_S = 10; // at either end, to find the quietest moment

/**
 * @param {Float32Array} samples
 * @param {number} rateHz of them
 * @returns {Float32Array} with a quarter of a second of white noise at either end, as loud as the quietest 20 ms
 */
export function withMargins(samples, rateHz) {
  const heard = HEARD_S * rateHz;
  const length = (rateHz * MARGIN_MS) / 1000;
  const whole = new Float32Array(samples.length + 2 * length);
  whole.set(samples, length);
  fillWithQuiet(whole.subarray(0, length), samples.subarray(0, heard), rateHz);
  fillWithQuiet(whole.subarray(length + samples.length), samples.subarray(Math.max(0, samples.length - heard)), rateHz);
  return whole;
}

/**
 * @param {Float32Array} margin
 * @param {Float32Array} beside
 * @param {number} rateHz
 */
function fillWithQuiet(margin, beside, rateHz) {
  const level = Math.sqrt(leastPower(beside, Math.min(beside.length, (rateHz * WINDOW_MS) / 1000)));
  let state = 1; // of a maximum length sequence of 16 bits: as white as noise
  for (let index = 0; index < margin.length; index++) {
    const bit = (state ^ (state >> 2) ^ (state >> 3) ^ (state >> 5)) & 1;
    state = (state >> 1) | (bit << 15);
    margin[index] = bit ? level : -level;
  }
}

/**
 * @param {Float32Array} samples
 * @param {number} window
 */
function leastPower(samples, window) {
  let least = window > 0 ? Infinity : 0;
  for (let start = 0; window > 0 && start + window <= samples.length; start += window) {
    const energy = samples.subarray(start, start + window).reduce((sum, value) => sum + value * value, 0);
    least = Math.min(least, energy / window);
  }
  return least;
}
