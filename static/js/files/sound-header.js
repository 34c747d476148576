/** What a sound file tells before it is decoded: format, sample rate and duration. */
import { flacHeader } from "./flac-header.js";
import { tagAt } from "./four-characters.js";
import { mp3Header, skipId3 } from "./mp3-header.js";
import { mp4Header } from "./mp4-header.js";
import { oggHeader } from "./ogg-header.js";
import { wavHeader } from "./wav-header.js";

/**
 * Null for what is not known.
 * @typedef {object} SoundHeader
 * @property {string | null} format
 * @property {number | null} sampleRateHz at which decoding resamples nothing
 * @property {number | null} durationS
 * @property {import("./wav-header.js").Layout & {dataAt: number, dataBytes: number}} [layout] of WAV
 */

/**
 * @param {ArrayBuffer} bytes the whole file
 * @returns {SoundHeader}
 */
export function readSoundHeader(bytes) {
  const view = new DataView(bytes);
  const start = skipId3(view);
  if (tagAt(view, 0) === "RIFF" && tagAt(view, 8) === "WAVE") {
    return wavHeader(view);
  }
  if (tagAt(view, 4) === "ftyp") {
    return mp4Header(view);
  }
  if (tagAt(view, 0) === "OggS") {
    return oggHeader(view);
  }
  if (tagAt(view, start) === "fLaC") {
    return flacHeader(view, start);
  }
  return mp3Header(view, start) ?? { format: null, sampleRateHz: null, durationS: null };
}
