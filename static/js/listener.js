/** Hands out the next utterance from an open microphone, one at a time, to whoever asks for it. */
import { Microphone } from "./microphone.js";
import { UtteranceStream } from "./utterance-stream.js";

export class Listener {
  #frontend;
  #meyda;
  #onLevel;
  #microphone;
  #stream = null;
  #waiting = null; // {fromFrame, resolve}

  /**
   * @param {object} options
   * @param {object} options.frontend the contents of frontend.json
   * @param {object} options.meyda the Meyda library
   * @param {(level: {levelDb: number, floorDb: number, isSpeech: boolean}) => void} options.onLevel
   * @param {(error: Error) => void} options.onLost the microphone went away
   */
  constructor({ frontend, meyda, onLevel, onLost }) {
    this.#frontend = frontend;
    this.#meyda = meyda;
    this.#onLevel = onLevel;
    this.#microphone = new Microphone({ onSamples: (samples) => this.#take(samples), onLost });
  }

  /** Throws MicrophoneError. */
  async open() {
    await this.#microphone.open();
  }

  async close() {
    await this.#microphone.close();
    this.#stream = null;
  }

  /** Resolves to the next utterance, {frames, lpc}, that begins after this call. */
  next(signal) {
    return new Promise((resolve, reject) => {
      signal.throwIfAborted();
      this.#waiting = { fromFrame: this.#stream?.frameCount ?? 0, resolve };
      const giveUp = () => {
        this.#waiting = null;
        reject(signal.reason);
      };
      signal.addEventListener("abort", giveUp, { once: true });
    });
  }

  #take(samples) {
    this.#stream ??= new UtteranceStream({
      inputHz: this.#microphone.sampleRateHz,
      frontend: this.#frontend,
      meyda: this.#meyda,
    });
    for (const event of this.#stream.push(samples)) {
      const isAwaited = this.#waiting && event.speechFrame >= this.#waiting.fromFrame;
      if (event.type === "speech-end" && isAwaited) {
        this.#waiting.resolve({ frames: event.frames, lpc: event.lpc });
        this.#waiting = null;
      }
    }
    this.#onLevel(this.#stream.level);
  }
}
