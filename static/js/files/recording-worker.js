/**
 * Worker that cuts one recording, so that the page stays alive meanwhile. It is told
 * {channels or wav, sampleRateHz, frontend} and tells {share} now and then, and at the end {takes, peak}, or why not:
 * {code} or, of faults that nobody foresees, {failure}.
 */
import { findMeyda } from "../meyda-library.js";
import { cutRecording } from "./cut-recording.js";
import { mixDown, peakOf } from "./samples.js";
import { wavChannels } from "./wav-samples.js";

/** @typedef {import("../features.js").Frontend} Frontend */
/** @typedef {{code: string} | {takes: import("./cut-recording.js").Take[], peak: number}} Outcome */

/**
 * The global scope of a worker, as far as it is used here.
 * @type {{postMessage: (told: unknown) => void, onmessage: unknown}}
 */
const scope = /** @type {any} */ (globalThis);

const SILENT_PEAK = 1e-4;

/**
 * @param {import("./decode-recording.js").Decoded & {frontend: Frontend}} recording
 * @returns {Promise<Outcome>}
 */
async function cut({ channels, wav, sampleRateHz, frontend }) {
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
  const takes = cutRecording({ samples, sampleRateHz, frontend, meyda, onProgress });
  return takes.length > 0 ? { takes, peak } : { code: "no-speech" };
}

scope.onmessage = async (/** @type {MessageEvent} */ { data }) => {
  // A rejected promise would not reach the page as an error of the worker.
  const outcome = await cut(data).catch((error) => ({ failure: String(error) }));
  scope.postMessage(outcome);
};
