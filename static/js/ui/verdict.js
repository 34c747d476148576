/** The outcome of an attempt: a word, why, and the scores of this visit on one scale. Three outcomes, three colours. */
import { element, icon } from "./elements.js";
import { decimal, hasWords, label, worded } from "./i18n.js";

/** @typedef {"yes" | "unsure" | "no"} Outcome */
/** @typedef {{llr: number, threshold: number, name: string, outcome: Outcome, isNewest: boolean}} Dot */

export const SYMBOLS = { yes: "good", unsure: "warn", no: "bad" };
const REACH = 12; // ratios farther than this from the threshold stand at the end of the scale

/**
 * What a decision means to a person: rejected, but likelier than not, is unsure; so is no decision.
 * @param {object} decided
 * @param {import("../api-client.js").Decision} decided.decision
 * @param {number | null} [decided.probability] of one voice, at even odds
 * @param {string | null} [decided.reason]
 * @returns {Outcome}
 */
export function outcomeOf({ decision, probability = null, reason = null }) {
  if (decision === "accept") {
    return "yes";
  }
  return decision === "inconclusive" || (isOfVoice(reason) && (probability ?? 0) >= 0.5) ? "unsure" : "no";
}

/**
 * Whether the voice decided; else its score does not tell why.
 * @param {string | null} [reason] of an attempt
 */
export function isOfVoice(reason = null) {
  return reason === null || reason === "another-voice";
}

/**
 * Keys of the words for an attempt: its outcome, and why. What the voice did not decide says nothing about whose it is.
 * @param {import("../api-client.js").Judgement} result
 * @returns {[title: string, reason: string]}
 */
export function wordsOfAttempt(result) {
  const { decision, reason, probability } = result;
  const asIs = decision === "inconclusive" ? decision : outcomeOf(result);
  const why = probability === null && decision !== "inconclusive" ? `verify.${asIs}.untold` : `verify.${asIs}.why`;
  if (isOfVoice(reason)) {
    return [`verify.${asIs}`, why];
  }
  return [asIs === "no" ? "verify.refused" : `verify.${asIs}`, hasWords(`reason.${reason}`) ? `reason.${reason}` : why];
}

/**
 * Where a ratio stands between the ends of the scale, 0..1; the threshold is in the middle.
 * @param {number} llr
 * @param {number} threshold
 */
function placeOnScale(llr, threshold) {
  return (Math.max(-REACH, Math.min(REACH, llr - threshold)) + REACH) / (2 * REACH);
}

/**
 * @param {Dot[]} dots the newest last, which is drawn on top; each stands by its distance from its own threshold
 */
export function drawScale(dots) {
  const bar = element("div", { class: "scale-bar" }, element("span", { class: "scale-threshold" }));
  for (const { llr, threshold, name, outcome, isNewest } of dots) {
    const dot = element("span", { class: "scale-dot", "data-outcome": outcome, "data-newest": String(isNewest) });
    const at = placeOnScale(llr, threshold);
    dot.style.setProperty("--at", at.toFixed(4));
    dot.dataset.side = at < 0.5 ? "left" : "right";
    dot.append(element("span", { class: "scale-name", dir: "auto" }, name));
    bar.append(dot);
  }
  const ends = ["scale.other", "scale.threshold", "scale.same"].map((key) => worded("span", {}, key));
  const newest = dots.find(({ isNewest }) => isNewest);
  const picture = element("div", { class: "scale", role: "img" }, bar, element("div", { class: "scale-ends" }, ...ends));
  label(picture, "scale.label", { score: decimal(newest?.llr), threshold: decimal(newest?.threshold) });
  return picture;
}

/**
 * @param {HTMLElement} place an element of index.html
 * @param {object} told
 * @param {Outcome} told.outcome
 * @param {[key: string, values?: import("./i18n.js").Values]} told.title
 * @param {[key: string, values?: import("./i18n.js").Values]} told.reason
 * @param {HTMLElement | null} [told.scale]
 */
export function showVerdict(place, { outcome, title, reason, scale = null }) {
  const words = [worded("p", { class: "verdict-title" }, ...title), worded("p", { class: "verdict-reason" }, ...reason)];
  const mark = element("span", { class: "verdict-mark" }, icon(SYMBOLS[outcome]));
  place.dataset.outcome = outcome;
  place.replaceChildren(element("div", { class: "verdict-head" }, mark, element("div", {}, ...words)));
  if (scale) {
    place.append(scale);
  }
  if (place.hidden) {
    place.hidden = false;
    place.scrollIntoView({ block: "nearest" }); // the button that asked may stand far from it
  }
}

/** @param {HTMLElement} place */
export function clearVerdict(place) {
  place.hidden = true;
  delete place.dataset.outcome;
  place.replaceChildren();
}
