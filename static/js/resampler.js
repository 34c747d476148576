/**
 * Streaming resampler with a linear-phase low-pass filter (Kaiser-windowed sinc, polyphase).
 *
 * Output sample n is the band-limited input at the time n / outputHz, so delay is zero once the filter's
 * look-ahead has been filled. The result depends on the samples alone, not on how they are cut into blocks.
 * Kaiser's design formulas: A. V. Oppenheim, R. W. Schafer, "Discrete-Time Signal Processing", section 7.6.
 */

const STOP_BAND_DB = 80;
const PASS_BAND_SHARE = 0.95; // of the lower of the two Nyquist frequencies; the stop band begins at 1
const MAX_PHASES = 1024; // exact for every ratio of real sound cards; others are rounded to 1/1024 sample

/**
 * @param {number} a
 * @param {number} b
 * @returns {number}
 */
function greatestCommonDivisor(a, b) {
  return b === 0 ? a : greatestCommonDivisor(b, a % b);
}

/**
 * Modified Bessel function of the first kind and order zero, by its power series.
 * @param {number} x
 */
function besselI0(x) {
  let term = 1;
  let sum = 1;
  for (let k = 1; term > sum * 1e-12; k += 1) {
    term *= (x / (2 * k)) ** 2;
    sum += term;
  }
  return sum;
}

/** @param {number} x */
function sinc(x) {
  return x === 0 ? 1 : Math.sin(Math.PI * x) / (Math.PI * x);
}

/**
 * Filter for every phase: `phases` arrays of 2 * half coefficients, each with a gain of one at 0 Hz.
 * @param {number} inputHz
 * @param {number} edgeHz
 * @param {number} phases
 */
function designPhases(inputHz, edgeHz, phases) {
  const beta = 0.1102 * (STOP_BAND_DB - 8.7);
  const transition = (2 * Math.PI * edgeHz * (1 - PASS_BAND_SHARE)) / inputHz;
  const half = Math.ceil((STOP_BAND_DB - 7.95) / (2.285 * transition) / 2);
  const cutoff = (edgeHz * (1 + PASS_BAND_SHARE)) / inputHz;
  const scale = besselI0(beta);
  const table = [];
  for (let phase = 0; phase < phases; phase += 1) {
    const taps = new Float64Array(2 * half);
    let sum = 0;
    for (let tap = 0; tap < taps.length; tap += 1) {
      const time = tap - half + 1 - phase / phases;
      const shape = besselI0(beta * Math.sqrt(Math.max(0, 1 - (time / half) ** 2))) / scale;
      taps[tap] = sinc(cutoff * time) * shape;
      sum += taps[tap];
    }
    table.push(Float32Array.from(taps, (value) => value / sum));
  }
  return { half, table };
}

export class Resampler {
  #up; // outputHz / inputHz = up / down in lowest terms
  #down;
  #half = 0;
  /** @type {Float32Array[] | null} */
  #table = null;
  #held = new Float32Array(0); // input not yet done with; starts with the filter's look-back
  #index = 0; // whole input samples from the start of #held to the filter's centre
  #remainder = 0; // and up-ths of a sample beyond it

  /**
   * Rates in Hz, whole numbers; equal rates pass samples through.
   * @param {number} inputHz
   * @param {number} outputHz
   */
  constructor(inputHz, outputHz) {
    if (!(Number.isInteger(inputHz) && inputHz >= 8000 && inputHz <= 192_000)) {
      throw new RangeError(`input rate must be a whole number of 8000..192000 Hz, got ${inputHz}`);
    }
    const divisor = greatestCommonDivisor(inputHz, outputHz);
    this.#up = outputHz / divisor;
    this.#down = inputHz / divisor;
    if (inputHz !== outputHz) {
      const phases = Math.min(this.#up, MAX_PHASES);
      const design = designPhases(inputHz, Math.min(inputHz, outputHz) / 2, phases);
      this.#half = design.half;
      this.#table = design.table;
      this.#held = new Float32Array(this.#half - 1);
      this.#index = this.#half - 1;
    }
  }

  /**
   * Takes the next input samples, returns the output samples they complete.
   * @param {Float32Array} samples
   * @returns {Float32Array}
   */
  push(samples) {
    if (!this.#table) {
      return samples.slice();
    }
    const held = new Float32Array(this.#held.length + samples.length);
    held.set(this.#held);
    held.set(samples, this.#held.length);
    const output = this.#convolve(held, this.#table);
    const done = Math.min(this.#index - this.#half + 1, held.length);
    this.#held = held.slice(done);
    this.#index -= done;
    return output;
  }

  /** Returns what remains when the input has ended: silence is assumed to follow it. */
  flush() {
    return this.push(new Float32Array(this.#half));
  }

  /**
   * @param {Float32Array} held
   * @param {Float32Array[]} table
   */
  #convolve(held, table) {
    const room = Math.max(0, held.length - this.#index - this.#half);
    const output = new Float32Array(Math.ceil((room * this.#up + this.#up) / this.#down) + 1);
    let count = 0;
    while (this.#index + this.#half < held.length) {
      const phase = Math.floor((this.#remainder * table.length) / this.#up);
      output[count] = this.#filter(held, table[phase]);
      count += 1;
      this.#remainder += this.#down;
      this.#index += Math.floor(this.#remainder / this.#up);
      this.#remainder %= this.#up;
    }
    return output.subarray(0, count);
  }

  /**
   * @param {Float32Array} held
   * @param {Float32Array} taps
   */
  #filter(held, taps) {
    const start = this.#index - this.#half + 1;
    // Two sums, for a processor waits for the last addition before the next one to the same sum.
    let even = 0;
    let odd = 0;
    for (let tap = 0; tap < taps.length; tap += 2) {
      even += held[start + tap] * taps[tap];
      odd += held[start + tap + 1] * taps[tap + 1];
    }
    return even + odd;
  }
}
