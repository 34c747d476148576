/**
 * Worker that cuts one recording, so that the page stays alive meanwhile. It is told
 * {channels or wav, sampleRateHz, frontend, isAttempt} and tells {share} now and then, and at the end
 * {takes, n_frames, peak}, or why not: {code} or, of faults that nobody foresees, {failure}.
 */
import { findMeyda } from "../meyda-library.js";
import { findUtterances, firstUtterances, groupUtterances, takeOf } from "./cut-recording.js";
import { mixDown, peakOf } from "./samples.js";
import { wavChannels } from "./wav-samples.js";

/** @typedef {import("../features.js").Frontend} Frontend */
/** @typedef {{code: string} | import("./read-recording.js").Cut} Outcome */

/**
 * The global scope of a worker, as far as it is used here.
 * @type {{postMessage: (told: unknown) => void, onmessage: unknown}}
 */
const scope = /** @type {any} */ (globalThis);

const SILENT_PEAK = 1e-4;

/**
 * @param {import("./decode-recording.js").Decoded & {frontend: Frontend, isAttempt: boolean}} recording
 * @returns {Promise<Outcome>}
 */
async function cut({ channels, wav, sampleRateHz, frontend, isAttempt }) {
  const samples = mixDown(wav ? wavChannels(wav.bytes, wav.layout) : channels);
  const peak = peakOf(samples);
  if (!Number.isFinite(peak)) {
    return { code: "unreadable" };
  }
  if (peak < SILENT_PEAK) {
    return { code: "silent" };
  }
  const onProgress = (/** @type {number} */ share) => scope.postMessage({ share });
  const meyda = await findMeyda();
  const found = findUtterances({ samples, sampleRateHz, frontend, meyda, onProgress });
  if (found.length === 0) {
    return { code: "no-speech" };
  }
  const groups = isAttempt ? [firstUtterances(found)] : groupUtterances(found);
  const n_frames = found.reduce((sum, { frames }) => sum + frames.length, 0);
  return { takes: groups.map((group) => takeOf(group, frontend)), n_frames, peak };
}

scope.onmessage = async (/** @type {MessageEvent} */ { data }) => {
  // A rejected promise would not reach the page as an error of the worker.
  const outcome = await cut(data).catch((error) => ({ failure: String(error) }));
  scope.postMessage(outcome);
};
