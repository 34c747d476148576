/** Where somebody speaks: the orb that moves with the voice, what to say now, how it was heard, the round. */
import { element, icon } from "./elements.js";
import { clearText, setText } from "./i18n.js";

const LONGEST_ROUND = 6; // digits that are shown as a row

export class PromptView {
  #root;
  #idle;
  #ring = element("span", { class: "orb-ring" });
  #face = element("span", { class: "orb-face", "aria-hidden": "true" });
  #line = element("p", { class: "stage-line", role: "status", "aria-atomic": "true" });
  #note = element("p", { class: "stage-note", role: "status", "aria-atomic": "true" });
  #digits = element("ol", { class: "stage-digits", "aria-hidden": "true" });

  /**
   * @param {HTMLElement} place an element of index.html
   * @param {string} idle key of the words while nothing is being said
   */
  constructor(place, idle) {
    this.#root = place;
    this.#idle = idle;
    place.className = "stage";
    const orb = element("div", { class: "orb" }, this.#ring, this.#face);
    place.append(orb, this.#line, this.#note, this.#digits);
    this.rest();
  }

  /**
   * @param {"idle" | "listening" | "busy"} state
   * @param {object} what
   * @param {string} what.line key of the words below the orb, announced to screen readers
   * @param {import("./i18n.js").Values} [what.values] of the words
   * @param {number | null} [what.digit] shown large
   */
  show(state, { line, values, digit = null }) {
    this.#root.dataset.state = state;
    const shown = digit === null ? icon("microphone") : element("span", { class: "orb-digit" }, String(digit));
    this.#face.replaceChildren(shown);
    setText(this.#line, line, values);
  }

  /** Nothing is being said. */
  rest() {
    this.#root.dataset.state = "idle";
    this.#face.replaceChildren(icon("microphone"));
    this.#digits.replaceChildren();
    this.level(0);
    setText(this.#line, this.#idle);
    clearText(this.#note);
  }

  /** @param {number} share 0..1 of the loudest level */
  level(share, isSpeech = false) {
    this.#ring.style.setProperty("--level", share.toFixed(3));
    if (["listening", "speaking"].includes(String(this.#root.dataset.state))) {
      this.#root.dataset.state = isSpeech ? "speaking" : "listening";
    }
  }

  /**
   * How the last digit was heard.
   * @param {import("../verdicts.js").Verdict} verdict
   * @param {boolean} isKept
   */
  note(verdict, isKept) {
    this.#note.dataset.state = isKept ? "good" : "bad";
    setText(this.#note, `take.${verdict}`);
  }

  /**
   * @param {number[]} said digits so far
   * @param {number} current the next
   * @param {number} total of the round
   */
  round(said, current, total) {
    if (total > LONGEST_ROUND) {
      return;
    }
    const items = Array.from({ length: total }, (_, index) => element("li", {}, String(said[index] ?? "·")));
    said.forEach((_, index) => (items[index].dataset.state = "done"));
    items[said.length].textContent = String(current);
    items[said.length].setAttribute("aria-current", "step");
    this.#digits.replaceChildren(...items);
  }
}
