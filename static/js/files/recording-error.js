/** Why a sound file cannot be used. */
import { CepstraError } from "../errors.js";

/**
 * @typedef {object} Details
 * @property {number} [limit] bytes or seconds that were passed
 * @property {string} [kind] of sound, by its name; a rate
 * @property {number} [read_s] seconds that could be read,
 * @property {number} [whole_s] of so many, where that is known
 * @property {unknown} [cause]
 */

/** @type {Record<string, [title: string, advice: string] | ((details: Details) => [title: string, advice: string])>} */
const TEXTS = {
  empty: ["The file is empty.", "Choose another one."],
  "too-large": ["The file is too large.", "Choose a shorter recording, or a compressed one."],
  "too-long": ["The recording is too long.", "Cut it, or choose a shorter one."],
  unreadable: ["This is no sound recording that the browser can read, or it is broken.", "Choose a WAV, MP3, M4A, OGG or FLAC file."],
  unsupported: ({ kind }) => [
    `The sound is of a kind that this browser cannot read: ${kind}.`,
    "Choose a WAV, MP3 or FLAC file, or use the command line: cepstra features.",
  ],
  "sample-rate": ({ kind }) => [`The recording has a sample rate of ${kind}; 8000 to 192000 Hz are read.`, "Choose another one."],
  packed: ({ kind }) => [`The file is packed: ${kind}.`, "Unpack it, and choose the recordings in it."],
  "changed-as-text": ["The file was changed on its way as text is.", "Copy it again, in binary mode."],
  protected: ["The recording is protected against copying.", "Choose one that is not."],
  "cut-short": ({ read_s = 0, whole_s }) => [
    `The recording is cut short or damaged: ${read_s.toFixed(1)} s${whole_s ? ` of ${whole_s.toFixed(1)} s` : ""} could be read.`,
    "Copy the whole file again.",
  ],
  "no-samples": ["The file holds no sound.", "Choose another one."],
  "two-voices": [
    "Two channels hold a voice each, as of a telephone call.",
    "Choose a recording of one side, or use the command line: cepstra features --channel left.",
  ],
  silent: ["The recording is silent.", "Check the microphone it was made with, or choose another one."],
  "no-speech": ["No speech was found in the recording.", "Choose one in which somebody speaks up."],
};

/** Every code there is. */
export const RECORDING_CODES = Object.freeze(Object.keys(TEXTS));

/** `code` is a key of TEXTS; the details are those that the code has. */
export class RecordingError extends CepstraError {
  /**
   * @param {string} code
   * @param {Details} [details]
   */
  constructor(code, details = {}) {
    const words = TEXTS[code];
    const [title, advice] = typeof words === "function" ? words(details) : words;
    super(code, { title, advice, cause: details.cause });
    this.name = "RecordingError";
    this.limit = details.limit;
    this.kind = details.kind;
    this.read_s = details.read_s;
    this.whole_s = details.whole_s;
  }
}
