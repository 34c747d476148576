/**
 * Which frames of a message hold speech, from the cepstra alone, as the service finds them, so that page and reply count
 * alike; and what the network sees of them: cepstra/gmm/speech.py and cepstra/neural/frames.py, number for number.
 */
import { MAX_FRAMES } from "./message.js";

const CEPSTRA = 20;
const MEL_BANDS = 26;
const SPEECH_BANDS = Array.from({ length: 16 }, (_, k) => 3 + k); // about 300 to 3400 Hz, what every line carries
const FIRST_HIGH_BAND = 19; // at about 3700 Hz
const DB_PER_NEPER = 10 / Math.log(10);
const BAND_RANGE = 45 / DB_PER_NEPER;
const BAND_FALL = 12 / DB_PER_NEPER; // from one band to the next, at most
const SMOOTHING_REACH = 2; // frames to either side
const RANGE_SHARE = 0.3; // of the way from the quietest to the loudest frames
const BELOW_PEAK_DB = 35;
const ABOVE_NOISE_DB = 6;
const MEAN_PRIOR_FRAMES = 20; // few frames lose little of their own colour

/**
 * The discrete cosine transform of type 2, (CEPSTRA, MEL_BANDS), without scaling, as Meyda has it.
 * Source: Ahmed, Natarajan and Rao, "Discrete Cosine Transform", 1974.
 */
const COSINES = Array.from({ length: CEPSTRA }, (_row, k) =>
  Array.from({ length: MEL_BANDS }, (_column, band) => 2 * Math.cos((Math.PI * k * (band + 0.5)) / MEL_BANDS)),
);
const INVERSE = COSINES.map((row, k) => row.map((value) => value / (2 * MEL_BANDS) / (k === 0 ? 2 : 1)));

/** @typedef {readonly number[]} Cepstra of one frame */

/**
 * The frames that hold speech, without what tells of filters and not of voices.
 * @param {readonly Cepstra[]} frames of one message, c0 first
 * @returns {number[][]}
 */
export function speechFrames(frames) {
  const isSpeech = findSpeech(frames);
  return frames.filter((_, t) => isSpeech[t]).map(withBandFloor);
}

/**
 * @param {readonly Cepstra[]} frames as they are sent; more than 2000 are counted in parts of about one length, as the
 *   service cuts them
 */
export function countSpeechFrames(frames) {
  const count = Math.ceil(frames.length / MAX_FRAMES);
  let [start, found] = [0, 0];
  for (let part = 0; part < count; part += 1) {
    const end = start + Math.floor(frames.length / count) + (part < frames.length % count ? 1 : 0);
    found += findSpeech(frames.slice(start, end)).filter(Boolean).length;
    start = end;
  }
  return found;
}

/**
 * @param {readonly Cepstra[]} frames of one message
 * @returns {boolean[]}
 */
function findSpeech(frames) {
  if (frames.length === 0) {
    return [];
  }
  const snrDb = frameSnrDb(frames);
  const ascending = Float64Array.from(snrDb).sort();
  const [quietDb, loudDb] = [percentile(ascending, 5), percentile(ascending, 95)];
  const relativeDb = quietDb + RANGE_SHARE * (loudDb - quietDb);
  const leastDb = Math.max(relativeDb, loudDb - BELOW_PEAK_DB, ABOVE_NOISE_DB);
  return snrDb.map((value) => value >= leastDb);
}

/**
 * The logarithm of the energy in a band, rebuilt.
 * @param {Cepstra} frame
 * @param {number} band
 */
function logEnergy(frame, band) {
  return frame.reduce((sum, value, k) => sum + value * INVERSE[k][band], 0);
}

/**
 * Mean power above the message's own noise floor in the speech bands, smoothed; 0 is the floor.
 * @param {readonly Cepstra[]} frames
 */
function frameSnrDb(frames) {
  const power = new Float64Array(frames.length);
  for (const band of SPEECH_BANDS) {
    const energies = Float64Array.from(frames, (frame) => logEnergy(frame, band));
    const floor = percentile(energies.toSorted(), 10);
    energies.forEach((energy, t) => (power[t] += Math.exp(energy - floor)));
  }
  const snrDb = Array.from(power, (sum) => DB_PER_NEPER * Math.log(sum / SPEECH_BANDS.length));
  return snrDb.map((_, t) => {
    let sum = 0;
    for (let at = t - SMOOTHING_REACH; at <= t + SMOOTHING_REACH; at += 1) {
      sum += snrDb[Math.max(0, Math.min(snrDb.length - 1, at))];
    }
    return sum / (2 * SMOOTHING_REACH + 1);
  });
}

/**
 * Source: Hyndman and Fan, "Sample Quantiles in Statistical Packages", 1996, definition 7.
 * @param {Float64Array} ascending
 * @param {number} rank 0..100
 */
function percentile(ascending, rank) {
  const position = ((ascending.length - 1) * rank) / 100;
  const below = Math.floor(position);
  const above = Math.min(below + 1, ascending.length - 1);
  return ascending[below] + (position - below) * (ascending[above] - ascending[below]);
}

/**
 * The frame with high bands that fall no steeper, and no band deeper, than speech does.
 * @param {Cepstra} frame
 */
function withBandFloor(frame) {
  const logMel = Array.from({ length: MEL_BANDS }, (_, band) => logEnergy(frame, band));
  const lowest = Math.max(...logMel) - BAND_RANGE;
  const floored = logMel.map((value) => Math.max(value, lowest));
  for (let band = FIRST_HIGH_BAND; band < MEL_BANDS; band += 1) {
    floored[band] = Math.max(floored[band], floored[band - 1] - BAND_FALL);
  }
  const raised = floored.map((value, band) => value - logMel[band]);
  return frame.map((value, k) => value + raised.reduce((sum, by, band) => sum + by * COSINES[k][band], 0));
}

/**
 * (T, 40) scaled cepstra, plain and with their mean removed.
 * @param {readonly Cepstra[]} speech (T, 20)
 * @param {Float32Array} centre (20,) what is subtracted
 * @param {Float32Array} scale (20,) what it is divided by then
 */
export function networkInput(speech, centre, scale) {
  const plain = speech.map((frame) => frame.map((value, k) => (value - centre[k]) / scale[k]));
  const mean = Array.from(centre, (_, k) => plain.reduce((sum, frame) => sum + frame[k], 0) / (plain.length + MEAN_PRIOR_FRAMES));
  return Float32Array.from(plain.flatMap((frame) => [...frame, ...frame.map((value, k) => value - mean[k])]));
}
