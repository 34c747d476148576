/**
 * The page's words in the person's language. An element remembers which words it shows and with which
 * values, so that another language rewrites the whole page without losing anything.
 */

export const LANGUAGES = Object.freeze(["en", "de"]);

let language = LANGUAGES[0];
let words = {};
const listeners = [];
const valuesOf = new WeakMap(); // element -> {text, label}: values of its placeholders

/** @returns {string} the first of `preferred` (such as navigator.languages) that the page speaks */
export function choose(preferred) {
  const spoken = preferred.map((tag) => tag.toLowerCase().split("-")[0]);
  return spoken.find((tag) => LANGUAGES.includes(tag)) ?? LANGUAGES[0];
}

/** Loads a language and rewrites the page with it. */
export async function speak(chosen) {
  ({ default: words } = await import(`../strings/${chosen}.js`));
  language = chosen;
  document.documentElement.lang = language;
  rewrite(document);
  listeners.forEach((listener) => listener());
}

/** Tells when the language has changed, whoever writes words in another way than `say`. */
export function onLanguage(listener) {
  listeners.push(listener);
}

/** For numbers and dates. */
export function currentLocale() {
  return language === "en" ? "en-GB" : language;
}

/** Whether there are words for `key`. */
export function hasWords(key) {
  return key in words;
}

/**
 * @param {string} key of strings/*.js; where it has forms `.one` and `.other`, `values.count` chooses
 * @param {Record<string, unknown>} [values] of the placeholders in braces; numbers are written as the language
 *   does, functions are called for their text
 */
export function text(key, values = {}) {
  const form = key in words ? key : `${key}.${new Intl.PluralRules(language).select(values.count)}`;
  return words[form].replace(/\{(\w+)\}/g, (_, name) => written(values[name]));
}

function written(value) {
  if (typeof value === "function") {
    return value();
  }
  return typeof value === "number" ? new Intl.NumberFormat(currentLocale()).format(value) : String(value);
}

/** Writes words into an element. */
export function say(element, key, values = {}) {
  valuesOf.set(element, { ...valuesOf.get(element), text: values });
  element.dataset.text = key; // kept for another language
  element.textContent = text(key, values);
}

/** Names an element for screen readers. */
export function label(element, key, values = {}) {
  valuesOf.set(element, { ...valuesOf.get(element), label: values });
  element.dataset.label = key;
  element.setAttribute("aria-label", text(key, values));
}

/** Empties an element that words were written into. */
export function hush(element) {
  delete element.dataset.text;
  element.textContent = "";
}

/** Writes every element below `root` that names its words. */
function rewrite(root) {
  for (const element of root.querySelectorAll("[data-text]")) {
    say(element, element.dataset.text, valuesOf.get(element)?.text);
  }
  for (const element of root.querySelectorAll("[data-label]")) {
    label(element, element.dataset.label, valuesOf.get(element)?.label);
  }
}
