/**
 * <cepstra-verify url token speaker digits>: says which digits to speak and dispatches "cepstra-result" with
 * the outcome and its signed assertion. Importing this module defines the element.
 */
import { Cepstra } from "./cepstra.js";
import { CepstraError } from "./errors.js";

/**
 * Set `strings` of an element to override some; {count} is replaced. What the kit says by itself is overridden by
 * its name: the `verdict` on a take, the `reason` of an outcome, the `code` of an error; and a digit by the word that
 * was enrolled in its place.
 */
export const STRINGS = Object.freeze({
  title: "Confirm it is you by voice",
  ready: "You will be asked to say {count} digits.",
  digits: "some",
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
  /** @type {Record<string, string>} */
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
      this.#conclude(result.decision, this.#own(result.reason, result.explanation));
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
        const digit = String(prompt.digit);
        this.#say(`${this.#text("say")} (${prompt.index + 1}/${prompt.total})`, this.#own(digit, digit));
        this.#dispatch("cepstra-prompt", prompt);
      },
      onHeard: ({ verdict, advice }) => (this.#part("hint").textContent = this.#own(verdict, advice)),
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
    this.#conclude("error", known ? this.#own(error.code, error.message) : String(error));
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
    return this.#own(name, STRINGS[name]);
  }

  /**
   * @param {string | null} name
   * @param {string} usual
   */
  #own(name, usual) {
    return this.#strings[name ?? ""] ?? usual;
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

/** How <cepstra-verify> looks; every --cepstra-* can be set from outside. */
const STYLE = `
:host {
  --_accent: var(--cepstra-accent, #1d5fd1);
  --_on-accent: var(--cepstra-on-accent, #ffffff);
  --_text: var(--cepstra-text, #1a1d21);
  --_quiet: var(--cepstra-quiet, #565d66);
  --_surface: var(--cepstra-surface, #ffffff);
  --_line: var(--cepstra-line, #c6ccd4);
  --_good: var(--cepstra-good, #17713a);
  --_bad: var(--cepstra-bad, #b3261e);
  display: block;
  max-width: 24rem;
  font: 1rem/1.4 var(--cepstra-font, system-ui, sans-serif);
  color: var(--_text);
}
:host([hidden]) { display: none; }
@media (prefers-color-scheme: dark) {
  :host {
    --_accent: var(--cepstra-accent, #8ab4f8);
    --_on-accent: var(--cepstra-on-accent, #10182a);
    --_text: var(--cepstra-text, #e8eaed);
    --_quiet: var(--cepstra-quiet, #a9b0ba);
    --_surface: var(--cepstra-surface, #1d2126);
    --_line: var(--cepstra-line, #454c55);
    --_good: var(--cepstra-good, #7bd197);
    --_bad: var(--cepstra-bad, #f2b8b5);
  }
}
section {
  display: grid;
  gap: 0.75rem;
  padding: 1rem;
  border: 1px solid var(--_line);
  border-radius: 0.75rem;
  background: var(--_surface);
  text-align: center;
}
p { margin: 0; }
output {
  min-height: 4rem;
  font-size: 3.5rem;
  font-weight: 700;
  line-height: 4rem;
  font-variant-numeric: tabular-nums;
}
output[data-outcome="accept"] { color: var(--_good); }
output[data-outcome="reject"], output[data-outcome="inconclusive"], output[data-outcome="error"] { color: var(--_bad); }
meter { width: 100%; height: 0.5rem; }
[part="hint"] { min-height: 1.4em; color: var(--_quiet); }
button {
  min-height: 2.75rem;
  padding: 0 1.25rem;
  border: 0;
  border-radius: 0.5rem;
  background: var(--_accent);
  color: var(--_on-accent);
  font: inherit;
  font-weight: 600;
  cursor: pointer;
}
button:focus-visible { outline: 3px solid var(--_accent); outline-offset: 2px; }
`;

// Last: an element that is in the page already is made here, and needs all of the above.
customElements.define("cepstra-verify", CepstraVerify);
