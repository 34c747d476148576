/** Why a file cannot be used. */

const EXPLANATIONS = {
  empty: "The file is empty.",
  "too-large": "The file is too large.",
  "too-long": "The recording is too long.",
  unreadable: "The file is not a sound recording that this browser can read, or it is broken.",
  silent: "The recording is silent.",
  "no-speech": "No speech was found in the recording.",
};

/** `code` is one of the keys of EXPLANATIONS, `message` is for people, `limit` the number that was passed, if one was. */
export class RecordingError extends Error {
  constructor(code, { limit, cause } = {}) {
    super(EXPLANATIONS[code], { cause });
    this.name = "RecordingError";
    this.code = code;
    this.limit = limit;
  }
}
