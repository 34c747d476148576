/** Tells screen readers what happened while the focus stays where it is. */
import { say } from "./words.js";

const region = document.getElementById("announcer");

export function announce(key, values) {
  say(region, key, values);
}
