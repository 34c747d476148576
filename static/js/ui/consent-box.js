/** The question whether the voice may be kept: asked before a speaker's first training. */
const question = document.getElementById("consent");
const box = document.getElementById("consent-box");

/** Names the wording in index.html; another wording needs another name. */
export const CONSENT_VERSION = "page-1";

let isGiven = false;
let isTraining = true;

function render() {
  question.hidden = isGiven || !isTraining;
}

/** @param {object | null} consent what the service has recorded */
export function showConsent(consent) {
  isGiven = Boolean(consent);
  box.checked = false;
  render();
}

/** @param {string} mode of the page; only training asks */
export function showConsentIn(mode) {
  isTraining = mode === "train";
  render();
}

/** @returns {"given" | "ticked" | "missing"} "missing" also brings the person to the box */
export function askConsent() {
  if (isGiven || box.checked) {
    return isGiven ? "given" : "ticked";
  }
  box.focus();
  return "missing";
}
