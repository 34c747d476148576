/** Samples of a whole recording. */

export const SILENT_PEAK = 1e-4;

/**
 * The largest magnitude; NaN or infinity where a sample is not a number.
 * @param {Float32Array} samples
 */
export function peakOf(samples) {
  let peak = 0;
  for (const sample of samples) {
    const magnitude = Math.abs(sample);
    if (!Number.isFinite(magnitude)) {
      return magnitude;
    }
    peak = Math.max(peak, magnitude);
  }
  return peak;
}
