/** Samples of a whole recording. */

export const SILENT_PEAK = 1e-4;

/**
 * The mean of the channels, as one channel.
 * @param {Float32Array[]} channels
 */
export function mixDown(channels) {
  if (channels.length === 1) {
    return channels[0];
  }
  return channels[0].map((_, n) => channels.reduce((sum, channel) => sum + channel[n], 0) / channels.length);
}

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
