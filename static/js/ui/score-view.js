/** The Score panel: this round's result against the reference, the decision, and the log. */
import { showLog } from "./digit-log.js";
import { clearFigures, showFigures } from "./figures.js";
import { formatDecimal, formatPercent } from "./number-format.js";

const panel = document.getElementById("panel-score");
const result = document.getElementById("score-result");
const bar = document.getElementById("score-bar");
const reference = document.getElementById("score-reference");
const verdict = document.getElementById("verdict");
const verdictDetail = document.getElementById("verdict-detail");
const log = document.getElementById("score-log");

const VERDICTS = { accept: "Accepted", reject: "Rejected", inconclusive: "Inconclusive" };

let referencePercent = null;

/** Marks the reference result, in %, on the bar; null hides the mark. */
export function markReference(percent) {
  referencePercent = percent;
  reference.hidden = typeof percent !== "number";
  reference.style.left = `${percent ?? 0}%`;
}

function showDecision({ decision, probability, llr, quality }) {
  verdict.hidden = !(decision in VERDICTS);
  verdict.dataset.decision = decision;
  verdict.firstElementChild.textContent = VERDICTS[decision] ?? "";
  const details = [];
  if (typeof probability === "number") {
    details.push(`probability ${formatDecimal(probability, 3)}`);
  }
  if (typeof llr === "number") {
    details.push(`log-likelihood ratio ${formatDecimal(llr)}`);
  }
  verdictDetail.textContent = [...details, ...(quality?.warnings ?? [])].join(" · ");
}

/** @param {object} status reply of /status */
export function showScoringStatus(status) {
  clearScore();
  showFigures(panel, { score_threshold: status.score_threshold, result_reference: status.result_reference });
  markReference(status.result_reference);
  showLog(log, status.scoring_log, referencePercent);
}

/** @param {object} reply of /score, for all digits of the round so far */
export function showScore(reply) {
  const result_percent = (100 * reply.score) / reply.length;
  showFigures(panel, { ...reply, matchedFrames: reply.score, sentFrames: reply.length });
  result.textContent = formatPercent(result_percent);
  bar.value = result_percent;
  markReference(reply.result_reference);
  showDecision(reply);
  showLog(log, reply.scoring_log, referencePercent);
}

/** Begins a new round: the running result starts again, reference and log stay. */
export function clearRunningScore() {
  showFigures(panel, { matchedFrames: 0, sentFrames: 0 });
  result.textContent = formatPercent(null);
  bar.value = 0;
  showDecision({});
}

export function clearScore() {
  clearFigures(panel);
  clearRunningScore();
  markReference(null);
  showLog(log, []);
}
