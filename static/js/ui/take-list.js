/** The takes of an enrolment, newest first: how each was heard, and what can be done about it. */
import { element, fillList, icon } from "./elements.js";
import { label, toSay, worded } from "./i18n.js";

const MOST_REFUSED = 2; // of the newest; older ones have been said again

/** @typedef {import("../api-client.js").KeptTake} KeptTake */
/** @typedef {import("../verdicts.js").Verdict} Verdict */
/** @typedef {{digit: number, verdict: Verdict}} RefusedTake */

/**
 * @param {"retake" | "drop"} name
 * @param {string} symbol
 * @param {number | null} digit
 * @param {() => void} onClick
 */
function action(name, symbol, digit, onClick) {
  const button = element("button", { type: "button", class: "icon-button" }, icon(symbol));
  label(button, `take.${name}`, { digit: toSay(digit) });
  button.addEventListener("click", onClick);
  return button;
}

/**
 * @param {number | null} digit
 * @param {Verdict} verdict
 * @param {"good" | "bad"} state
 */
function item(digit, verdict, state) {
  const said = element("span", { class: "take-digit" }, toSay(digit)());
  return element("li", { "data-state": state }, said, worded("span", { class: "take-finding" }, `take.${verdict}`));
}

export class TakeList {
  #list;
  #handlers;
  /**
   * Newest first.
   * @type {RefusedTake[]}
   */
  #refused = [];

  /**
   * @param {HTMLElement} list
   * @param {object} handlers
   * @param {(entry: KeptTake & {digit: number}) => void} handlers.onRetake
   * @param {(entry: KeptTake) => void} handlers.onDrop
   */
  constructor(list, handlers) {
    this.#list = list;
    this.#handlers = handlers;
  }

  /**
   * Remembers a take that the service does not keep; shown above the others until enough are kept.
   * @param {RefusedTake} take
   */
  refuse({ digit, verdict }) {
    this.#refused = [{ digit, verdict }, ...this.#refused].slice(0, MOST_REFUSED);
  }

  /**
   * A digit was kept: what was refused of it is settled.
   * @param {number} digit
   */
  settle(digit) {
    this.#refused = this.#refused.filter((take) => take.digit !== digit);
  }

  clear() {
    this.#refused = [];
  }

  /** @param {KeptTake[]} kept newest first */
  show(kept) {
    fillList(this.#list, [...this.#refused, ...kept], (entry) =>
      "take" in entry ? this.#keptItem(entry) : item(entry.digit, entry.verdict, "bad"),
    );
  }

  /** @param {KeptTake} entry */
  #keptItem(entry) {
    const { onRetake, onDrop } = this.#handlers;
    const { digit } = entry;
    const made = item(digit, "good", "good");
    if (digit !== null) {
      made.append(action("retake", "again", digit, () => onRetake({ ...entry, digit })));
    }
    made.append(action("drop", "bad", digit, () => onDrop(entry)));
    return made;
  }
}
