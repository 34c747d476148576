/** From the bytes of a sound file to its samples at the file's own rate. */
import { RecordingError } from "./recording-error.js";
import { readSoundHeader } from "./sound-header.js";
import { isPlain } from "./wav-samples.js";

const MAX_FILE_BYTES = 100 * 2 ** 20;
const MAX_DURATION_S = 900;
const RATE_IF_UNKNOWN_HZ = 48_000;
const RATES_HZ = [8000, 192_000]; // what the resampler takes

/** @param {number | null} sampleRateHz */
function isUsable(sampleRateHz) {
  const [lowest, highest] = RATES_HZ;
  return sampleRateHz !== null && sampleRateHz >= lowest && sampleRateHz <= highest;
}

/** @param {number | null} durationS */
function checkDuration(durationS) {
  if ((durationS ?? 0) > MAX_DURATION_S) {
    throw new RecordingError("too-long", { limit: MAX_DURATION_S });
  }
}

/** @param {Blob} file */
async function bytesOf(file) {
  if (file.size === 0) {
    throw new RecordingError("empty");
  }
  if (file.size > MAX_FILE_BYTES) {
    throw new RecordingError("too-large", { limit: MAX_FILE_BYTES });
  }
  return file.arrayBuffer().catch((cause) => {
    throw new RecordingError("unreadable", { cause });
  });
}

/**
 * A plain WAV file comes as it is, for reading its samples takes long enough to be done in the worker.
 * @typedef {object} Decoded
 * @property {Float32Array<ArrayBuffer>[]} channels none of a plain WAV file
 * @property {{bytes: ArrayBuffer, layout: import("./wav-samples.js").Layout}} [wav]
 * @property {number} sampleRateHz
 * @property {number} duration_s
 */

/**
 * @param {Blob} file WAV, MP3, M4A, MP4, OGG, FLAC, or whatever else the browser plays
 * @returns {Promise<Decoded>}
 * @throws {RecordingError} empty, too large, too long or not a sound file
 */
export async function decodeRecording(file) {
  const bytes = await bytesOf(file);
  const header = readSoundHeader(bytes);
  checkDuration(header.durationS);
  const { layout, sampleRateHz } = header;
  if (layout && isPlain(layout) && isUsable(sampleRateHz)) {
    return { channels: [], wav: { bytes, layout }, sampleRateHz: layout.sampleRateHz, duration_s: header.durationS ?? 0 };
  }
  return decodeByBrowser(bytes, sampleRateHz);
}

/**
 * decodeAudioData() resamples to the rate of its context: that of the file is asked for where its head tells it.
 * @param {ArrayBuffer} bytes
 * @param {number | null} sampleRateHz
 * @returns {Promise<Decoded>}
 */
async function decodeByBrowser(bytes, sampleRateHz) {
  const rateHz = sampleRateHz !== null && isUsable(sampleRateHz) ? sampleRateHz : RATE_IF_UNKNOWN_HZ;
  const context = new OfflineAudioContext(1, 1, rateHz);
  const decoded = await context.decodeAudioData(bytes).catch((cause) => {
    throw new RecordingError("unreadable", { cause });
  });
  checkDuration(decoded.duration);
  const channels = Array.from({ length: decoded.numberOfChannels }, (_, k) => decoded.getChannelData(k).slice());
  return { channels, sampleRateHz: decoded.sampleRate, duration_s: decoded.duration };
}
