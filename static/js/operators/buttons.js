/** Small buttons of lists and cells of tables. */
import { element } from "../ui/elements.js";
import { label, setText } from "../ui/i18n.js";
import { whileBusy } from "../ui/recording-session.js";

/** @typedef {import("../ui/i18n.js").Values} Values */

/**
 * @param {string} words
 * @param {string} named says it with the name, for those who hear the page
 * @param {Values} values of both
 * @param {() => Promise<unknown>} act
 */
export function smallButton(words, named, values, act) {
  const made = element("button", { type: "button", class: "button quiet small" });
  setText(made, words);
  label(made, named, values);
  made.addEventListener("click", () => whileBusy(made, act));
  return made;
}

/**
 * @param {string} words
 * @param {Values} [values]
 */
export function softText(words, values) {
  const made = element("span", { class: "soft" });
  setText(made, words, values);
  return made;
}

/** @param {(string | number | null)[]} cells */
export function tableRow(cells) {
  return element("tr", {}, ...cells.map((cell) => element("td", {}, String(cell ?? "–"))));
}
