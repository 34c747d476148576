/** What is told beside the screens: failures and outages in the person's language, and what went well. */
import { CepstraError, ServiceError } from "../errors.js";
import { element, find, icon } from "./elements.js";
import { clearText, hasWords, label, setText, text, worded } from "./i18n.js";

const region = find("#alert");
const announcer = find("#announcer");
const notice = find("#notice");
/** @type {ReturnType<typeof setInterval> | undefined} */
let countdown;

/**
 * Its words are functions, called again when the language changes.
 * @param {() => string} message
 * @param {object} [options]
 * @param {() => string} [options.detail] what to do about it
 * @param {"bad" | "warn"} [options.level]
 * @param {() => void} [options.onRetry] for a button that tries again
 */
export function showAlert(message, { detail = () => "", level = "bad", onRetry } = {}) {
  clearInterval(countdown);
  const close = element("button", { type: "button", class: "icon-button" }, icon("bad"));
  label(close, "action.closeMessage");
  close.addEventListener("click", clearAlert);
  const title = worded("strong", {}, "data.value", { value: message });
  const words = element("p", {}, title, worded("span", {}, "data.value", { value: detail }));
  const body = element("div", { class: "alert-body", "data-level": level }, words, close);
  if (onRetry) {
    const retry = worded("button", { type: "button", class: "button quiet small" }, "action.retry");
    retry.addEventListener("click", onRetry);
    close.before(retry);
  }
  clearText(notice);
  fillRegion(body);
  if (level === "bad") {
    region.scrollIntoView({ block: "nearest" }); // the button that failed may stand far below
  }
}

export function clearAlert() {
  clearInterval(countdown);
  fillRegion();
}

/** @param {HTMLElement[]} body whose button has the focus where one of the last message's had it; without one the page */
function fillRegion(...body) {
  const hadFocus = region.contains(document.activeElement);
  region.replaceChildren(...body);
  if (hadFocus) {
    (region.querySelector("button") ?? find("#main")).focus({ preventScroll: true });
  }
}

/**
 * Something went well: seen, and read out.
 * @param {string} key
 * @param {import("./i18n.js").Values} [values]
 */
export function showNotice(key, values) {
  clearAlert();
  setText(notice, key, values);
  notice.scrollIntoView({ block: "nearest" });
}

export function clearNotice() {
  clearText(notice);
}

/**
 * @param {unknown} error
 * @returns {[title: string, advice: string]}
 */
export function wordsOf(error) {
  if (!(error instanceof CepstraError)) {
    return [text("failure.unexpected"), text("failure.unexpected.advice")];
  }
  const [title, advice] = ["title", "advice"].map((part) => `failure.${error.code}.${part}`);
  return hasWords(title) ? [text(title), text(advice)] : [error.title, error.advice];
}

/**
 * @param {unknown} error of the kit, or any other; the service's own words are for programs and are left out
 * @param {() => void} [onRetry]
 */
export function showFailure(error, onRetry) {
  const waitS = error instanceof ServiceError ? error.retryAfterS : null;
  showAlert(() => wordsOf(error)[0], { detail: () => wordsOf(error)[1], onRetry });
  if (waitS) {
    countDown(waitS, "failure.wait", clearAlert);
  }
}

/**
 * @param {number} seconds
 * @param {string} key of the words, with the time that is left
 * @param {() => void} [onEnd]
 */
function countDown(seconds, key, onEnd = () => {}) {
  const detail = find(".alert-body p span", HTMLElement, region);
  const end = Date.now() + 1000 * seconds;
  const show = () => {
    const left = Math.max(0, Math.ceil((end - Date.now()) / 1000));
    setText(detail, key, { time: clock(left) });
    if (left === 0) {
      clearInterval(countdown);
      onEnd();
    }
  };
  show();
  detail.setAttribute("aria-live", "off"); // a screen reader reads the message once, not every second
  countdown = setInterval(show, 1000);
}

/** @param {number} seconds */
function clock(seconds) {
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
}

/** @param {import("../retry.js").Outage} outage during which what was said is kept */
export function showOutage({ error, retryInMs }) {
  showAlert(() => wordsOf(error)[0], { level: "warn" });
  countDown(retryInMs / 1000, "failure.retry");
}

/**
 * Tells screen readers what happened while the focus stays where it is.
 * @param {string} key
 * @param {import("./i18n.js").Values} [values]
 */
export function announce(key, values) {
  setText(announcer, key, values);
}
