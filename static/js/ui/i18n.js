

/**
 * The page's words in the person's language. An element remembers which words it shows and with which
 * values, so that another language rewrites the whole page without losing anything.
 */
import { element } from "./elements.js";

export const LANGUAGES = Object.freeze(["en", "de"]);

/** @typedef {string | number | null | undefined | (() => string)} Value numbers are written as the language does */
/** @typedef {Record<string, Value>} Values of the placeholders in braces */
/** @typedef {HTMLElement | SVGElement} Written */

let language = LANGUAGES[0];
let chosenLast = language;
/** @type {Record<string, string>} */
let words = {};
/** @type {Record<string, Record<string, string>>} */
const ofThisPage = {};
/** @type {(() => void)[]} */
const listeners = [];
/** @type {readonly string[]} what the service has people say in place of the digits 0 to 9; none: the digits */
let promptWords = [];
/** @type {WeakMap<Written, {text?: Values, label?: Values}>} */
const valuesOf = new WeakMap();

/**
 * @param {readonly string[]} preferred such as navigator.languages
 * @returns {string} the first of them that the page speaks
 */
export function choose(preferred) {
  const spoken = preferred.map((tag) => tag.toLowerCase().split("-")[0]);
  return spoken.find((tag) => LANGUAGES.includes(tag)) ?? LANGUAGES[0];
}

/**
 * Loads a language and rewrites the page with it.
 * @param {string} chosen of LANGUAGES
 */
export async function speak(chosen) {
  chosenLast = chosen;
  const { default: ofAll } = await import(`../strings/${chosen}.js`);
  if (chosen !== chosenLast) {
    return; // another was chosen while this one was loaded
  }
  words = { ...ofAll, ...ofThisPage[chosen] };
  language = chosen;
  document.documentElement.lang = language;
  rewrite(document);
  listeners.forEach((listener) => listener());
}

/**
 * Adds the words of one page or screen, by language.
 * @param {Record<string, Record<string, string>>} added
 */
export function addWords(added) {
  for (const each of LANGUAGES) {
    ofThisPage[each] = { ...ofThisPage[each], ...added[each] };
  }
  words = { ...words, ...added[language] };
}

/**
 * Tells when the language has changed, whoever writes words in another way than `setText`.
 * @param {() => void} listener
 */
export function onLanguage(listener) {
  listeners.push(listener);
}

/** The one of LANGUAGES that the page is written in. */
export const currentLanguage = () => language;

/** For numbers and dates. */
export function currentLocale() {
  return language === "en" ? "en-GB" : language;
}

/**
 * Whether there are words for `key`.
 * @param {string} key
 */
export function hasWords(key) {
  return key in words;
}

/**
 * @param {string} key of strings/*.js; where it has forms `.one` and `.other`, `values.count` chooses
 * @param {Values} [values] functions are called for their text
 */
export function text(key, values = {}) {
  const form = key in words ? key : `${key}.${new Intl.PluralRules(language).select(Number(values.count))}`;
  const chosen = words[form].replace(/\{([^{}|]*)\|([^{}|]*)\}/g, promptWords.length ? "$2" : "$1");
  return chosen.replace(/\{(\w+)\}/g, (_, name) => written(values[name]));
}

/** @param {readonly string[]} given ten words that are shown in place of digits from now on; none: the digits */
export function promptWith(given) {
  promptWords = given;
  document.body.dataset.prompts = given.length ? "words" : "digits";
  rewrite(document);
}

/**
 * What people are to say, or said, for digits: the one place where a digit becomes what is shown.
 * @param {...(number | null)} digits null: none was told
 * @returns {() => string}
 */
export function toSay(...digits) {
  const one = (/** @type {number | null} */ digit) => apart(promptWords[digit ?? -1] ?? String(digit ?? "·"));
  return () => digits.map(one).join(promptWords.length ? ", " : " ");
}

/** @param {Value} value */
function written(value) {
  if (typeof value === "function") {
    return value();
  }
  return typeof value === "number" ? new Intl.NumberFormat(currentLocale()).format(value) : apart(String(value));
}

const FROM_RIGHT = /[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufeff]/; // Hebrew, Arabic and their neighbours
const [ISOLATE, END_OF_ISOLATE] = ["\u2068", "\u2069"];

/**
 * A name that is written from right to left does not turn round the words and numbers beside it (UAX 9, 2.7).
 * @param {string} value
 */
function apart(value) {
  return FROM_RIGHT.test(value) ? ISOLATE + value + END_OF_ISOLATE : value;
}

/**
 * Writes words into an element.
 * @param {Written} place
 * @param {string} key
 * @param {Values} [values]
 */
export function setText(place, key, values = {}) {
  valuesOf.set(place, { ...valuesOf.get(place), text: values });
  place.dataset.text = key; // kept for another language
  place.textContent = text(key, values);
}

/**
 * A new element with words in it.
 * @template {keyof HTMLElementTagNameMap} Tag
 * @param {Tag} tag
 * @param {import("./elements.js").Attributes} attributes
 * @param {string} key
 * @param {Values} [values]
 */
export function worded(tag, attributes, key, values) {
  const made = element(tag, attributes);
  setText(made, key, values);
  return made;
}

/**
 * Names an element for screen readers.
 * @param {Written} place
 * @param {string} key
 * @param {Values} [values]
 */
export function label(place, key, values = {}) {
  valuesOf.set(place, { ...valuesOf.get(place), label: values });
  place.dataset.label = key;
  place.setAttribute("aria-label", text(key, values));
}

/**
 * Empties an element that words were written into.
 * @param {Written} place
 */
export function clearText(place) {
  delete place.dataset.text;
  place.textContent = "";
}

/**
 * Writes every element below `root` that names its words.
 * @param {ParentNode} root
 */
function rewrite(root) {
  for (const [place, key] of naming(root, "text")) {
    setText(place, key, valuesOf.get(place)?.text);
  }
  for (const [place, key] of naming(root, "label")) {
    label(place, key, valuesOf.get(place)?.label);
  }
}

/**
 * @param {ParentNode} root
 * @param {"text" | "label"} kind
 * @returns {[place: Written, key: string][]}
 */
function naming(root, kind) {
  /** @type {NodeListOf<Written>} */
  const places = root.querySelectorAll(`[data-${kind}]`);
  return [...places].map((place) => [place, String(place.dataset[kind])]);
}

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

/**
 * A probability as a share that never claims to be sure: it is an estimate.
 * @param {Amount} probability 0..1
 */
export function likelihood(probability) {
  const most = 0.99;
  const isMore = typeof probability === "number" && probability > most;
  return isMore ? phrase("share.more", { share: percent(most) }) : percent(probability);
}

/** @param {Amount} value */
export function decimal(value, decimals = 1) {
  const rounded = typeof value === "number" ? Number(value.toFixed(decimals)) + 0 : value; // -0 + 0 is 0
  return number(rounded, { minimumFractionDigits: decimals, maximumFractionDigits: decimals });
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
 * @param {Values} values
 */
export function phrase(key, values) {
  return () => text(key, values);
}
