/** Why a sound file cannot be used. */
import { CepstraError } from "../cepstra-error.js";

/** @type {Record<string, [title: string, advice: string]>} */
const TEXTS = {
  empty: ["The file is empty.", "Choose another one."],
  "too-large": ["The file is too large.", "Choose a shorter recording, or a compressed one."],
  "too-long": ["The recording is too long.", "Cut it, or choose a shorter one."],
  unreadable: ["This is no sound recording that the browser can read.", "Choose a WAV, MP3, M4A, OGG or FLAC file."],
  silent: ["The recording is silent.", "Check the microphone it was made with, or choose another one."],
  "no-speech": ["No speech was found in the recording.", "Choose one in which somebody speaks up."],
};

/** `code` is a key of TEXTS; `limit` is the number of bytes or seconds that was passed, if one was. */
export class RecordingError extends CepstraError {
  /**
   * @param {string} code
   * @param {{limit?: number, cause?: unknown}} [details]
   */
  constructor(code, { limit, cause } = {}) {
    const [title, advice] = TEXTS[code];
    super(code, { title, advice, cause });
    this.name = "RecordingError";
    this.limit = limit;
  }
}
