/** Cuts a stream of samples into overlapping frames: frame i = samples[i * hop .. i * hop + length). */
export class Framer {
  #frameSamples;
  #hopSamples;
  #held = new Float32Array(0);

  /**
   * @param {number} frameSamples
   * @param {number} hopSamples
   */
  constructor(frameSamples, hopSamples) {
    if (!(hopSamples > 0 && hopSamples <= frameSamples)) {
      throw new RangeError(`hop must be 1..${frameSamples} samples, got ${hopSamples}`);
    }
    this.#frameSamples = frameSamples;
    this.#hopSamples = hopSamples;
  }

  /**
   * Takes the next samples, returns the whole frames they complete, in order.
   * @param {Float32Array} samples
   */
  push(samples) {
    const all = new Float32Array(this.#held.length + samples.length);
    all.set(this.#held);
    all.set(samples, this.#held.length);
    const frames = [];
    let start = 0;
    while (start + this.#frameSamples <= all.length) {
      frames.push(all.slice(start, start + this.#frameSamples));
      start += this.#hopSamples;
    }
    this.#held = all.slice(start);
    return frames;
  }
}
