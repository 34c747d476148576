/** One thing at a time is spoken for: its button becomes Stop, its view follows the kit's events. */
import { CepstraError } from "../errors.js";
import { sendWithRetry } from "../retry.js";
import { announce, clearAlert, clearNotice, showAlert, showFailure, showOutage, wordsOf } from "./alerts.js";
import { setText, text, toSay } from "./i18n.js";
import { levelShare } from "./prompt-view.js";

/** @typedef {import("./prompt-view.js").PromptView} PromptView */
/** @typedef {import("../cepstra.js").CepstraEvents} CepstraEvents */

/**
 * @typedef {object} Place
 * @property {PromptView} view
 * @property {HTMLElement} button stops it; a second press gives up what is on its way
 * @property {string} [idle] words of the button afterwards; those it had, where it is left out
 * @property {boolean} [isPrompted] whether somebody is to speak, and helped who does not
 * @property {{done: number, total: number}} [progress] what the ring begins with; by itself the round
 */

/** Levels in dB of frameLevel(): below, a microphone delivers nothing; above, a room is noisy. */
const SILENT_DB = 40;
export const NOISY_ROOM_DB = 72;
const POOR_IN_A_ROW = 3; // then help in place of a hint

/**
 * Listens to the kit's events, each handler with the detail that belongs to its event.
 * @param {import("../cepstra.js").Cepstra} voice
 * @param {{[Type in keyof CepstraEvents]?: (detail: CepstraEvents[Type]) => unknown}} handlers
 */
export function listenTo(voice, handlers) {
  for (const [type, handle] of Object.entries(/** @type {Record<string, Function>} */ (handlers))) {
    voice.addEventListener(type, (event) => handle(/** @type {CustomEvent} */ (event).detail));
  }
}

export class RecordingSession {
  #voice;
  /** @type {PromptView | null} */
  #view = null;
  /**
   * The same, and that of what is being sent.
   * @type {PromptView | undefined}
   */
  #waiting;
  /** @type {AbortController | null} */
  #abort = null;
  /** @type {number[]} */
  #said = [];
  #progress = { done: 0, total: 0 };
  #isPrompted = true;
  #heard = { loudestDb: 0, floorDb: 0 };
  /** What to do about the last recording that was not used. */
  #advice = () => "";
  #isMuted = false;
  /** @type {Promise<void>} */
  #ended = Promise.resolve();
  #giveUp = () => {};
  /** The microphone is being given back: nobody waits for that to see a verdict. */
  #closed = Promise.resolve();

  /** @param {import("../cepstra.js").Cepstra} voice */
  constructor(voice) {
    this.#voice = voice;
    listenTo(voice, {
      level: (level) => this.#follow(level),
      prompt: (prompt) => this.#prompt(prompt),
      heard: (heard) => this.#judge(heard),
      take: (take) => this.#judge(take),
      speech: ({ share, verdict }) => this.#hearSpeech(share, verdict),
      microphone: ({ isMuted }) => this.#tellMuted(isMuted),
      silence: ({ waitedS }) => this.#help(waitedS),
      sending: () => this.#view?.wait("stage.sending"),
      outage: showOutage,
      recovered: () => this.#recover(),
    });
    document.addEventListener("visibilitychange", () => document.hidden && this.#hide());
    document.addEventListener("keydown", ({ key }) => key === "Escape" && this.press());
    document.addEventListener("click", ignoreSecondOfTwo, true);
  }

  get isActive() {
    return this.#abort !== null;
  }

  /**
   * Nothing more is heard. Resolves when all has ended: what is on its way has its answer, so that what is shown as kept
   * is kept.
   */
  stop() {
    this.#abort?.abort();
    if (this.#abort) {
      this.#waiting?.wait("stage.stopping");
    }
    if (this.#view) {
      this.#closed = this.#voice.closeMicrophone();
    }
    return this.#ended;
  }

  /** The person presses Stop: a second time, what is on its way is not waited for. */
  press() {
    if (this.#abort?.signal.aborted) {
      this.#giveUp();
    }
    return this.stop();
  }

  /**
   * @template T
   * @param {Promise<T>} work
   * @returns {Promise<T | null>} null as soon as it is given up
   */
  #unlessGivenUp(work) {
    return Promise.race([work, new Promise((resolve) => (this.#giveUp = () => resolve(null)))]);
  }

  /** The microphone is given back; what was recorded elsewhere goes on being sent. */
  #hide() {
    return this.#view === null ? this.#voice.closeMicrophone() : this.release();
  }

  /** Ends what is being said and gives the microphone back. */
  async release() {
    await this.stop();
    await this.#voice.closeMicrophone();
  }

  /**
   * The microphone is given back at the end.
   * @template T
   * @param {Place} place
   * @param {(signal: AbortSignal) => Promise<T>} work
   * @returns {Promise<T | null>} null where it was stopped or failed, which the page has told
   */
  async run(place, work) {
    const { view, button, isPrompted = true, progress = { done: 0, total: 0 } } = place;
    await this.stop();
    await this.#closed;
    clearAlert();
    clearNotice();
    const { signal } = (this.#abort = new AbortController());
    this.#view = this.#waiting = view;
    this.#isPrompted = isPrompted;
    this.#said = [];
    this.#progress = { ...progress };
    this.#heard = { loudestDb: 0, floorDb: 0 };
    document.body.dataset.speaking = "true";
    const giveBack = offerStop(button);
    view.comeIntoSight();
    const result = this.#unlessGivenUp(this.#attempt(view, work, signal));
    this.#ended = result.then((found) => {
      this.#end(view, found === null && signal.aborted);
      giveBack(place.idle);
    });
    await this.#ended;
    return result;
  }

  /**
   * Sends what was recorded elsewhere, again and again while the service is away.
   * @template T
   * @param {(signal: AbortSignal) => Promise<T>} send
   * @param {Partial<Place>} [place] shows that an answer is awaited, and stops it
   * @param {() => Promise<unknown>} [undo] takes back what came of it, where it was stopped or refused
   * @returns {Promise<T | null>} null where it was stopped or refused, which the page has told
   */
  async send(send, { view, button } = {}, undo = async () => {}) {
    await this.stop();
    clearAlert();
    clearNotice();
    const { signal } = (this.#abort = new AbortController());
    this.#waiting = view;
    const options = { signal, onOutage: showOutage, onRecovered: () => this.#recover() };
    view?.show("busy", { line: "stage.sending" });
    const giveBack = button && offerStop(button);
    const sent = sendWithRetry(() => send(signal), options).catch(async (error) => {
      await undo();
      if (!signal.aborted) {
        showFailure(error);
      }
      return null;
    });
    const result = this.#unlessGivenUp(sent);
    this.#ended = result.then(() => {
      this.#abort = null;
      view?.rest();
      giveBack?.();
    });
    await this.#ended;
    return result;
  }

  /**
   * @param {PromptView} view
   * @param {boolean} isStopped
   */
  #end(view, isStopped) {
    this.#abort = this.#view = null;
    view.rest();
    if (isStopped) {
      clearAlert();
      view.show("idle", { line: "stage.stopped" });
    }
    document.body.dataset.speaking = "false";
    this.#closed = this.#voice.closeMicrophone();
  }

  /**
   * @template T
   * @param {PromptView} view
   * @param {(signal: AbortSignal) => Promise<T>} work
   * @param {AbortSignal} signal
   */
  async #attempt(view, work, signal) {
    view.show("busy", { line: "stage.opening" });
    try {
      await this.#voice.openMicrophone({ signal });
      return await work(signal);
    } catch (error) {
      if (!signal.aborted) {
        this.#fail(error);
      }
      return null;
    }
  }

  /** @param {unknown} error */
  #fail(error) {
    if (error instanceof CepstraError && error.code === "takes-poor") {
      showAlert(() => wordsOf(error)[0], { detail: this.#advice });
    } else {
      showFailure(error);
    }
  }

  /** @param {import("../utterance-stream.js").Level} level */
  #follow({ levelDb, floorDb, isSpeech }) {
    this.#heard = { loudestDb: Math.max(this.#heard.loudestDb, levelDb), floorDb };
    this.#view?.level(levelShare(levelDb), isSpeech);
  }

  /** @param {import("../cepstra.js").Prompt} prompt */
  #prompt({ digit, index, total }) {
    this.#said.length = index;
    this.#heard.loudestDb = 0;
    const of = { digit: toSay(digit), index: index + 1, total };
    this.#view?.show("listening", { line: "stage.sayOf", values: of, digit });
    this.#view?.round(this.#said, digit, total);
    this.#view?.comeIntoSight();
    this.#showProgress(index, total);
  }

  /**
   * @param {number} done of this round
   * @param {number} total
   */
  #showProgress(done, total) {
    const { done: before, total: all } = this.#progress;
    this.#view?.progress(Math.min(1, (before + done) / (all || total)));
  }

  /** @param {import("../cepstra.js").Heard} heard */
  #judge({ digit, index, total, tries, verdict, isKept, aboveNoiseDb }) {
    if (isKept) {
      this.#said[index] = digit;
      this.#showProgress(index + 1, total);
      this.#view?.note("good", "take.good");
      return;
    }
    const isHelp = tries + 1 >= POOR_IN_A_ROW && ["wrong-digit", "other-voice", "noisy", "too-quiet"].includes(verdict);
    const distance = Math.max(0, Math.round(aboveNoiseDb ?? 0));
    this.#refuse(isHelp ? `take.${verdict}.help` : `take.${verdict}`, { digit: toSay(digit), distance });
  }

  /**
   * A recording was not used.
   * @param {string} key of the words that say what to do about it
   * @param {import("./i18n.js").Values} [values]
   */
  #refuse(key, values) {
    this.#advice = () => text(key, values);
    this.#view?.note("bad", key, values);
  }

  /**
   * @param {number} share
   * @param {import("../verdicts.js").Verdict} verdict
   */
  #hearSpeech(share, verdict) {
    this.#view?.progress(share);
    if (verdict === "good") {
      this.#view?.note("good", "stage.goOn");
    } else {
      this.#refuse(verdict === "noisy" ? "silence.noisy" : `take.${verdict}`);
    }
  }

  /** @param {number} waitedS since the last word, or since it was asked for one */
  #help(waitedS) {
    const { loudestDb, floorDb } = this.#heard;
    this.#heard.loudestDb = 0;
    const isSilent = this.#isMuted || (waitedS >= 10 && loudestDb < SILENT_DB);
    const help = floorDb > NOISY_ROOM_DB ? "silence.noisy" : "silence.help";
    if (isSilent || this.#isPrompted) {
      this.#view?.note("bad", isSilent ? "silence.muted" : waitedS < 10 ? "silence.hint" : help);
    } else {
      this.#view?.note("good", "silence.nobody");
    }
  }

  /** @param {boolean} isMuted by the system, or by a switch of the device */
  #tellMuted(isMuted) {
    if (isMuted) {
      this.#view?.note("bad", "silence.muted");
    } else if (this.#isMuted) {
      this.#view?.clearNote();
    }
    this.#isMuted = isMuted;
  }

  #recover() {
    clearAlert();
    announce("failure.recovered");
  }
}

/**
 * Who presses twice to begin does not mean to stop.
 * @param {MouseEvent} event
 */
function ignoreSecondOfTwo(event) {
  if (event.detail > 1 && event.target instanceof Element && event.target.closest('[data-running="true"]')) {
    event.stopPropagation();
  }
}

/**
 * @param {HTMLElement} button that is Stop from now on
 * @returns {(words?: string) => void} gives it other words, or those that it had
 */
function offerStop(button) {
  const before = String(button.dataset.text);
  button.dataset.running = "true";
  setText(button, "action.stop");
  return (words = before) => {
    button.dataset.running = "false";
    setText(button, words);
  };
}

/**
 * What a form does when it is sent, in place of leaving the page; the button that sent it is busy meanwhile.
 * @param {HTMLFormElement} form
 * @param {() => Promise<unknown>} act
 */
export function onSubmit(form, act) {
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    whileBusy(/** @type {HTMLElement} */ (event.submitter), act);
  });
}

/**
 * A button that is busy while what it began goes on, so that nothing begins twice.
 * @param {HTMLElement} button
 * @param {() => Promise<unknown>} act
 */
export async function whileBusy(button, act) {
  if (button.getAttribute("aria-busy") === "true") {
    return;
  }
  button.setAttribute("aria-busy", "true");
  try {
    await act();
  } catch (error) {
    showFailure(error);
  } finally {
    button.removeAttribute("aria-busy");
  }
}
