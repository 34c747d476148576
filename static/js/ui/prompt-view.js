/** Where somebody speaks: the orb with its ring of progress, what to say now, how it was heard, the round. */
import { element, icon, shape } from "./elements.js";
import { clearText, setText, toSay } from "./i18n.js";

const LONGEST_ROUND = 6; // digits that are shown as a row
const RING = { centre: 50, radius: 47 };
const QUIETEST_DB = 30;
const LOUDEST_DB = 110;
const QUICK_MS = 500; // an answer that comes sooner needs no words about the wait

/**
 * @param {number} levelDb as the endpointer reports it
 * @returns {number} 0..1 of the loudest level
 */
export function levelShare(levelDb) {
  return Math.min(1, Math.max(0, (levelDb - QUIETEST_DB) / (LOUDEST_DB - QUIETEST_DB)));
}

/** @param {string} className */
function circle(className) {
  const { centre, radius } = RING;
  return shape("circle", { class: className, cx: centre, cy: centre, r: radius, pathLength: 1 });
}

/**
 * Tells the style sheet how many ems wide a word is, which makes it as small as the orb asks for.
 * @param {HTMLElement} word in the page
 */
function tellWidth(word) {
  word.style.setProperty("--ems", String(word.offsetWidth / parseFloat(getComputedStyle(word).fontSize)));
}

export class PromptView {
  #root;
  #idle;
  #glow = element("span", { class: "orb-glow" });
  #face = element("span", { class: "orb-face", "aria-hidden": "true" });
  #done = circle("orb-done");
  #line = element("p", { class: "stage-line", role: "status", "aria-atomic": "true" });
  #note = element("p", { class: "stage-note", role: "status", "aria-atomic": "true" });
  #digits = element("ol", { class: "stage-digits", "aria-hidden": "true" });
  #waiting = 0;

  /**
   * @param {HTMLElement} place an element of index.html
   * @param {string} idle key of the words while nothing is being said
   * @param {HTMLButtonElement | null} [start] pressed by a press on the orb while nothing is being said
   */
  constructor(place, idle, start = null) {
    this.#root = place;
    this.#idle = idle;
    place.className = "stage";
    const ring = shape("svg", { class: "orb-ring", viewBox: "0 0 100 100", "aria-hidden": "true" }, circle("orb-track"), this.#done);
    const orb = element("div", { class: "orb" }, this.#glow, ring, this.#face);
    orb.classList.toggle("is-pressable", start !== null);
    orb.addEventListener("click", () => place.dataset.state === "idle" && start?.click());
    place.append(orb, this.#line, this.#note, this.#digits);
    this.progress(0);
    this.rest();
  }

  /** @param {boolean} isHidden */
  set isHidden(isHidden) {
    this.#root.hidden = isHidden;
  }

  /** @param {string} key of the words while nothing is being said; what was told since is left until then */
  set idle(key) {
    const isShown = this.#line.dataset.text === this.#idle;
    this.#idle = key;
    if (isShown) {
      setText(this.#line, key);
    }
  }

  /**
   * @param {"idle" | "listening" | "busy"} state
   * @param {object} what
   * @param {string} what.line key of the words below the orb, announced to screen readers
   * @param {import("./i18n.js").Values} [what.values] of the words
   * @param {number | null} [what.digit] what is to be said for it is shown large
   */
  show(state, { line, values, digit = null }) {
    clearTimeout(this.#waiting);
    this.#root.dataset.state = state;
    if (digit === null) {
      this.#face.replaceChildren(icon("microphone"));
    } else {
      const shown = element("span", { class: "orb-digit" }, toSay(digit)());
      this.#face.replaceChildren(shown);
      tellWidth(shown);
    }
    setText(this.#line, line, values);
  }

  /**
   * An answer is awaited; the digit stays in sight unless that takes long.
   * @param {string} line key of the words then
   */
  wait(line) {
    this.#root.dataset.state = "busy";
    clearTimeout(this.#waiting);
    this.#waiting = setTimeout(() => this.show("busy", { line }), QUICK_MS);
  }

  /** Nothing is being said. */
  rest() {
    clearTimeout(this.#waiting);
    this.#root.dataset.state = "idle";
    this.#face.replaceChildren(icon("microphone"));
    this.#digits.replaceChildren();
    this.level(0);
    setText(this.#line, this.#idle);
    clearText(this.#note);
  }

  /** @param {number} share 0..1 of what is to be said */
  progress(share) {
    this.#done.style.setProperty("--done", share.toFixed(3));
    this.#done.classList.toggle("is-empty", share === 0);
  }

  /** @param {number} share 0..1 of the loudest level */
  level(share, isSpeech = false) {
    this.#glow.style.setProperty("--level", share.toFixed(3));
    if (["listening", "speaking"].includes(String(this.#root.dataset.state))) {
      this.#root.dataset.state = isSpeech ? "speaking" : "listening";
    }
  }

  /** Brings the digit into sight, however little of the page is seen. */
  comeIntoSight() {
    this.#root.scrollIntoView({ block: "nearest" });
  }

  /**
   * How the last digit was heard, or what is missing.
   * @param {"good" | "bad"} state
   * @param {string} key
   * @param {import("./i18n.js").Values} [values]
   */
  note(state, key, values) {
    this.#note.dataset.state = state;
    setText(this.#note, key, values);
  }

  clearNote() {
    clearText(this.#note);
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
    const items = Array.from({ length: total }, (_, index) => element("li", {}, toSay(said[index] ?? null)()));
    said.forEach((_, index) => (items[index].dataset.state = "done"));
    items[said.length].textContent = toSay(current)();
    items[said.length].setAttribute("aria-current", "step");
    this.#digits.replaceChildren(...items);
  }
}
