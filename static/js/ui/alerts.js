/** What is told beside the screens: failures and outages in the person's language, and events for screen readers. */
import { CepstraError, ServiceError } from "../errors.js";
import { element, find, icon } from "./elements.js";
import { hasWords, label, setText, text } from "./i18n.js";

const region = find("#alert");

/**
 * @param {string} message
 * @param {object} [options]
 * @param {string} [options.detail] what the service said
 * @param {"bad" | "warn"} [options.level]
 */
export function showAlert(message, { detail = "", level = "bad" } = {}) {
  const close = element("button", { type: "button", class: "icon-button" }, icon("bad"));
  label(close, "action.closeMessage");
  close.addEventListener("click", clearAlert);
  const words = element("p", {}, element("strong", {}, message), detail);
  region.replaceChildren(element("div", { class: "alert-body", "data-level": level }, words, close));
}

export function clearAlert() {
  region.replaceChildren();
}

/**
 * @param {unknown} error
 * @returns {[title: string, advice: string]}
 */
function wordsOf(error) {
  if (!(error instanceof CepstraError)) {
    return [text("failure.unexpected"), messageOf(error)];
  }
  const [title, advice] = ["title", "advice"].map((part) => `failure.${error.code}.${part}`);
  return hasWords(title) ? [text(title), text(advice)] : [error.title, error.advice];
}

/** @param {unknown} error */
export function messageOf(error) {
  return error instanceof Error ? error.message : String(error);
}

/** @param {unknown} error of the kit, or any other */
export function showFailure(error) {
  const [title, advice] = wordsOf(error);
  const { retryAfterS, description } = error instanceof ServiceError ? error : {};
  const wait = retryAfterS ? text("failure.wait", { seconds: retryAfterS }) : advice;
  showAlert(title, { detail: [wait, description].filter(Boolean).join(" ") });
}

/** @param {import("../retry.js").Outage} outage during which what was said is kept */
export function showOutage({ error, retryInMs }) {
  const detail = text("failure.retry", { seconds: Math.ceil(retryInMs / 1000) });
  showAlert(wordsOf(error)[0], { detail, level: "warn" });
}

const announcer = find("#announcer");

/**
 * @param {string} key
 * @param {import("./i18n.js").Values} [values]
 */
export function announce(key, values) {
  setText(announcer, key, values);
}
