/** The outcome of an attempt: a word, why, and the score on its scale. */
import { element, icon, shape } from "./elements.js";
import { decimal, label, setText } from "./i18n.js";

const SYMBOLS = { accept: "good", reject: "bad", inconclusive: "warn" };

/**
 * @param {HTMLElement} place an element of index.html
 * @param {object} outcome
 * @param {import("../api-client.js").Decision} outcome.decision
 * @param {[key: string, values?: import("./i18n.js").Values]} outcome.title
 * @param {[key: string, values?: import("./i18n.js").Values]} outcome.reason
 * @param {string[]} [outcome.warnings] in the service's words
 * @param {number | null} [outcome.llr] with `threshold` for the picture; without, there is none
 * @param {number | null} [outcome.threshold]
 */
export function showVerdict(place, { decision, title, reason, warnings = [], llr = null, threshold = null }) {
  const words = [element("p", { class: "verdict-title" }), element("p", { class: "verdict-reason" })];
  setText(words[0], ...title);
  setText(words[1], ...reason);
  const mark = element("span", { class: "verdict-mark" }, icon(SYMBOLS[decision]));
  const notes = warnings.map((warning) => element("p", { class: "soft small" }, warning));
  place.dataset.decision = decision;
  place.replaceChildren(element("div", { class: "verdict-head" }, mark, element("div", {}, ...words)), ...notes);
  if (llr !== null && threshold !== null) {
    place.append(drawScale(llr, threshold));
  }
  place.hidden = false;
}

/** @param {HTMLElement} place */
export function clearVerdict(place) {
  place.hidden = true;
  place.replaceChildren();
}

const WIDTH = 480;
const HEIGHT = 78;
const TRACK = { y: 34, height: 14 };
const REACH = 12; // ratios farther than this from the threshold stand at the end of the scale
const MARGIN = 12;

/**
 * Where a ratio stands, in units of the picture; the threshold is in the middle.
 * @param {number} llr
 * @param {number} threshold
 */
export function placeOnScale(llr, threshold) {
  const share = (Math.max(-REACH, Math.min(REACH, llr - threshold)) + REACH) / (2 * REACH);
  return MARGIN + share * (WIDTH - 2 * MARGIN);
}

/**
 * @param {number} x
 * @param {number} y
 * @param {"start" | "middle" | "end"} anchor
 * @param {string} key of the words
 * @param {import("./i18n.js").Values} [values]
 */
function caption(x, y, anchor, key, values) {
  const words = shape("text", { x: String(x), y: String(y), "text-anchor": anchor });
  setText(words, key, values);
  return words;
}

/**
 * @param {string} className
 * @param {number} x
 * @param {number} width
 */
function band(className, x, width) {
  const { y, height } = TRACK;
  return shape("rect", { class: className, x: String(x), width: String(width), y: String(y), height: String(height), rx: "7" });
}

/**
 * @param {number} llr calibrated natural log-likelihood ratio
 * @param {number} threshold the least ratio that is accepted
 */
export function drawScale(llr, threshold) {
  const [middle, at] = [WIDTH / 2, placeOnScale(llr, threshold)];
  const values = { score: decimal(llr), threshold: decimal(threshold) };
  const picture = shape("svg", { class: "scale", viewBox: `0 0 ${WIDTH} ${HEIGHT}`, role: "img" });
  label(picture, "scale.label", values);
  picture.append(
    band("below", MARGIN, middle - MARGIN - 2),
    band("above", middle + 2, middle - MARGIN - 2),
    shape("line", { class: "threshold", x1: String(middle), x2: String(middle), y1: "24", y2: "58" }),
    shape("circle", { class: "score", cx: at.toFixed(1), cy: String(TRACK.y + TRACK.height / 2), r: "10" }),
    caption(Math.min(Math.max(at, 50), WIDTH - 50), 16, "middle", "scale.score", values),
    caption(middle, 74, "middle", "scale.threshold", values),
    caption(MARGIN, 74, "start", "scale.other"),
    caption(WIDTH - MARGIN, 74, "end", "scale.same"),
  );
  return picture;
}
