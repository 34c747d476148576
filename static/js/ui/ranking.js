/** Who it may be: names with bars, most likely first, and nobody among them. */
import { label, percent, setText } from "./i18n.js";
import { element } from "./elements.js";

const NOBODY = "identify.nobody";

/** @param {{alias: string | null, probability: number}} candidate null: nobody enrolled */
function row({ alias, probability }) {
  const name = element("span", { class: "rank-name" }, alias ?? "");
  const bar = element("progress", { max: "1", value: String(probability) });
  const share = element("span", { class: "rank-share numeric" });
  if (alias === null) {
    setText(name, NOBODY);
    label(bar, NOBODY);
  } else {
    bar.setAttribute("aria-label", alias);
  }
  setText(share, "identify.share", { share: percent(probability) });
  return element("li", { class: "rank", "data-kind": alias === null ? "none" : "known" }, name, bar, share);
}

/**
 * @param {HTMLElement} list
 * @param {import("../api-client.js").Identification} reply
 */
export function showRanking(list, { ranking, probability_none: none }) {
  const candidates = [...ranking, { alias: null, probability: none }];
  candidates.sort((a, b) => b.probability - a.probability);
  list.replaceChildren(...candidates.map(row));
  list.hidden = false;
}

/** @param {HTMLElement} list */
export function clearRanking(list) {
  list.hidden = true;
  list.replaceChildren();
}
