/** Bars of hours or days, parted by what came of the attempts; the same as a table for those who hear the page. */
import { tableRow } from "../ui/buttons.js";
import { swatch } from "../ui/drawing.js";
import { element, shape } from "../ui/elements.js";
import { currentLocale, text } from "../ui/i18n.js";

const OUTCOMES = Object.freeze(["accepted", "rejected", "inconclusive", "locked"]);
const [WIDTH, HEIGHT] = [640, 180];
const MARGIN = { left: 36, right: 4, top: 10, bottom: 22 };

/**
 * @typedef {{begins_at: string} & Record<string, any>} Count
 * @typedef {{by: string, counts: Count[]}} Told
 */

/** @param {Count} count */
const total = (count) => OUTCOMES.reduce((sum, outcome) => sum + count[outcome], 0);

/**
 * Days are those of UTC, hours are shown as they are here.
 * @param {string} begins
 * @param {string} by
 */
function written(begins, by) {
  /** @type {Intl.DateTimeFormatOptions} */
  const options = by === "day" ? { dateStyle: "short", timeZone: "UTC" } : { dateStyle: "short", timeStyle: "short" };
  return new Intl.DateTimeFormat(currentLocale(), options).format(new Date(begins));
}

/**
 * @param {Count} count
 * @param {number} x left end
 * @param {number} width
 * @param {number} most of all bars
 */
function bar(count, x, width, most) {
  let y = HEIGHT - MARGIN.bottom;
  return OUTCOMES.filter((outcome) => count[outcome] > 0).map((outcome) => {
    const height = (count[outcome] / most) * (HEIGHT - MARGIN.top - MARGIN.bottom);
    y -= height;
    return shape("rect", { x, y, width, height, class: outcome });
  });
}

/**
 * @param {Told} told
 * @param {string} summary
 */
function picture({ by, counts }, summary) {
  const most = Math.max(1, ...counts.map(total));
  const step = (WIDTH - MARGIN.left - MARGIN.right) / counts.length;
  const bottom = HEIGHT - MARGIN.bottom;
  const bars = counts.flatMap((count, k) => bar(count, MARGIN.left + k * step, Math.max(1, 0.85 * step), most));
  /**
   * @param {number} x
   * @param {number} y
   * @param {string} anchor
   * @param {string} words
   */
  const mark = (x, y, anchor, words) => shape("text", { x, y, "text-anchor": anchor }, words);
  return shape(
    "svg",
    { viewBox: `0 0 ${WIDTH} ${HEIGHT}`, role: "img", "aria-label": summary },
    shape("line", { x1: MARGIN.left, y1: bottom, x2: WIDTH - MARGIN.right, y2: bottom, class: "grid" }),
    mark(MARGIN.left - 6, MARGIN.top + 10, "end", String(most)),
    mark(MARGIN.left - 6, bottom, "end", "0"),
    mark(MARGIN.left, HEIGHT - 4, "start", written(counts[0].begins_at, by)),
    mark(WIDTH - MARGIN.right, HEIGHT - 4, "end", written(counts[counts.length - 1].begins_at, by)),
    ...bars,
  );
}

/**
 * @param {HTMLElement} figure is filled
 * @param {HTMLElement} table body of the table, is filled with the periods that had attempts
 * @param {Told} told
 */
export function drawAttempts(figure, table, told) {
  const sums = Object.fromEntries(OUTCOMES.map((each) => [each, told.counts.reduce((sum, count) => sum + count[each], 0)]));
  const summary = text("attempts.summary", sums);
  const legend = element("div", { class: "chart-legend" }, ...OUTCOMES.map((outcome) => swatch(outcome, `attempts.${outcome}`)));
  figure.replaceChildren(picture(told, summary), legend, element("figcaption", {}, summary));
  const busy = told.counts.filter((count) => total(count) > 0).reverse();
  table.replaceChildren(...busy.map((count) => tableRow([written(count.begins_at, told.by), ...OUTCOMES.map((each) => count[each])])));
}
