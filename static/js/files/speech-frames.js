/**
 * How many frames of a message hold speech, as the service counts them: gmm/speech.py has the rule, and this is
 * the same in another language, so that the page's seconds of speech are those of the reply.
 */
import { MAX_FRAMES } from "../message.js";

const MEL_BANDS = 26;
const [FIRST_BAND, END_BAND] = [3, 19];
const NOISE_PERCENTILE = 10;
const [QUIET, LOUD] = [5, 95];
const REACH_FRAMES = 2; // of the moving average, to either side
const RANGE_SHARE = 0.3;
const BELOW_PEAK_DB = 35;
const ABOVE_NOISE_DB = 6;
const DB_PER_NEPER = 10 / Math.LN10;

/**
 * @param {number[]} values at least one
 * @param {number} rank 0..100, interpolated
 */
function percentile(values, rank) {
  const ascending = Float64Array.from(values).sort();
  const position = ((ascending.length - 1) * rank) / 100;
  const below = Math.floor(position);
  const above = Math.min(below + 1, ascending.length - 1);
  return ascending[below] + (position - below) * (ascending[above] - ascending[below]);
}

/**
 * The log energies of one mel band, rebuilt from cepstra.
 * @param {number[][]} mfcc
 * @param {number} band
 */
function logEnergies(mfcc, band) {
  const weights = mfcc[0].map((_, k) => Math.cos((k * (band + 0.5) * Math.PI) / MEL_BANDS) / (MEL_BANDS * (k ? 1 : 2)));
  return mfcc.map((frame) => frame.reduce((sum, value, k) => sum + value * weights[k], 0));
}

/** @param {number[]} values the ends count repeatedly */
function smoothed(values) {
  const at = (/** @type {number} */ index) => values[Math.max(0, Math.min(values.length - 1, index))];
  return values.map((_, index) => {
    let sum = 0;
    for (let offset = -REACH_FRAMES; offset <= REACH_FRAMES; offset++) {
      sum += at(index + offset);
    }
    return sum / (2 * REACH_FRAMES + 1);
  });
}

/** @param {number[][]} mfcc of one message, at least one frame */
function countInMessage(mfcc) {
  const power = new Float64Array(mfcc.length);
  for (let band = FIRST_BAND; band < END_BAND; band++) {
    const energies = logEnergies(mfcc, band);
    const floor = percentile(energies, NOISE_PERCENTILE);
    energies.forEach((energy, t) => (power[t] += Math.exp(energy - floor)));
  }
  const snrDb = smoothed(Array.from(power, (sum) => DB_PER_NEPER * Math.log(sum / (END_BAND - FIRST_BAND))));
  const [quiet, loud] = [QUIET, LOUD].map((rank) => percentile(snrDb, rank));
  const least = Math.max(quiet + RANGE_SHARE * (loud - quiet), loud - BELOW_PEAK_DB, ABOVE_NOISE_DB);
  return snrDb.filter((snr) => snr >= least).length;
}

/**
 * @param {number[][]} mfcc as they are sent; more than 2000 frames are counted in parts of about one length, as the
 * service cuts them
 */
export function countSpeechFrames(mfcc) {
  const count = Math.ceil(mfcc.length / MAX_FRAMES);
  let [start, found] = [0, 0];
  for (let part = 0; part < count; part++) {
    const length = Math.floor(mfcc.length / count) + (part < mfcc.length % count ? 1 : 0);
    found += countInMessage(mfcc.slice(start, start + length));
    start += length;
  }
  return found;
}
