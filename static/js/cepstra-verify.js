/**
 * <cepstra-verify url token speaker digits>: says which digits to speak and dispatches "cepstra-result" with
 * the outcome and its signed assertion. Importing this module defines the element.
 */
import { CepstraError } from "./cepstra-error.js";
import { STYLE } from "./cepstra-verify-style.js";
import { Cepstra } from "./cepstra.js";

/** Set `strings` of an element to override some; {count} is replaced. */
export const STRINGS = Object.freeze({
  title: "Confirm it is you by voice",
  ready: "You will be asked to say {count}.",
  digits: "some digits",
  start: "Start",
  stop: "Cancel",
  again: "Try again",
  say: "Say the digit",
  sending: "Checking…",
  outage: "The server does not answer. Trying again…",
  accept: "Welcome",
  reject: "Not recognised",
  inconclusive: "Not sure",
  error: "That did not work",
  stopped: "Cancelled",
  level: "Loudness",
});

const OUTCOME_MARKS = { accept: "✓", reject: "✗", inconclusive: "?", error: "!" };
const QUIETEST_DB = 30;
const LOUDEST_DB = 114;

const TEMPLATE = `
<section part="box" aria-labelledby="title">
  <p id="title" part="title"></p>
  <p part="prompt" aria-live="polite"></p>
  <output part="digit" aria-live="assertive"></output>
  <meter part="level" min="${QUIETEST_DB}" max="${LOUDEST_DB}" hidden></meter>
  <p part="hint" role="status"></p>
  <button part="button" type="button"></button>
</section>`;

export class CepstraVerify extends HTMLElement {
  /** @type {Partial<typeof STRINGS>} */
  #strings = {};
  /** @type {AbortController | null} */
  #running = null;

  constructor() {
    super();
    const shadow = this.attachShadow({ mode: "open" });
    const sheet = new CSSStyleSheet(); // a style element would be stopped by a strict Content-Security-Policy
    sheet.replaceSync(STYLE);
    shadow.adoptedStyleSheets = [sheet];
    shadow.append(document.importNode(parse(TEMPLATE), true));
    this.#part("button").addEventListener("click", () => (this.#running ? this.stop() : this.start()));
    shadow.addEventListener("keydown", (event) => {
      if (/** @type {KeyboardEvent} */ (event).key === "Escape") {
        this.stop();
      }
    });
  }

  connectedCallback() {
    this.#rest("start", this.#text("ready").replace("{count}", this.getAttribute("digits") ?? this.#text("digits")));
  }

  disconnectedCallback() {
    this.stop();
  }

  /** Texts in place of those of STRINGS. */
  get strings() {
    return this.#strings;
  }

  set strings(strings) {
    this.#strings = strings;
    if (this.isConnected && !this.#running) {
      this.connectedCallback();
    }
  }

  /** Asks for the digits; resolves when the outcome has been dispatched. Nothing happens while it runs. */
  async start() {
    if (this.#running) {
      return;
    }
    const running = new AbortController();
    this.#running = running;
    this.#part("button").textContent = this.#text("stop");
    try {
      const result = await this.#verify(running.signal);
      this.#conclude(result.decision, result.explanation);
      this.#dispatch("cepstra-result", result);
    } catch (error) {
      this.#explain(error, running.signal);
    } finally {
      this.#running = null;
    }
  }

  /** Ends what runs and gives the microphone back. */
  stop() {
    this.#running?.abort(new CepstraError("microphone-closed"));
  }

  /** @param {AbortSignal} signal */
  #verify(signal) {
    const digits = this.getAttribute("digits");
    const voice = new Cepstra({
      url: this.getAttribute("url") ?? "",
      token: this.getAttribute("token"),
      speaker: this.getAttribute("speaker") ?? "default",
    });
    const level = /** @type {HTMLMeterElement} */ (this.#part("level"));
    level.hidden = false;
    voice.addEventListener("level", (event) => {
      level.value = /** @type {CustomEvent} */ (event).detail.levelDb;
    });
    voice.addEventListener("sending", () => this.#say(this.#text("sending"), ""));
    voice.addEventListener("outage", () => (this.#part("hint").textContent = this.#text("outage")));
    return voice.verify({
      signal,
      digits: digits === null ? undefined : Number(digits),
      onPrompt: (prompt) => {
        this.#say(`${this.#text("say")} (${prompt.index + 1}/${prompt.total})`, String(prompt.digit));
        this.#dispatch("cepstra-prompt", prompt);
      },
      onHeard: ({ advice }) => (this.#part("hint").textContent = advice),
    });
  }

  /**
   * @param {unknown} error
   * @param {AbortSignal} signal
   */
  #explain(error, signal) {
    if (signal.aborted) {
      this.#rest("start", this.#text("stopped"));
      return;
    }
    const known = error instanceof CepstraError;
    this.#conclude("error", known ? error.message : String(error));
    this.#dispatch("cepstra-error", error);
  }

  /**
   * @param {keyof typeof OUTCOME_MARKS} outcome
   * @param {string} hint
   */
  #conclude(outcome, hint) {
    this.#rest("again", this.#text(outcome));
    const digit = this.#part("digit");
    digit.dataset.outcome = outcome;
    digit.textContent = OUTCOME_MARKS[outcome];
    this.#part("hint").textContent = hint;
  }

  /**
   * @param {"start" | "again"} button
   * @param {string} prompt
   */
  #rest(button, prompt) {
    this.#part("title").textContent = this.#text("title");
    this.#part("level").hidden = true;
    this.#part("level").setAttribute("aria-label", this.#text("level"));
    this.#part("hint").textContent = "";
    this.#part("button").textContent = this.#text(button);
    this.#say(prompt, "");
  }

  /**
   * @param {string} prompt
   * @param {string} digit
   */
  #say(prompt, digit) {
    this.#part("prompt").textContent = prompt;
    const output = this.#part("digit");
    delete output.dataset.outcome;
    output.textContent = digit;
  }

  /** @param {keyof typeof STRINGS} name */
  #text(name) {
    return this.#strings[name] ?? STRINGS[name];
  }

  /** @param {string} name */
  #part(name) {
    const found = this.shadowRoot?.querySelector(`[part="${name}"]`);
    return /** @type {HTMLElement} */ (found);
  }

  /**
   * @param {string} type
   * @param {unknown} detail
   */
  #dispatch(type, detail) {
    this.dispatchEvent(new CustomEvent(type, { detail, bubbles: true, composed: true }));
  }
}

/** @param {string} markup */
function parse(markup) {
  return /** @type {HTMLElement} */ (new DOMParser().parseFromString(markup, "text/html").body.firstElementChild);
}

customElements.define("cepstra-verify", CepstraVerify);
