/** The outcome of an attempt: a word, why, and the score on its scale. */
import { element, icon } from "./elements.js";
import { drawScale } from "./scale.js";
import { say } from "./words.js";

const SYMBOLS = { accept: "good", reject: "bad", inconclusive: "warn" };

/**
 * @param {HTMLElement} place an element of index.html
 * @param {object} outcome
 * @param {import("../api-client.js").Decision} outcome.decision
 * @param {[key: string, values?: import("./words.js").Values]} outcome.title
 * @param {[key: string, values?: import("./words.js").Values]} outcome.reason
 * @param {string[]} [outcome.warnings] in the service's words
 * @param {number | null} [outcome.llr] with `threshold` for the picture; without, there is none
 * @param {number | null} [outcome.threshold]
 */
export function showVerdict(place, { decision, title, reason, warnings = [], llr = null, threshold = null }) {
  const words = [element("p", { class: "verdict-title" }), element("p", { class: "verdict-reason" })];
  say(words[0], ...title);
  say(words[1], ...reason);
  const mark = element("span", { class: "verdict-mark" }, icon(SYMBOLS[decision]));
  const notes = warnings.map((warning) => element("p", { class: "soft small" }, warning));
  place.dataset.decision = decision;
  place.replaceChildren(element("div", { class: "verdict-head" }, mark, element("div", {}, ...words)), ...notes);
  if (llr !== null && threshold !== null) {
    place.append(drawScale(llr, threshold));
  }
  place.hidden = false;
}

/** @param {HTMLElement} place */
export function clearVerdict(place) {
  place.hidden = true;
  place.replaceChildren();
}
