/** Samples at the limits of what a microphone delivers. */

const LIMIT = 0.99;
const SHORTEST_RUN = 3; // one loud sample alone may just be a peak

/**
 * How many samples lie in runs at the limit.
 * @param {Float32Array} samples in [-1, 1], at the native rate
 */
export function countClipped(samples) {
  let clipped = 0;
  let run = 0;
  for (const sample of samples) {
    run = Math.abs(sample) >= LIMIT ? run + 1 : 0;
    if (run >= SHORTEST_RUN) {
      clipped += run === SHORTEST_RUN ? SHORTEST_RUN : 1;
    }
  }
  return clipped;
}
