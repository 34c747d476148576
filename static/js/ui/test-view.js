/** The Test panel: the reference that scores are compared with. */
import { clearFigures, showFigures } from "./figures.js";

const panel = document.getElementById("panel-test");
const progress = document.getElementById("test-progress");
const progressText = document.getElementById("test-progress-text");

/** @param {object} reply of /test or /status */
export function showReference(reply) {
  showFigures(panel, reply);
}

/** How many digits of this round have been answered. */
export function showReferenceProgress(answered, total) {
  progress.max = total;
  progress.value = answered;
  progressText.textContent = `${answered} of ${total}`;
}

export function clearReference() {
  clearFigures(panel);
  showReferenceProgress(0, 10);
}
