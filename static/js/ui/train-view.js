/** The Train panel: how far enrolment has come and what the service holds. */
import { showLog } from "./digit-log.js";
import { clearFigures, showFigures } from "./figures.js";

const panel = document.getElementById("panel-train");
const progress = document.getElementById("train-progress");
const log = document.getElementById("train-log");

/** @param {object} reply of /train or /status */
export function showTraining(reply) {
  showFigures(panel, reply);
  progress.value = reply.training_progress;
  showLog(log, reply.training_log);
}

export function clearTraining() {
  clearFigures(panel);
  progress.value = 0;
  showLog(log, []);
}
