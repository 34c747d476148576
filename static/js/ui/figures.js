/** Writes the service's figures into the elements of a panel that name them: <dd data-figure="min">. */
import { formatCount, formatDecimal, formatPercent, formatSeconds } from "./number-format.js";

const FORMATS = { count: formatCount, decimal: formatDecimal, percent: formatPercent, seconds: formatSeconds };

/** Shows those figures that `reply` has; an element's data-format says how (default count). */
export function showFigures(panel, reply) {
  for (const element of panel.querySelectorAll("[data-figure]")) {
    const { figure, format = "count" } = element.dataset;
    if (figure in reply) {
      element.textContent = FORMATS[format](reply[figure]);
    }
  }
}

export function clearFigures(panel) {
  for (const element of panel.querySelectorAll("[data-figure]")) {
    element.textContent = formatCount(null);
  }
}
