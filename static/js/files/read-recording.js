/** From a sound file to the messages that are sent of it. The file stays in the browser. */
import { buildMessage, optionalFeatures } from "../message.js";
import { decodeRecording } from "./decode-recording.js";
import { RecordingError } from "./recording-error.js";

/** Seconds of free speech from which a model, or a decision, is about as good as more would make it. */
export const ADVISED_SPEECH_S = Object.freeze({ enrolment: 45, verification: 15 });
const CLIPPED_PEAK = 0.999;

/**
 * @typedef {object} Recording
 * @property {object[]} messages ready to be sent, in the order spoken, 1..2000 frames each
 * @property {number} speech_s seconds of speech in them
 * @property {number} duration_s of the whole file
 * @property {number} sampleRateHz of the file, where its head told it; else the rate it was decoded at
 * @property {{code: "little-speech" | "narrow-band" | "clipped", [detail: string]: number | string}[]} warnings
 */

/**
 * @param {Blob} file WAV, MP3, M4A, MP4, OGG or FLAC, up to 100 MiB and 15 minutes
 * @param {object} options
 * @param {object} options.frontend the contents of frontend.json
 * @param {"enrolment" | "verification"} [options.purpose] decides how much speech is advised; none asked for without
 * @param {number} [options.digit] the digit said; left out for free speech
 * @param {string[]} [options.wanted] features that the service asks for
 * @param {AbortSignal} [options.signal]
 * @param {(progress: {stage: "decoding" | "cutting", share: number}) => void} [options.onProgress] share is 0..1
 * @returns {Promise<Recording>}
 * @throws {RecordingError} the file cannot be used; the signal's reason when it was aborted
 */
export async function readRecording(file, { frontend, purpose, digit, wanted = [], signal, onProgress = () => {} }) {
  signal?.throwIfAborted();
  onProgress({ stage: "decoding", share: 0 });
  const decoded = await unlessAborted(decodeRecording(file), signal);
  const report = (share) => onProgress({ stage: "cutting", share });
  const { takes, peak } = await cutInWorker({ ...decoded, frontend }, signal, report);
  const frames = takes.reduce((sum, take) => sum + take.frames.length, 0);
  const speech_s = (frames * frontend.hop_samples) / frontend.sample_rate_hz;
  const { duration_s, sampleRateHz } = decoded;
  return {
    messages: takes.map((take) => ({
      ...buildMessage(take.frames, frontend, digit),
      ...optionalFeatures(take, wanted),
    })),
    speech_s,
    duration_s,
    sampleRateHz,
    warnings: warningsOf({ speech_s, sampleRateHz, peak, purpose, frontend }),
  };
}

function warningsOf({ speech_s, sampleRateHz, peak, purpose, frontend }) {
  const warnings = [];
  const advised_s = ADVISED_SPEECH_S[purpose];
  if (speech_s < advised_s) {
    warnings.push({ code: "little-speech", purpose, speech_s, advised_s });
  }
  if (sampleRateHz < frontend.sample_rate_hz) {
    warnings.push({ code: "narrow-band", sampleRateHz, advisedHz: frontend.sample_rate_hz });
  }
  if (peak >= CLIPPED_PEAK) {
    warnings.push({ code: "clipped", peak });
  }
  return warnings;
}

/** Rejects with the signal's reason as soon as it is aborted; decoding itself cannot be stopped. */
function unlessAborted(promise, signal) {
  return new Promise((resolve, reject) => {
    signal?.addEventListener("abort", () => reject(signal.reason), { once: true });
    promise.then(resolve, reject);
  });
}

function cutInWorker({ channels, sampleRateHz, frontend }, signal, onProgress) {
  const worker = new Worker(new URL("./recording-worker.js", import.meta.url), { type: "module" });
  const done = new Promise((resolve, reject) => {
    worker.onmessage = ({ data: { share, code, ...result } }) => {
      if (share !== undefined) {
        onProgress(share);
      } else if (code) {
        reject(new RecordingError(code));
      } else {
        resolve(result);
      }
    };
    worker.onerror = (event) => reject(new Error(`The recording could not be cut: ${event.message}`));
  });
  worker.postMessage({ channels, sampleRateHz, frontend }, channels.map(({ buffer }) => buffer));
  return unlessAborted(done, signal).finally(() => worker.terminate());
}
