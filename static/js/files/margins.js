/**
 * Quiet before and after a recording, for it may have been cut in the middle of a word: cepstra/frontend/margins.py
 * has the rule, and this is the same in another language.
 */
export const MARGIN_MS = 250;
const WINDOW_MS = 20;
const HEARD_S = 10; // at either end, to find the quietest moment
const LEAST_OFFSET = 0.01; // of full scale: what a sound card adds to every sample, and no sound
const LOUD_PERCENTILE = 95;
const ROOM_DB = 40; // below the loud windows: what a microphone near to the mouth hears of a room
const QUIET_DB = 6; // above the quietest window; where less than a share of them is so quiet,
const QUIET_SHARE = 0.4; // the recording has no quiet of its own

/**
 * @param {Float32Array} samples
 * @param {number} rateHz of them
 * @returns {Float32Array} with a quarter of a second of noise at either end, of the colour of the quietest 20 ms and
 *   as loud, or as a room would be where they are a sound of speech, about the same constant offset
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
 * White noise through the quietest 20 ms as a filter.
 * @param {Float32Array} margin
 * @param {Float32Array} beside
 * @param {number} rateHz
 */
function fillWithQuiet(margin, beside, rateHz) {
  const offset = offsetOf(beside);
  const sound = offset ? beside.map((sample) => sample - offset) : beside;
  const filter = quietest(sound, Math.min(sound.length, (rateHz * WINDOW_MS) / 1000)).toReversed();
  const white = signs(margin.length + filter.length - 1);
  const scale = 1 / Math.sqrt(Math.max(1, filter.length));
  for (let index = 0; index < margin.length; index++) {
    margin[index] = offset + scale * filter.reduce((sum, value, lag) => sum + value * white[index + lag], 0);
  }
}

/** @param {Float32Array} samples */
function offsetOf(samples) {
  const mean = samples.reduce((sum, value) => sum + value, 0) / Math.max(1, samples.length);
  return Math.abs(mean) >= LEAST_OFFSET ? mean : 0;
}

/**
 * The quietest window; where they hold no quiet, as if it were that of a room.
 * @param {Float32Array} samples
 * @param {number} length of a window
 */
function quietest(samples, length) {
  const starts = Array.from({ length: length ? Math.floor(samples.length / length) : 0 }, (_, index) => index * length);
  const windows = starts.map((start) => samples.subarray(start, start + length));
  const energies = windows.map(energy);
  const least = Math.min(...energies);
  const found = windows[energies.indexOf(least)] ?? samples;
  const quiet = energies.filter((each) => each <= least * 10 ** (QUIET_DB / 10));
  if (quiet.length >= QUIET_SHARE * energies.length) {
    return found;
  }
  const loud = energies.toSorted((a, b) => a - b)[Math.floor((LOUD_PERCENTILE / 100) * (energies.length - 1))];
  const scale = Math.min(1, Math.sqrt(loud / Math.max(least, 1e-30)) * 10 ** (-ROOM_DB / 20));
  return found.map((sample) => sample * scale);
}

/** @param {Float32Array} samples */
const energy = (samples) => samples.reduce((sum, value) => sum + value * value, 0);

/**
 * @param {number} count
 * @returns {Float32Array} ones of either sign, a maximum length sequence of 16 bits: as white as noise
 */
function signs(count) {
  const found = new Float32Array(count);
  let state = 1;
  for (let index = 0; index < count; index++) {
    const bit = (state ^ (state >> 2) ^ (state >> 3) ^ (state >> 5)) & 1;
    state = (state >> 1) | (bit << 15);
    found[index] = bit ? 1 : -1;
  }
  return found;
}
