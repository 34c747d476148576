/** The four steps of enrolment: which one is shown, and which are behind. */
import { find } from "./elements.js";

const STEPS = ["agree", "check", "speak", "done"];
/** @type {NodeListOf<HTMLElement>} */
const marks = document.querySelectorAll("#enrol .steps [data-step]");

/**
 * @param {"agree" | "check" | "speak" | "done"} step
 * @param {object} [options]
 * @param {boolean} [options.takesFocus] false where nobody pressed anything
 */
export function showStep(step, { takesFocus = true } = {}) {
  const at = STEPS.indexOf(step);
  for (const [index, mark] of marks.entries()) {
    mark.dataset.state = index < at ? "past" : "ahead";
    if (index === at) {
      mark.setAttribute("aria-current", "step");
    } else {
      mark.removeAttribute("aria-current");
    }
  }
  for (const name of STEPS) {
    find(`#enrol-${name}`).hidden = name !== step;
  }
  if (takesFocus) {
    find(`#enrol-${step} h3`).focus();
  }
}
