/** From the bytes of a sound file to its samples at the file's own rate. */
import { RecordingError } from "./recording-error.js";
import { readSoundHeader } from "./sound-header.js";
import { wavChannels } from "./wav-samples.js";

export const MAX_FILE_BYTES = 100 * 2 ** 20;
export const MAX_DURATION_S = 900;
const RATE_IF_UNKNOWN_HZ = 48_000;
const RATES_HZ = [8000, 192_000]; // what the resampler takes

function isUsable({ sampleRateHz }) {
  const [lowest, highest] = RATES_HZ;
  return sampleRateHz >= lowest && sampleRateHz <= highest;
}

function checkDuration(durationS) {
  if (durationS > MAX_DURATION_S) {
    throw new RecordingError("too-long", { limit: MAX_DURATION_S });
  }
}

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
 * @param {Blob} file WAV, MP3, M4A, MP4, OGG, FLAC, or whatever else the browser plays
 * @returns {Promise<{channels: Float32Array[], sampleRateHz: number, duration_s: number}>}
 * @throws {RecordingError} empty, too large, too long or not a sound file
 */
export async function decodeRecording(file) {
  const bytes = await bytesOf(file);
  const header = readSoundHeader(bytes);
  checkDuration(header.durationS);
  const channels = isUsable(header) && header.layout ? wavChannels(bytes, header.layout) : null;
  return channels ? asRead(channels, header.sampleRateHz) : decodeByBrowser(bytes, header);
}

function asRead(channels, sampleRateHz) {
  return { channels, sampleRateHz, duration_s: channels[0].length / sampleRateHz };
}

/** decodeAudioData() resamples to the rate of its context: that of the file is asked for where its head tells it. */
async function decodeByBrowser(bytes, header) {
  const context = new OfflineAudioContext(1, 1, isUsable(header) ? header.sampleRateHz : RATE_IF_UNKNOWN_HZ);
  const decoded = await context.decodeAudioData(bytes).catch((cause) => {
    throw new RecordingError("unreadable", { cause });
  });
  checkDuration(decoded.duration);
  const channels = Array.from({ length: decoded.numberOfChannels }, (_, k) => decoded.getChannelData(k).slice());
  return asRead(channels, decoded.sampleRate);
}
