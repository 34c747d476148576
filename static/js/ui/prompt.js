/** Tells what to do now: the line above the digits, announced by screen readers, and the spinner. */
const line = document.getElementById("prompt-line");
const figure = document.getElementById("prompt-digit");
const spinner = document.getElementById("spinner");

/**
 * @param {string} text
 * @param {object} [options]
 * @param {number | null} [options.digit] shown large
 * @param {boolean} [options.isBusy] whether an answer is awaited
 */
export function showPrompt(text, { digit = null, isBusy = false } = {}) {
  line.textContent = text;
  figure.textContent = digit ?? "";
  figure.hidden = digit === null;
  spinner.hidden = !isBusy;
}
