/** What the check of the microphone found, each with a way out. */
import { decimal, setText } from "./i18n.js";
import { element, icon } from "./elements.js";

const LOWEST_RATE_HZ = 16_000;

/** @param {import("../cepstra.js").MicrophoneReport} report */
function findings({ verdict, levelDbfs, floorDbfs, isClipped, sampleRateHz }) {
  return {
    level: verdict !== "too-quiet" && verdict !== "too-short",
    noise: verdict !== "noisy",
    clipping: verdict !== "clipped" && !isClipped,
    rate: sampleRateHz >= LOWEST_RATE_HZ,
    values: {
      level: decimal(levelDbfs, 0),
      distance: decimal(levelDbfs - floorDbfs, 0),
      rate: decimal(sampleRateHz / 1000),
    },
  };
}

/**
 * @param {HTMLElement} list
 * @param {import("../cepstra.js").MicrophoneReport} report
 * @returns {boolean} whether nothing is wrong
 */
export function showFindings(list, report) {
  const { values, ...found } = findings(report);
  const rows = Object.entries(found).map(([name, isGood]) => {
    const [term, words] = [element("dt"), element("dd")];
    setText(term, `check.${name}`);
    setText(words, `check.${name}.${isGood ? "good" : "bad"}`, values);
    return element("div", { "data-state": isGood ? "good" : "warn" }, icon(isGood ? "good" : "warn"), term, words);
  });
  list.replaceChildren(...rows);
  list.hidden = false;
  return Object.values(found).every(Boolean);
}
