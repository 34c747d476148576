/** The four steps of enrolment: which one is shown, and which are behind. */
const STEPS = ["agree", "check", "speak", "done"];
const marks = [...document.querySelectorAll("#enrol .steps [data-step]")];

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
    document.getElementById(`enrol-${name}`).hidden = name !== step;
  }
  if (takesFocus) {
    document.querySelector(`#enrol-${step} h3`).focus();
  }
}
