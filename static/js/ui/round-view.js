/** Shows the course of a round: prompt, digits, button and the panel of its mode. */
import { clearAlert, showAlert } from "./alerts.js";
import { markDigit, resetPad } from "./digit-pad.js";
import { showFigures } from "./figures.js";
import { showPrompt } from "./prompt.js";
import { clearRunningScore, markReference, showScore } from "./score-view.js";
import { showReference, showReferenceProgress } from "./test-view.js";
import { showTraining } from "./train-view.js";

const start = document.getElementById("start");
const studio = document.getElementById("studio");
const roundLength = document.getElementById("round-length");

const FAREWELLS = {
  completed: "Done. Every digit was answered.",
  stopped: "Stopped.",
  failed: "The round was ended.",
};

function begin({ mode, digits }) {
  start.textContent = "Stop";
  start.dataset.running = "true";
  roundLength.disabled = true;
  resetPad(digits);
  if (mode === "test") {
    showReferenceProgress(0, digits.length);
  }
  if (mode === "score") {
    clearRunningScore();
  }
}

function end({ outcome }) {
  start.textContent = "Start";
  start.dataset.running = "false";
  roundLength.disabled = false;
  for (const key of document.querySelectorAll("#digit-pad [aria-current]")) {
    markDigit(Number(key.dataset.digit), "waiting");
  }
  showPrompt(FAREWELLS[outcome]);
}

/** Threshold and reference stand in every panel, whichever call has changed them. */
function showThreshold({ score_threshold: threshold, result_reference: reference }) {
  if (threshold !== undefined) {
    showFigures(studio, { score_threshold: threshold });
  }
  showFigures(studio, { result_reference: reference });
  markReference(reference);
}

function showReply({ mode, reply, index, total }) {
  showThreshold(reply);
  if (mode === "train") {
    showTraining(reply);
  } else if (mode === "test") {
    showReference(reply);
    showReferenceProgress(index + 1, total);
  } else {
    showScore(reply);
  }
}

const HANDLERS = {
  start: begin,
  end,
  ask({ digit, index, total }) {
    markDigit(digit, "current");
    showPrompt(`Say the digit (${index + 1} of ${total})`, { digit });
  },
  sending({ digit }) {
    markDigit(digit, "sending");
    showPrompt("Heard you. Waiting for the server…", { digit, isBusy: true });
  },
  reply(event) {
    clearAlert();
    markDigit(event.digit, "done");
    showReply(event);
  },
  failure({ digit, error }) {
    markDigit(digit, "failed");
    const then = error.isTemporary ? ` The digit ${digit} will be asked again.` : "";
    showAlert(`${error.explanation ?? error.message}${then}`);
  },
};

/** @param {object} event of a Session */
export function showRoundEvent(event) {
  HANDLERS[event.type](event);
}
