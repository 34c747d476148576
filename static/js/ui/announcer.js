/** Tells screen readers what happened while the focus stays where it is. */
import { find } from "./elements.js";
import { say } from "./words.js";

const region = find("#announcer");

/**
 * @param {string} key
 * @param {import("./words.js").Values} [values]
 */
export function announce(key, values) {
  say(region, key, values);
}
