/** The bench: single digits by hand, as in the classic demo, with every figure that the service tells. */
import { showNotice } from "./alerts.js";
import { figure, logItem } from "./buttons.js";
import { find } from "./elements.js";
import { decimal, percent, phrase, toSay, worded } from "./i18n.js";
import { PromptView } from "./prompt-view.js";
import { usualDevice } from "./strengthening.js";

/** @typedef {import("../api-client.js").Status} Status */
/** @typedef {"train" | "test" | "score"} Part */

const PARTS = /** @type {Part[]} */ (["train", "test", "score"]);
const LONGEST_LOG = 60;

const row = find("#bench-digits");
const figures = find("#bench-figures");
const log = find("#bench-log");

/**
 * @param {string} name
 * @param {() => string} value
 */
const valued = (name, value) => figure(name, "data.value", { value });

/** @param {number | null | undefined} value 0..100 */
const share = (value) => percent(typeof value === "number" ? value / 100 : null);

export class BenchScreen {
  #voice;
  #session;
  #onChange;
  #view = new PromptView(find("#bench-stage"), "bench.idle");
  #digit = 0;
  /** @type {Record<string, any>} what the last replies told, later ones on top */
  #told = {};

  /**
   * @param {import("./screens.js").ScreenTools} tools
   * @param {() => Promise<void>} onChange told when the service keeps something else
   */
  constructor({ voice, session }, onChange) {
    this.#voice = voice;
    this.#session = session;
    this.#onChange = onChange;
    row.replaceChildren(...Array.from({ length: 10 }, (_, digit) => worded("li", {}, "data.value", { value: toSay(digit) })));
    for (const part of PARTS) {
      const button = find(`#bench-${part}`);
      button.addEventListener("click", () => (session.isActive ? session.press() : this.#run(part, button)));
    }
    this.#highlight();
    this.#drawLog({});
  }

  /** @param {Status | null} status of the speaker; null: nobody is at the page */
  show(status) {
    const isAgreed = Boolean(status?.consent);
    find("#bench-consent").hidden = isAgreed;
    for (const part of PARTS) {
      find(`#bench-${part}`, HTMLButtonElement).disabled = !isAgreed;
    }
    const kept = status && this.#told.alias === status.alias ? this.#told : {};
    this.#told = { ...kept, ...status };
    this.#draw();
    this.#drawLog(status ?? {});
  }

  #highlight() {
    [...row.children].forEach((item, digit) => item.classList.toggle("is-next", digit === this.#digit));
  }

  /**
   * One digit after the other until it is stopped, or consent is gone: everything may be deleted in another tab. What is
   * on its way is not called back, for it would be kept all the same.
   * @param {Part} part
   * @param {HTMLElement} button
   */
  async #run(part, button) {
    const { speaker, client } = this.#voice;
    await this.#session.run({ view: this.#view, button }, async (signal) => {
      for (;;) {
        const message = await this.#voice.record({ plan: [this.#digit], signal });
        const single = { ...message, segments: undefined, digit: this.#digit, device: usualDevice() };
        if (!(await client.status(speaker, { signal })).consent) {
          return;
        }
        this.#take(part, await client[part](speaker, single));
      }
    });
    await this.#onChange();
  }

  /**
   * @param {Part} part
   * @param {import("../api-client.js").Reply} reply
   */
  #take(part, reply) {
    this.#told = { ...this.#told, ...reply, alias: this.#voice.speaker };
    this.#digit = (this.#digit + 1) % 10;
    this.#highlight();
    this.#draw();
    if (part === "score") {
      const result = Math.round((100 * reply.score) / reply.length);
      this.#told.result = result;
      this.#draw();
      showNotice("bench.scored", { result: share(result), reference: share(reply.result_reference) });
    }
    this.#drawLog(/** @type {Status} */ (this.#told));
  }

  #draw() {
    const told = this.#told;
    const number = (/** @type {number} */ value) => decimal(value, 0);
    const seconds = decimal(told.training_time, 3);
    find("#bench-training", HTMLProgressElement).value = told.training_progress ?? 0;
    find("#bench-reference", HTMLProgressElement).value = Math.min(told.mfcc_test_store_length ?? 0, 1000);
    figures.replaceChildren(
      valued("bench.training", number(told.mfcc_train_store_length)),
      valued("bench.model", number(told.train_data_length)),
      valued("bench.reference", number(told.mfcc_test_store_length)),
      valued("bench.time", told.training_time === undefined ? seconds : () => `${seconds()} s`),
      valued("bench.threshold", decimal(told.score_threshold, 2)),
      valued("bench.referenceResult", share(told.result_reference)),
      valued("bench.matched", () => `${number(told.score)()} / ${number(told.length)()}`),
      valued("bench.result", () => `${share(told.result)()} / ${share(told.result_reference)()}`),
    );
  }

  /** @param {Partial<Status>} status */
  #drawLog({ training_log: taken = [], scoring_log: scored = [] }) {
    const entries = [
      ...taken.map(({ digit, datetime }) => ({ key: "bench.log.taken", datetime, values: { digit: toSay(digit) } })),
      ...scored.map(({ digits, datetime, result, decided }) => ({
        key: `bench.log.${decided ?? "scored"}`,
        datetime,
        values: { digit: digits.length ? toSay(...digits) : phrase("data.log.free", {}), result: share(result) },
      })),
    ].sort((a, b) => b.datetime.localeCompare(a.datetime));
    const items = entries.slice(0, LONGEST_LOG).map(({ key, datetime, values }) => logItem(datetime, key, values));
    log.replaceChildren(...(items.length ? items : [worded("li", { class: "soft" }, "sent.nothing")]));
  }
}
