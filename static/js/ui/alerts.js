/** The page's one place for failures: a region that screen readers announce and that can be closed. */
import { element, find, icon } from "./elements.js";
import { label } from "./words.js";

const region = find("#alert");

/**
 * @param {string} message
 * @param {object} [options]
 * @param {string} [options.detail] what the service said
 * @param {"bad" | "warn"} [options.level]
 */
export function showAlert(message, { detail = "", level = "bad" } = {}) {
  const close = element("button", { type: "button", class: "icon-button" }, icon("bad"));
  label(close, "action.closeMessage");
  close.addEventListener("click", clearAlert);
  const words = element("p", {}, element("strong", {}, message), detail);
  region.replaceChildren(element("div", { class: "alert-body", "data-level": level }, words, close));
}

export function clearAlert() {
  region.replaceChildren();
}
