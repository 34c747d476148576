/** The threshold that the voices enrolled here ask for: measured, tried with a slider, adopted, taken back. */
import { sendWithRetry } from "../retry.js";
import { showNotice } from "./alerts.js";
import { element, find } from "./elements.js";
import { decimal, onLanguage, percent, setText, worded } from "./i18n.js";
import { whileBusy } from "./recording-session.js";
import { drawHistogram } from "./separation-charts.js";

/**
 * @typedef {object} Estimate with its 95% interval
 * @property {number} value
 * @property {number} low
 * @property {number} high
 */

/**
 * @typedef {object} Calibration reply of GET /calibration, as far as it is shown
 * @property {{threshold: number, adopted_at: string | null}} in_force
 * @property {number} digits takes an attempt
 * @property {number} n_speakers
 * @property {number} n_waiting speakers that the next calls will try
 * @property {number} n_apart speakers who attempted in another sitting than they were enrolled in
 * @property {number[]} own scores of own attempts
 * @property {number[]} others scores of others' attempts
 * @property {{threshold: Estimate, frr: Estimate, false_accept_rate: number, refusal: string | null}} named
 */

const UNDER_WAY = 503; // voices are still to be tried, or another call tries them
const MOST_TRIES = 60; // a second or so apart
const CALL_MS = 60_000; // the first call waits for what has to be loaded, too

const tried = element("p", { class: "soft", id: "limit-tried" });
const named = element("p", { id: "limit-named", role: "status" });
const histogram = element("div", { id: "limit-histogram" });
const slider = element("input", { type: "range", id: "limit-slider", step: "0.01" });
const at = element("p", { class: "numeric", id: "limit-at", role: "status" });
const adopt = element("button", { type: "button", class: "button primary", id: "limit-adopt" });
const undo = element("button", { type: "button", class: "button quiet push", id: "limit-undo" });

/** @param {number[]} scores @param {number} threshold */
const shareReaching = (scores, threshold) => scores.filter((score) => score >= threshold).length / scores.length;

/** Made once the page has its words. */
export class ThresholdPanel {
  #client;
  #onChange;
  /** @type {Calibration | null} */
  #found = null;

  /**
   * @param {import("../api-client.js").ApiClient} client
   * @param {(now: any) => void} [onChange] told the threshold in force when it is another
   */
  constructor(client, onChange = () => {}) {
    this.#client = client;
    this.#onChange = onChange;
    setText(adopt, "limit.adopt");
    setText(undo, "limit.undo");
    const choice = [worded("label", { for: slider.id }, "limit.slider"), slider, at];
    find("#limit").append(tried, named, histogram, ...choice, element("div", { class: "row" }, adopt, undo));
    adopt.addEventListener("click", () => whileBusy(adopt, () => this.#adopt()));
    undo.addEventListener("click", () => whileBusy(undo, () => this.#undo()));
    slider.addEventListener("input", () => this.#draw());
    onLanguage(() => this.#draw());
  }

  /** Asks the service until it has tried everybody, and shows what it has found so far. */
  async measure() {
    do {
      this.#show(await this.#goOn());
    } while (this.#found?.n_waiting);
  }

  /**
   * What was found so far, once there is anything: until then the service answers 503.
   * @returns {Promise<Calibration>}
   */
  #goOn() {
    const giveUp = new AbortController();
    const send = () => /** @type {Promise<any>} */ (this.#client.call("GET", "calibration", { timeoutMs: CALL_MS }));
    return sendWithRetry(send, {
      signal: giveUp.signal,
      onOutage: ({ error, tries }) => {
        if (error.status !== UNDER_WAY || tries === MOST_TRIES) {
          giveUp.abort(error);
        }
      },
    });
  }

  /** @param {Calibration} found */
  #show(found) {
    const scores = [...found.own, ...found.others];
    slider.min = String(Math.floor(Math.min(...scores)));
    slider.max = String(Math.ceil(Math.max(...scores)));
    const { refusal, threshold } = found.named;
    if (this.#found === null || !found.n_waiting) {
      slider.value = String(refusal === null ? threshold.value : found.in_force.threshold);
    }
    this.#found = found;
    this.#tell(found);
    find("#limit").hidden = false;
    this.#draw();
  }

  /** @param {Calibration} found */
  #tell({ n_speakers: speakers, n_waiting: waiting, n_apart: apart, digits, own, others, named: found }) {
    const sizes = { own: own.length, others: others.length };
    setText(tried, "limit.tried", { speakers, apart, digits, ...sizes });
    setText(named, `limit.${waiting ? "waiting" : (found.refusal ?? "named")}`, {
      waiting,
      rate: percent(found.false_accept_rate, 2),
      threshold: decimal(found.threshold.value, 2),
      low: decimal(found.threshold.low, 2),
      high: decimal(found.threshold.high, 2),
      rejected: percent(found.frr.value, 1),
    });
  }

  #draw() {
    if (this.#found === null) {
      return;
    }
    const { own, others, in_force: now, n_waiting: waiting } = this.#found;
    const threshold = slider.valueAsNumber;
    drawHistogram(histogram, "limit", own, others, threshold);
    setText(at, "limit.at", {
      threshold: decimal(threshold, 2),
      accepted: percent(shareReaching(others, threshold), 1),
      rejected: percent(1 - shareReaching(own, threshold), 1),
      now: decimal(now.threshold, 2),
    });
    undo.disabled = now.adopted_at === null;
    adopt.disabled = waiting > 0;
  }

  async #adopt() {
    const body = { threshold: slider.valueAsNumber };
    this.#become(await this.#client.call("PUT", "calibration", { body }), "limit.adopted");
  }

  async #undo() {
    this.#become(await this.#client.call("DELETE", "calibration"), "limit.undone");
  }

  /**
   * @param {any} now the threshold in force
   * @param {string} key of what was done
   */
  #become(now, key) {
    if (this.#found) {
      this.#found.in_force = now;
    }
    this.#draw();
    this.#onChange(now);
    showNotice(key, { threshold: decimal(now.threshold, 2) });
  }
}
