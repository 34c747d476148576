/** The microphone as the kit uses it: opened when needed, for one thing at a time, given up when aborted. */
import { CepstraError } from "./errors.js";
import { loadFrontend } from "./features.js";
import { Listener } from "./listener.js";
import { findMeyda } from "./meyda-library.js";
import { missingSupport } from "./microphone.js";

/** @typedef {import("./features.js").Frontend} Frontend */
/** @typedef {import("./listener.js").Level} Level */

/**
 * What events tell in `detail`.
 * @typedef {object} CepstraEvents
 * @property {Level} level
 * @property {{isOpen: boolean, isMuted: boolean, error?: CepstraError}} microphone
 * @property {import("./prompting.js").Prompt} prompt what the callbacks are told, as `heard` and `take`
 * @property {import("./prompting.js").Heard} heard
 * @property {import("./enrolment.js").Take} take
 * @property {import("./prompting.js").Silence} silence
 * @property {{share: number, verdict: import("./verdicts.js").Verdict}} speech free speech so far, 0..1 of what is needed
 * @property {import("./embedding/voice-watch.js").Ratio} ratio of a watch, after every second of speech
 * @property {import("./embedding/voice-watch.js").Ratio} same it is the voice that is expected
 * @property {import("./embedding/voice-watch.js").Ratio} changed it is another one
 * @property {null} sending
 * @property {import("./retry.js").Outage} outage
 * @property {null} recovered
 * @property {null} signedout
 */

export class Recorder {
  #environment;
  #onLevel;
  #onChange;
  /** @type {Frontend | null} */
  #frontend;
  /** @type {Listener | null} */
  #listener = null;
  #isOpen = false;
  #isSpeech = false;
  /** @type {symbol | null} the work that has the microphone */
  #user = null;
  #lost = new AbortController();

  /**
   * @param {object} options
   * @param {Frontend} [options.frontend] where it need not be loaded
   * @param {(level: Level) => void} options.onLevel
   * @param {(change: CepstraEvents["microphone"]) => void} options.onChange
   * @param {import("./microphone.js").Environment} [options.environment] the window; another one in tests
   */
  constructor({ frontend, onLevel, onChange, environment }) {
    this.#frontend = frontend ?? null;
    this.#onLevel = onLevel;
    this.#onChange = onChange;
    this.#environment = environment;
  }

  get isOpen() {
    return this.#isOpen;
  }

  /** Whether somebody speaks just now. */
  get isSpeech() {
    return this.#isSpeech;
  }

  get sampleRateHz() {
    return this.#listener?.sampleRateHz ?? null;
  }

  /**
   * Loads what the microphone needs, for a time without network.
   * @param {AbortSignal} [signal]
   */
  async prepare(signal) {
    this.#listener ??= await this.#makeListener(signal);
    await this.#listener.prepare();
  }

  /**
   * Asks for permission; nothing happens where the microphone is open. Throws CepstraError.
   * @param {AbortSignal} [signal]
   */
  async open(signal) {
    if (this.#isOpen) {
      return;
    }
    signal?.throwIfAborted();
    const obstacle = missingSupport(this.#environment);
    if (obstacle) {
      throw obstacle;
    }
    this.#listener ??= await this.#makeListener(signal);
    await this.#listener.open(signal);
    this.#lost = new AbortController();
    this.#isOpen = true;
    this.#tellOpen();
  }

  /** @param {AbortSignal} [signal] */
  async #makeListener(signal) {
    this.#frontend ??= await loadFrontend(signal);
    return new Listener(
      {
        frontend: this.#frontend,
        meyda: await findMeyda(),
        onLevel: (level) => {
          this.#isSpeech = level.isSpeech;
          this.#onLevel(level);
        },
        onLost: (error) => this.#close(error, error),
        onMuted: () => this.#isOpen && this.#tellOpen(),
      },
      this.#environment,
    );
  }

  #tellOpen() {
    this.#onChange({ isOpen: true, isMuted: this.#listener?.isMuted ?? false });
  }

  /** Gives the microphone back; what is being recorded is aborted. */
  async close() {
    await this.#close(new CepstraError("microphone-closed"));
  }

  /**
   * @param {unknown} reason for which what is being recorded is aborted
   * @param {CepstraError} [error] that is told
   */
  async #close(reason, error) {
    if (!this.#isOpen) {
      return;
    }
    this.#isOpen = false;
    this.#lost.abort(reason);
    await this.#listener?.close();
    this.#onChange({ isOpen: false, isMuted: false, error });
  }

  /**
   * Does `work` with the open microphone, alone. Once it is aborted the next one may begin: `work` may wait for an
   * answer still. Where the microphone was closed before, it is closed then.
   * @template T
   * @param {AbortSignal | undefined} signal
   * @param {(tools: {listen: import("./prompting.js").Listen, signal: AbortSignal, frontend: Frontend}) => Promise<T>} work
   * @returns {Promise<T>}
   */
  async use(signal, work) {
    if (this.#user) {
      throw new CepstraError("busy");
    }
    const user = (this.#user = Symbol());
    const wasOpen = this.#isOpen;
    const leave = async (/** @type {unknown} */ reason) => {
      if (this.#user === user) {
        this.#user = null;
        await (wasOpen || this.#close(reason));
      }
    };
    const giveBack = () => void leave(signal?.reason);
    try {
      await this.open(signal);
      signal?.addEventListener("abort", giveBack, { once: true });
      const listener = /** @type {Listener} */ (this.#listener);
      const either = AbortSignal.any([this.#lost.signal, ...(signal ? [signal] : [])]);
      const frontend = /** @type {Frontend} */ (this.#frontend);
      return await work({ listen: (...request) => listener.next(...request), signal: either, frontend });
    } finally {
      signal?.removeEventListener("abort", giveBack);
      await leave(new CepstraError("microphone-closed"));
    }
  }
}
