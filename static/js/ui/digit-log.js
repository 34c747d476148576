/** A log of digits, newest first, as list items. */
import { formatPercent, formatTime } from "./number-format.js";

function part(className, text) {
  const span = document.createElement("span");
  span.className = className;
  span.textContent = text;
  return span;
}

function item({ datetime, digit, result }, passMark) {
  const entry = document.createElement("li");
  entry.append(part("log-digit", digit ?? "·"), part("log-time", formatTime(datetime)));
  if (result !== undefined) {
    entry.append(part("log-result", formatPercent(result)));
    if (typeof passMark === "number") {
      entry.dataset.level = result >= passMark ? "high" : "low";
    }
  }
  return entry;
}

/**
 * @param {HTMLElement} list
 * @param {{datetime: string, digit: number | null, result?: number}[]} log
 * @param {number | null} [passMark] results from here on, in %, are marked as high
 */
export function showLog(list, log, passMark = null) {
  list.replaceChildren(...log.map((entry) => item(entry, passMark)));
  document.getElementById(list.dataset.emptyNote).hidden = log.length > 0;
}
