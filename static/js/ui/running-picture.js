/** The frame around a picture of the last seconds: what its height means on the left, time below. */
import { element } from "./elements.js";

export const FRAMES_PER_SECOND = 100;

/**
 * @param {HTMLCanvasElement} canvas
 * @param {object} options
 * @param {string[]} options.heights from the top down
 * @param {number} options.seconds shown
 * @param {{ago: (seconds: number) => string, now: string}} options.labels
 */
export function runningPicture(canvas, { heights, seconds, labels }) {
  /**
   * @param {"upright" | "lying"} direction
   * @param {string[]} words
   */
  const axis = (direction, words) => {
    const marks = words.map((word) => element("span", {}, word));
    return element("span", { class: `chart-axis ${direction}`, "aria-hidden": "true" }, ...marks);
  };
  const time = axis("lying", [labels.ago(seconds), labels.now]);
  return element("div", { class: "chart-picture" }, axis("upright", heights), canvas, time);
}
