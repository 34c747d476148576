/** The threshold that the voices enrolled here ask for: measured, tried with a slider, adopted, taken back. */
import { sendWithRetry } from "../retry.js";
import { showNotice } from "./alerts.js";
import { find } from "./elements.js";
import { decimal, onLanguage, percent, setText } from "./i18n.js";
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

const slider = find("#limit-slider", HTMLInputElement);
const adopt = find("#limit-adopt", HTMLButtonElement);
const undo = find("#limit-undo", HTMLButtonElement);

/** @param {number[]} scores @param {number} threshold */
const shareReaching = (scores, threshold) => scores.filter((score) => score >= threshold).length / scores.length;

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
    const send = () => /** @type {Promise<any>} */ (this.#client.calibration());
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
  #tell({ n_speakers: speakers, n_waiting: waiting, n_apart: apart, digits, own, others, named }) {
    const sizes = { own: own.length, others: others.length };
    setText(find("#limit-tried"), "limit.tried", { speakers, apart, digits, ...sizes });
    setText(find("#limit-named"), `limit.${waiting ? "waiting" : (named.refusal ?? "named")}`, {
      waiting,
      rate: percent(named.false_accept_rate, 2),
      threshold: decimal(named.threshold.value, 2),
      low: decimal(named.threshold.low, 2),
      high: decimal(named.threshold.high, 2),
      rejected: percent(named.frr.value, 1),
    });
  }

  #draw() {
    if (this.#found === null) {
      return;
    }
    const { own, others, in_force: now, n_waiting: waiting } = this.#found;
    const threshold = slider.valueAsNumber;
    drawHistogram(find("#limit-histogram"), "limit", own, others, threshold);
    setText(find("#limit-at"), "limit.at", {
      threshold: decimal(threshold, 2),
      accepted: percent(shareReaching(others, threshold), 1),
      rejected: percent(1 - shareReaching(own, threshold), 1),
      now: decimal(now.threshold, 2),
    });
    undo.disabled = now.adopted_at === null;
    adopt.disabled = waiting > 0;
  }

  async #adopt() {
    this.#become(await this.#client.adoptThreshold(slider.valueAsNumber), "limit.adopted");
  }

  async #undo() {
    this.#become(await this.#client.undoThreshold(), "limit.undone");
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
