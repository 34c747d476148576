/** Values for words.js that are written as the chosen language does when they are shown. */
import { currentLocale, text } from "./words.js";

const UNKNOWN = "–";

/** @typedef {number | null | undefined} Amount */

/**
 * @param {Amount} value
 * @param {Intl.NumberFormatOptions} options
 */
const number = (value, options) => () =>
  typeof value === "number" && Number.isFinite(value)
    ? new Intl.NumberFormat(currentLocale(), options).format(value)
    : UNKNOWN;

/** @param {Amount} share 0..1 */
export function percent(share, decimals = 0) {
  return number(share, { style: "percent", maximumFractionDigits: decimals });
}

/** @param {Amount} value */
export function decimal(value, decimals = 1) {
  return number(value, { minimumFractionDigits: decimals, maximumFractionDigits: decimals });
}

/** @param {string} isoText */
export function moment(isoText) {
  return () => {
    const date = new Date(isoText);
    /** @type {Intl.DateTimeFormatOptions} */
    const options = { dateStyle: "short", timeStyle: "short" };
    return Number.isNaN(date.getTime()) ? UNKNOWN : new Intl.DateTimeFormat(currentLocale(), options).format(date);
  };
}

/**
 * Words inside words.
 * @param {string} key
 * @param {import("./words.js").Values} values
 */
export function phrase(key, values) {
  return () => text(key, values);
}
