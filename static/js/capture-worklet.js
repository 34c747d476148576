/**
 * AudioWorklet processor that only copies samples: it gathers the blocks of 128 samples of its single
 * channel into larger ones and posts each as a Float32Array. Everything else happens outside the audio thread.
 */
const BLOCK_SAMPLES = 1024;

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
