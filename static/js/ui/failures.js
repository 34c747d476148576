/** What goes wrong, in the person's language; a code of the kit that has no words yet brings its own. */
import { showAlert } from "./alerts.js";
import { hasWords, text } from "./words.js";

function wordsOf(error) {
  const [title, advice] = ["title", "advice"].map((part) => `failure.${error.code}.${part}`);
  if (hasWords(title)) {
    return [text(title), text(advice)];
  }
  return [error.title ?? text("failure.unexpected"), error.advice ?? error.message];
}

/** @param {Error} error of the kit, or any other */
export function showFailure(error) {
  const [title, advice] = wordsOf(error);
  const wait = error.retryAfterS ? text("failure.wait", { seconds: error.retryAfterS }) : advice;
  showAlert(title, { detail: [wait, error.description].filter(Boolean).join(" ") });
}

/** @param {{error: Error, retryInMs: number}} outage during which what was said is kept */
export function showOutage({ error, retryInMs }) {
  const detail = text("failure.retry", { seconds: Math.ceil(retryInMs / 1000) });
  showAlert(wordsOf(error)[0], { detail, level: "warn" });
}
