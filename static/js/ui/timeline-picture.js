/** Who speaks when as a picture: a lane for each voice, from left to right in time. */
import { element, shape } from "./elements.js";

/** @typedef {import("./timeline-files.js").Timeline} Timeline */

const WIDTH = 1000;
const HEIGHT = 20;
const SHORTEST = 2; // of WIDTH: a word remains in sight

/**
 * @param {Timeline} timeline
 * @param {object} words
 * @param {string} words.name for those who hear the page
 * @param {string} words.end length of the recording
 */
export function timelinePicture(timeline, { name, end }) {
  const lanes = timeline.voices.flatMap((voice) => [
    element("span", { class: "lane-name", dir: "auto" }, voice.name),
    shape("svg", { viewBox: `0 0 ${WIDTH} ${HEIGHT}`, preserveAspectRatio: "none" }, ...bars(timeline, voice.name)),
  ]);
  const axis = element("span", { class: "chart-axis lying" }, element("span", {}, "0"), element("span", {}, end));
  return element("div", { class: "chart lanes", role: "img", "aria-label": name }, ...lanes, axis);
}

/**
 * @param {Timeline} timeline
 * @param {string} name
 */
function bars({ duration_s: whole, segments }, name) {
  const own = segments.filter(({ voice, other }) => voice === name || other === name);
  return own.map(({ start_s: start, end_s: end, other }) =>
    shape("rect", {
      class: other === null ? "sure" : "unsure",
      x: (WIDTH * start) / whole,
      width: Math.max(SHORTEST, (WIDTH * (end - start)) / whole),
      height: HEIGHT,
    }),
  );
}
