/** What goes wrong, in the person's language; a code of the kit that has no words yet brings its own. */
import { CepstraError } from "../cepstra-error.js";
import { ServiceError } from "../service-error.js";
import { showAlert } from "./alerts.js";
import { hasWords, text } from "./words.js";

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

/** @param {import("../patience.js").Outage} outage during which what was said is kept */
export function showOutage({ error, retryInMs }) {
  const detail = text("failure.retry", { seconds: Math.ceil(retryInMs / 1000) });
  showAlert(wordsOf(error)[0], { detail, level: "warn" });
}
