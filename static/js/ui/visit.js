/** The attempts of this visit: a list with names, and all of them on one scale. */
import { element, find, icon } from "./elements.js";
import { decimal, worded } from "./i18n.js";
import { drawScale, SYMBOLS } from "./verdict.js";

/** @typedef {{name: string, outcome: import("./verdict.js").Outcome, llr: number | null, threshold: number | null}} Attempt */

const list = find("#visit-list");

export class Visit {
  /** @type {Attempt[]} */
  #attempts = [];

  clear() {
    this.#attempts = [];
    this.#show();
  }

  /** @param {Attempt} attempt the newest */
  add(attempt) {
    this.#attempts.push(attempt);
    this.#show();
  }

  /**
   * All scores that the service told, each name written at its newest one; null where the newest has none.
   * @returns {HTMLElement | null}
   */
  scale() {
    const newest = this.#attempts.at(-1);
    if (!newest || newest.llr === null || newest.threshold === null) {
      return null;
    }
    const isLastOfName = (/** @type {Attempt} */ attempt) => this.#attempts.findLast(({ name }) => name === attempt.name) === attempt;
    const dots = this.#attempts.flatMap((attempt) => {
      const { llr, threshold, outcome } = attempt;
      const name = isLastOfName(attempt) ? attempt.name : "";
      return llr === null || threshold === null ? [] : [{ llr, threshold, outcome, name, isNewest: attempt === newest }];
    });
    return drawScale(dots);
  }

  #show() {
    find("#visit").hidden = this.#attempts.length === 0;
    const items = this.#attempts.toReversed().map(({ name, outcome, llr }) => {
      const words = worded("span", {}, `visit.${outcome}`);
      const score = worded("span", { class: "numeric soft" }, "data.value", { value: decimal(llr) });
      const mark = element("span", { class: "visit-mark" }, icon(SYMBOLS[outcome]));
      return element("li", { "data-outcome": outcome }, mark, element("strong", { dir: "auto" }, name), words, score);
    });
    list.replaceChildren(...items);
  }
}
