/** Hands out the next utterance from an open microphone, one at a time, to whoever asks for it. */
import { Microphone } from "./microphone.js";
import { UtteranceStream } from "./utterance-stream.js";

/** @typedef {import("./utterance-stream.js").Utterance} Utterance */
/** @typedef {import("./endpointer.js").SpeechEnd} SpeechEnd */
/** @typedef {import("./utterance-stream.js").Level} Level */

export class Listener {
  #frontend;
  #meyda;
  #onLevel;
  #microphone;
  /** @type {UtteranceStream | null} */
  #stream = null;
  /** @type {{fromFrame: number, resolve: (utterance: Utterance) => void, onDiscarded: (event: SpeechEnd) => void} | null} */
  #waiting = null;

  /**
   * @param {object} options
   * @param {import("./features.js").Frontend} options.frontend
   * @param {import("./features.js").Meyda} options.meyda
   * @param {(level: Level) => void} options.onLevel
   * @param {(error: import("./errors.js").CepstraError) => void} options.onLost the microphone went away
   * @param {() => void} options.onMuted `isMuted` has changed
   * @param {import("./microphone.js").Environment} [environment] the window; another one in tests
   */
  constructor({ frontend, meyda, onLevel, ...told }, environment) {
    this.#frontend = frontend;
    this.#meyda = meyda;
    this.#onLevel = onLevel;
    this.#microphone = new Microphone({ onSamples: (samples) => this.#take(samples), ...told }, environment);
  }

  /** Native rate of the open microphone, null while closed. */
  get sampleRateHz() {
    return this.#microphone.sampleRateHz;
  }

  get isMuted() {
    return this.#microphone.isMuted;
  }

  /** Loads what opening needs. */
  async prepare() {
    await this.#microphone.prepare();
  }

  /**
   * Throws CepstraError, or the signal's reason.
   * @param {AbortSignal} [signal]
   */
  async open(signal) {
    await this.#microphone.open(signal);
  }

  async close() {
    this.#stream = null;
    await this.#microphone.close();
  }

  /**
   * Resolves to the next utterance that begins after this call.
   * @param {AbortSignal} signal
   * @param {(event: SpeechEnd) => void} [onDiscarded] told of sounds that are no utterance
   * @returns {Promise<Utterance>}
   */
  next(signal, onDiscarded = () => {}) {
    return new Promise((resolve, reject) => {
      signal.throwIfAborted();
      const giveUp = () => {
        this.#waiting = null;
        reject(signal.reason);
      };
      signal.addEventListener("abort", giveUp, { once: true });
      const finish = (/** @type {Utterance} */ utterance) => {
        signal.removeEventListener("abort", giveUp);
        resolve(utterance);
      };
      this.#waiting = { fromFrame: this.#stream?.frameCount ?? 0, resolve: finish, onDiscarded };
    });
  }

  /** @param {Float32Array} samples */
  #take(samples) {
    this.#stream ??= new UtteranceStream({
      inputHz: /** @type {number} */ (this.#microphone.sampleRateHz),
      frontend: this.#frontend,
      meyda: this.#meyda,
    });
    for (const event of this.#stream.push(samples)) {
      const isAwaited = event.type !== "speech-start" && this.#waiting && event.speechFrame >= this.#waiting.fromFrame;
      if (isAwaited) {
        this.#hand(event);
      }
    }
    this.#onLevel(this.#stream.level);
  }

  /** @param {SpeechEnd & Partial<Utterance>} event */
  #hand(event) {
    const waiting = this.#waiting;
    if (event.type === "discarded") {
      waiting?.onDiscarded(event);
      return;
    }
    this.#waiting = null;
    const { frames, measures } = /** @type {Utterance} */ (event);
    waiting?.resolve({ frames, measures });
  }
}
