/** Everything that can go wrong in the kit, once: a code for programs, a title and a way out for people. */

/** @type {Record<string, [title: string, advice: string]>} */
export const TEXTS = {
  "microphone-insecure": [
    "The microphone is not available on this page.",
    "Browsers lend it only to pages opened over https or on this computer (localhost).",
  ],
  "microphone-unsupported": [
    "This browser cannot record.",
    "It lacks microphone access or AudioWorklet; use a current Firefox, Chrome, Edge or Safari.",
  ],
  "microphone-denied": [
    "The microphone was refused.",
    "Allow it for this page in the browser's site settings and try again.",
  ],
  "microphone-missing": ["No microphone was found.", "Connect one and try again."],
  "microphone-busy": ["The microphone could not be started.", "Close other programs that use it and try again."],
  "microphone-lost": ["The microphone was disconnected.", "Connect it and go on."],
  "microphone-silent": ["The browser does not start recording.", "Click into the page, check the sound device, try again."],
  "microphone-closed": ["The microphone was turned off.", "Turn it on and go on."],
  "microphone-failed": ["The microphone could not be opened.", "Reload the page and try again."],
  "server-unreachable": ["The server cannot be reached.", "Nothing was lost; try again."],
  "server-timeout": ["The server did not answer in time.", "Nothing was lost; try again."],
  "server-failed": ["The server has a fault.", "Nothing was lost; try again in a moment."],
  "server-garbled": ["The server's answer could not be understood.", "Check that this is the address of the service."],
  "too-many-calls": ["That was too often.", "Wait a moment and try again."],
  locked: ["Too many attempts were rejected.", "Wait, then try again."],
  "signed-out": ["You are not signed in.", "Sign in and try again."],
  "wrong-password": ["Name and password do not match.", "Check both and try again."],
  "not-allowed": ["This is not allowed.", "Ask whoever runs the service for access."],
  "consent-missing": ["Your consent is missing.", "Agree that your voice is learnt, then go on."],
  "not-found": ["This does not exist.", "Check the name."],
  "not-enrolled": ["This voice is not enrolled yet.", "Enrol it first."],
  "too-few-digits": ["Too few digits are enrolled.", "Enrol more digits first."],
  "other-front-end": ["The enrolment was made by another front end.", "Delete it and enrol again."],
  "challenge-closed": ["The digits are not valid any more.", "Ask for new ones."],
  "repeated-frames": ["This recording was sent before.", "Say the digit again."],
  "wrong-digit": ["That sounded like another digit.", "Say the digit that is shown."],
  "not-understood": ["The server refused what was sent.", "Update the page."],
  "nothing-heard": ["Nothing was heard.", "Check the microphone and speak up."],
  busy: ["Something else is being recorded.", "Wait for its end, or stop it."],
  "library-missing": ["Meyda is missing.", "The server's operator has to run “npm ci”; with a bundler, install meyda."],
};

/**
 * What the kit throws. `code` is a key of TEXTS; `title` says what is wrong, `advice` what to do about it.
 * An aborted call is none: it rejects with the signal's reason.
 */
export class CepstraError extends Error {
  /**
   * @param {string} code
   * @param {{title?: string, advice?: string, cause?: unknown}} [details] words in place of the usual ones
   */
  constructor(code, { title = TEXTS[code][0], advice = TEXTS[code][1], cause } = {}) {
    super([title, advice].filter(Boolean).join(" "), { cause });
    this.name = "CepstraError";
    this.code = code;
    this.title = title;
    this.advice = advice;
  }

  /** True when the same call may succeed later, unchanged. */
  get isTemporary() {
    return false;
  }
}
