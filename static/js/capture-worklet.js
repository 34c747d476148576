/**
 * AudioWorklet processor that only copies samples: it gathers the blocks of 128 samples of its single
 * channel into larger ones and posts each as a Float32Array. Everything else happens outside the audio thread.
 */
const QUANTUM_SAMPLES = 128;
const BLOCK_S = 0.04; // whatever the rate: 25 times a second, the page computes, and draws what it hears
const BLOCK_SAMPLES = QUANTUM_SAMPLES * Math.round((BLOCK_S * sampleRate) / QUANTUM_SAMPLES);

class CaptureProcessor extends AudioWorkletProcessor {
  #block = new Float32Array(BLOCK_SAMPLES);
  #filled = 0;

  /** @param {Float32Array[][]} inputs */
  process(inputs) {
    const channel = inputs[0][0];
    if (channel) {
      this.#copy(channel);
    }
    return true;
  }

  /** @param {Float32Array} channel */
  #copy(channel) {
    this.#block.set(channel, this.#filled);
    this.#filled += channel.length;
    if (this.#filled === BLOCK_SAMPLES) {
      this.port.postMessage(this.#block, [this.#block.buffer]);
      this.#block = new Float32Array(BLOCK_SAMPLES);
      this.#filled = 0;
    }
  }
}

registerProcessor("capture", CaptureProcessor);
