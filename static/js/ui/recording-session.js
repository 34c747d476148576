/** One thing at a time is spoken for: its button becomes Stop, its stage follows the kit's events. */
import { sendWithRetry } from "../retry.js";
import { announce, clearAlert, showFailure, showOutage } from "./alerts.js";
import { setText } from "./i18n.js";
import { share } from "./level-meter.js";

/** @typedef {import("./prompt-view.js").PromptView} PromptView */

export class RecordingSession {
  #voice;
  /** @type {PromptView | null} */
  #stage = null;
  /** @type {AbortController | null} */
  #abort = null;
  /** @type {number[]} */
  #said = [];
  /** @type {Promise<void>} */
  #ended = Promise.resolve();

  /** @param {import("../cepstra.js").Cepstra} voice */
  constructor(voice) {
    this.#voice = voice;
    listenTo(voice, {
      level: (level) => this.#stage?.level(share(level.levelDb), level.isSpeech),
      prompt: (prompt) => this.#prompt(prompt),
      heard: (heard) => this.#heard(heard),
      take: (take) => this.#heard(take),
      sending: () => this.#stage?.show("busy", { line: "stage.sending" }),
      outage: showOutage,
      recovered: () => this.#recover(),
    });
    document.addEventListener("visibilitychange", () => document.hidden && this.stop());
    document.addEventListener("keydown", ({ key }) => key === "Escape" && this.stop());
  }

  get isActive() {
    return this.#abort !== null;
  }

  /** Resolves when what is being said has ended. */
  stop() {
    this.#abort?.abort();
    return this.#ended;
  }

  /**
   * @template T
   * @param {object} place
   * @param {PromptView} place.stage
   * @param {HTMLElement} place.button stops it
   * @param {string} place.idle words of the button afterwards
   * @param {(signal: AbortSignal) => Promise<T>} work
   * @returns {Promise<T | null>} null where it was stopped or failed, which the page has told
   */
  async run({ stage, button, idle }, work) {
    await this.stop();
    clearAlert();
    this.#abort = new AbortController();
    this.#stage = stage;
    this.#said = [];
    button.dataset.running = "true";
    setText(button, "action.stop");
    const result = this.#attempt(stage, work, this.#abort.signal);
    this.#ended = result.then(() => this.#end(button, idle));
    await this.#ended;
    return result;
  }

  /**
   * Sends what was recorded elsewhere, again and again while the service is away.
   * @template T
   * @param {(signal: AbortSignal) => Promise<T>} send
   * @returns {Promise<T | null>} null where it was stopped or refused, which the page has told
   */
  async send(send) {
    await this.stop();
    clearAlert();
    const abort = (this.#abort = new AbortController());
    const { signal } = abort;
    const options = { signal, onOutage: showOutage, onRecovered: () => this.#recover() };
    const result = sendWithRetry(() => send(signal), options).catch((error) => {
      if (!signal.aborted) {
        showFailure(error);
      }
      return null;
    });
    this.#ended = result.then(() => {
      this.#abort = null;
    });
    return result;
  }

  /**
   * @param {HTMLElement} button
   * @param {string} idle
   */
  #end(button, idle) {
    this.#abort = this.#stage = null;
    button.dataset.running = "false";
    setText(button, idle);
  }

  /**
   * @template T
   * @param {PromptView} stage
   * @param {(signal: AbortSignal) => Promise<T>} work
   * @param {AbortSignal} signal
   */
  async #attempt(stage, work, signal) {
    stage.show("busy", { line: "stage.opening" });
    try {
      await this.#voice.openMicrophone({ signal });
      const result = await work(signal);
      stage.rest();
      return result;
    } catch (error) {
      stage.rest();
      if (signal.aborted) {
        clearAlert();
        stage.show("idle", { line: "stage.stopped" });
      } else {
        showFailure(error);
      }
      return null;
    }
  }

  /** @param {import("../cepstra.js").Prompt} prompt */
  #prompt({ digit, index, total }) {
    this.#said.length = index;
    this.#stage?.show("listening", { line: "stage.sayOf", values: { digit, index: index + 1, total }, digit });
    this.#stage?.round(this.#said, digit, total);
  }

  /** @param {import("../cepstra.js").Heard} heard */
  #heard({ digit, index, verdict, isKept }) {
    if (isKept) {
      this.#said[index] = digit;
    }
    this.#stage?.note(verdict, isKept);
  }

  #recover() {
    clearAlert();
    announce("failure.recovered");
  }
}

/** @typedef {import("../cepstra.js").CepstraEvents} CepstraEvents */

/**
 * @param {import("../cepstra.js").Cepstra} voice
 * @param {{[Type in keyof CepstraEvents]?: (detail: CepstraEvents[Type]) => unknown}} handlers
 */
export function listenTo(voice, handlers) {
  for (const [type, handle] of Object.entries(/** @type {Record<string, Function>} */ (handlers))) {
    voice.addEventListener(type, (event) => handle(/** @type {CustomEvent} */ (event).detail));
  }
}
