/** Small parts of lists, tables and figures. */
import { element } from "./elements.js";
import { label, moment, worded } from "./i18n.js";
import { whileBusy } from "./recording-session.js";

/** @typedef {import("./i18n.js").Values} Values */

/**
 * @param {string} words
 * @param {string} named says it with the name, for those who hear the page
 * @param {Values} values of both
 * @param {() => Promise<unknown>} act
 */
export function smallButton(words, named, values, act) {
  const made = worded("button", { type: "button", class: "button quiet small" }, words);
  label(made, named, values);
  made.addEventListener("click", () => whileBusy(made, act));
  return made;
}

/**
 * @param {string} words
 * @param {Values} [values]
 */
export function softText(words, values) {
  return worded("span", { class: "soft" }, words, values);
}

/**
 * An entry of a log.
 * @param {string} datetime
 * @param {string} words
 * @param {Values} values
 */
export function logItem(datetime, words, values) {
  const what = worded("span", { class: "numeric" }, words, values);
  return element("li", {}, softText("data.value", { value: moment(datetime) }), what);
}

/**
 * @param {string} name of the words for what is counted
 * @param {string} words that tell how much
 * @param {Values} [values]
 */
export function figure(name, words, values) {
  return element("div", { "data-figure": String(name.split(".").at(-1)) }, worded("dt", {}, name), worded("dd", {}, words, values));
}

/** @param {(string | number | null)[]} cells */
export function tableRow(cells) {
  return element("tr", {}, ...cells.map((cell) => element("td", {}, String(cell ?? "–"))));
}
