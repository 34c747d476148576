/**
 * Whether it is still the same voice that talks: a ratio that rolls over the last speech, and a state that changes
 * only where two ratios in a row say so. Knows neither page nor microphone; holds a few pieces of speech, however long.
 */
import { FRAMES_PER_SECOND } from "../message.js";

/** @typedef {import("./voice-embedder.js").VoiceEmbedder} VoiceEmbedder */
/** @typedef {import("./voice-embedder.js").Pooled} Pooled */

/** @typedef {Pooled} Profile what a voice is compared with: as many sums as one piece of speech has, and personal */

/**
 * @typedef {object} Ratio
 * @property {number | null} llr natural logarithm of how much likelier the last speech is from the same voice than from
 *   another one; null while the voice is still being learnt
 * @property {"learning" | "unsure" | "same" | "changed"} state
 * @property {number} learnt share of the speech that is learnt from, 0..1
 * @property {number} speechS seconds of speech that the ratio is of
 */

const LEARNT_FRAMES = 300;
const WINDOW_FRAMES = 150;
const FEWEST_FRAMES = 10; // of a piece; less tells nothing
const JUDGED_FRAMES = 100;
const NEAREST = 100; // of the cohort
const SMALLEST_DEVIATION = 1e-6;

/**
 * Fitted by scripts/measure-watch.js: the ratio is linear in the score. The bounds are chosen on its fitting half:
 * nine false changes an hour, as at -1.5; at -1 there are more than twenty.
 */
export const CALIBRATION = Object.freeze({ slope: 1.264, bias: -3.816, sameFrom: 1, changedBelow: -2 });
const AGREEING = 2; // ratios in a row that change the state

export class VoiceWatch {
  #embedder;
  #calibration;
  /** @type {Pooled} */
  #learnt = { sums: new Float64Array(0), frames: 0 };
  /** @type {Placed | null} */
  #reference = null;
  /** @type {Pooled[]} */
  #window = [];
  /** @type {Ratio["state"]} */
  #state = "learning";
  #said = this.#state;
  #agreeing = 0;

  /**
   * @param {VoiceEmbedder} embedder
   * @param {{profile?: Profile, calibration?: typeof CALIBRATION}} [options] `profile`: the voice that is expected; by
   *   itself that of the first three seconds of speech
   */
  constructor(embedder, { profile, calibration = CALIBRATION } = {}) {
    this.#embedder = embedder;
    this.#calibration = calibration;
    if (profile) {
      this.#expect(profile);
    }
  }

  /** @param {Profile} profile */
  #expect(profile) {
    this.#reference = place(this.#embedder, profile.sums);
    this.#state = "unsure";
  }

  /**
   * @param {readonly (readonly number[])[]} piece cepstra (T, 20) of what was said since the last one
   * @returns {Ratio | null} null where too little of it is speech
   */
  push(piece) {
    const pooled = this.#embedder.pool(piece);
    return pooled.frames < FEWEST_FRAMES ? null : this.follow(pooled);
  }

  /**
   * @param {Pooled} pooled of the piece
   * @returns {Ratio}
   */
  follow(pooled) {
    if (!this.#reference) {
      return this.#learn(pooled);
    }
    this.#window.push(pooled);
    while (framesOf(this.#window) - this.#window[0].frames >= WINDOW_FRAMES) {
      this.#window.shift();
    }
    const llr = this.#ratio(this.#reference);
    if (framesOf(this.#window) >= JUDGED_FRAMES) {
      this.#judge(llr);
    }
    return this.#told(llr);
  }

  /** @param {Pooled} pooled */
  #learn(pooled) {
    this.#learnt = joined([this.#learnt, pooled]);
    if (this.#learnt.frames >= LEARNT_FRAMES) {
      this.#expect(this.#learnt);
    }
    return this.#told(null);
  }

  /** @param {number | null} llr */
  #told(llr) {
    const learnt = this.#reference ? 1 : this.#learnt.frames / LEARNT_FRAMES;
    return { llr, state: this.#state, learnt, speechS: framesOf(this.#window) / FRAMES_PER_SECOND };
  }

  /** @param {Placed} reference */
  #ratio(reference) {
    const { slope, bias } = this.#calibration;
    return slope * similarity(reference, place(this.#embedder, joined(this.#window).sums)) + bias;
  }

  /** @param {number} llr */
  #judge(llr) {
    const { sameFrom, changedBelow } = this.#calibration;
    const says = llr < changedBelow ? "changed" : llr >= sameFrom ? "same" : this.#state;
    this.#agreeing = says === this.#said ? this.#agreeing + 1 : 1;
    this.#said = says;
    if (this.#agreeing >= AGREEING) {
      this.#state = says;
    }
  }
}

/** @param {readonly Pooled[]} pieces */
const framesOf = (pieces) => pieces.reduce((sum, { frames }) => sum + frames, 0);

/**
 * What the pieces would have given as one.
 * @param {readonly Pooled[]} pieces
 * @returns {Pooled}
 */
export function joined(pieces) {
  const sums = new Float64Array(Math.max(0, ...pieces.map((piece) => piece.sums.length)));
  pieces.forEach((piece) => piece.sums.forEach((value, k) => (sums[k] += value)));
  return { sums, frames: framesOf(pieces) };
}

/**
 * A voice's place in the network's space, and how near its nearest background voices are.
 * @typedef {{point: Float32Array, mean: number, deviation: number}} Placed
 */

/**
 * @param {VoiceEmbedder} embedder
 * @param {Float64Array} sums
 * @returns {Placed}
 */
export function place(embedder, sums) {
  return placed(embedder.cohort, embedder.embedding(sums));
}

/**
 * @param {readonly Float32Array[]} cohort unit vectors of background speakers
 * @param {Float32Array} point
 * @returns {Placed}
 */
export function placed(cohort, point) {
  const nearest = cohort.map((voice) => product(voice, point)).sort((a, b) => b - a).slice(0, NEAREST);
  const mean = nearest.reduce((sum, cosine) => sum + cosine, 0) / nearest.length;
  const variance = nearest.reduce((sum, cosine) => sum + (cosine - mean) ** 2, 0) / nearest.length;
  return { point, mean, deviation: Math.max(SMALLEST_DEVIATION, Math.sqrt(variance)) };
}

/**
 * The cosine in units of how near other voices come, by either side's nearest: adaptive symmetric normalisation.
 * Source: Matejka et al., "Analysis of Score Normalization in Multilingual Speaker Recognition", 2017.
 * @param {Placed} one
 * @param {Placed} other
 */
export function similarity(one, other) {
  const cosine = product(one.point, other.point);
  return ((cosine - one.mean) / one.deviation + (cosine - other.mean) / other.deviation) / 2;
}

/**
 * @param {Float32Array} one
 * @param {Float32Array} other
 */
function product(one, other) {
  let sum = 0;
  for (let k = 0; k < one.length; k += 1) {
    sum += one[k] * other[k];
  }
  return sum;
}
