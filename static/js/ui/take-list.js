/** The takes of an enrolment, newest first: how each was heard, and what can be done about it. */
import { element, icon } from "./elements.js";
import { label, say } from "./words.js";

const MOST_REFUSED = 2; // of the newest; older ones have been said again

function action(name, symbol, digit, onClick) {
  const button = element("button", { type: "button", class: "icon-button" }, icon(symbol));
  label(button, `take.${name}`, { digit });
  button.addEventListener("click", onClick);
  return button;
}

function item(digit, verdict, state) {
  const [said, finding] = ["take-digit", "take-finding"].map((name) => element("span", { class: name }));
  said.textContent = String(digit ?? "·");
  say(finding, `take.${verdict}`);
  return element("li", { "data-state": state }, said, finding);
}

export class TakeList {
  #list;
  #handlers;
  #refused = []; // {digit, verdict}, newest first

  /**
   * @param {HTMLElement} list
   * @param {object} handlers
   * @param {(entry: {take: string, digit: number}) => void} handlers.onRetake
   * @param {(entry: {take: string, digit: number}) => void} handlers.onDrop
   */
  constructor(list, handlers) {
    this.#list = list;
    this.#handlers = handlers;
  }

  /** Remembers a take that the service does not keep; shown above the others until enough are kept. */
  refuse({ digit, verdict }) {
    this.#refused = [{ digit, verdict }, ...this.#refused].slice(0, MOST_REFUSED);
  }

  /** A digit was kept: what was refused of it is settled. */
  settle(digit) {
    this.#refused = this.#refused.filter((take) => take.digit !== digit);
  }

  clear() {
    this.#refused = [];
  }

  /** @param {{take: string, digit: number | null}[]} kept newest first, named by `take` */
  show(kept) {
    const refused = this.#refused.map(({ digit, verdict }) => item(digit, verdict, "bad"));
    this.#list.replaceChildren(...refused, ...kept.map((entry) => this.#keptItem(entry)));
  }

  #keptItem(entry) {
    const { onRetake, onDrop } = this.#handlers;
    const made = item(entry.digit, "good", "good");
    if (entry.digit !== null) {
      made.append(action("retake", "again", entry.digit, () => onRetake(entry)));
    }
    made.append(action("drop", "bad", entry.digit ?? "·", () => onDrop(entry)));
    return made;
  }
}
