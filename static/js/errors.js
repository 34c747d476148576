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
  "microphone-silent": [
    "The microphone delivers nothing.",
    "Check that it is connected and that no other program has taken it, click into the page and try again.",
  ],
  "microphone-closed": ["The microphone was turned off.", "Turn it on and go on."],
  "microphone-failed": ["The microphone could not be opened.", "Reload the page and try again."],
  "server-unreachable": ["The server cannot be reached.", "Nothing was lost; try again."],
  "server-timeout": ["The server did not answer in time.", "Nothing was lost; try again."],
  "server-failed": ["The server has a fault.", "Nothing was lost; try again in a moment."],
  "server-garbled": ["The server's answer could not be understood.", "Check that this is the address of the service."],
  "too-many-calls": ["That was too often.", "Wait a moment and try again."],
  locked: ["Too many attempts were rejected.", "Wait, then try again."],
  "signed-out": ["You are not signed in.", "Sign in and try again."],
  "session-old": ["This asks for your password once more.", "Sign in again, then go on."],
  "wrong-password": ["Name and password do not match.", "Check both and try again."],
  "weak-password": [
    "This password is too easy to guess.",
    "Take 15 characters or more that are not names, common words, rows of keys or repeats alone.",
  ],
  "name-taken": ["This name is taken.", "Choose another one, or sign in."],
  "name-refused": ["This name cannot be given.", "Choose another one, of characters that can be seen. “default” is nobody's name."],
  "not-invited": ["This name needs an invitation.", "Check both: an invitation is for one name, and lasts some days."],
  "not-allowed": ["This is not allowed.", "Ask whoever runs the service for access."],
  "voice-not-proven": [
    "This needs your voice first.",
    "Have it recognised by the digits that are asked for, then do this within five minutes.",
  ],
  "consent-missing": ["Your consent is missing.", "Agree that your voice is learnt, then go on."],
  "not-found": ["This does not exist.", "Check the name."],
  "not-enrolled": ["This voice is not enrolled yet.", "Enrol it first."],
  "too-few-digits": ["Too few digits are enrolled.", "Enrol more digits first."],
  "too-few-voices": ["Too few voices are enrolled.", "Enrol two people, each with more digits than an attempt has."],
  "no-profile": ["No voice is kept in this browser.", "Keep it first, while the service can be reached."],
  "wrong-passphrase": ["This passphrase does not open what is kept.", "Check it and try again."],
  "storage-refused": [
    "This browser keeps nothing for this page.",
    "Leave the private window, allow the page to keep data or make room for it, and try again.",
  ],
  "other-front-end": ["The enrolment was made by another front end.", "Delete it and enrol again."],
  "challenge-closed": ["The digits are not valid any more.", "Ask for new ones."],
  "repeated-frames": ["This recording was sent before.", "Say the digit again."],
  "wrong-digit": ["That sounded like another digit.", "Say the digit that is shown."],
  "other-voice": ["That sounded like another voice.", "Say the digit again."],
  "not-understood": ["The server refused what was sent.", "Reload the page."],
  "nothing-heard": ["Nothing was heard.", "Check the microphone and speak up."],
  "takes-poor": ["Ten recordings in a row could not be used.", "Go where it is quiet, come closer to the microphone and try again."],
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

// A plain 500 is left out: the same call would fail the same way.
const TEMPORARY = [0, 408, 429, 502, 503, 504];

/**
 * What imports a module where it is needed; without the service that fails as a call does.
 * @template T
 * @param {Promise<T>} importing
 * @returns {Promise<T>}
 */
export function loaded(importing) {
  return importing.catch((cause) => {
    throw ServiceError.ofConnection(cause);
  });
}

const CODE_OF_STATUS = new Map([
  [401, "signed-out"],
  [403, "not-allowed"],
  [404, "not-found"],
  [408, "server-timeout"],
  [429, "too-many-calls"],
]);

// Refusals (401, 403, 409) name the part of the request that stands in the way.
const REFUSED = new Map([
  ["password", "wrong-password"],
  ["session", "session-old"],
  ["invitation", "not-invited"],
  ["consent", "consent-missing"],
  ["voice", "voice-not-proven"],
  ["name", "name-taken"],
  ["challenge", "challenge-closed"],
  ["digit", "too-few-digits"],
  ["check_digit", "wrong-digit"],
  ["confirm_voice", "other-voice"],
  ["frontend", "other-front-end"],
  ["mfcc", "repeated-frames"],
]);
const CONFLICTS = new Map([
  ...REFUSED,
  ["speaker", "not-enrolled"],
  ["alias", "name-taken"],
  ["take", "name-taken"],
  ["digits", "too-few-voices"],
]);
const BAD = new Map([
  ["password", "weak-password"],
  ["name", "name-refused"],
  ["speech", "nothing-heard"],
]);
const CODE_OF_FIELD = new Map([
  [400, BAD],
  [401, REFUSED],
  [403, REFUSED],
  [409, CONFLICTS],
]);

/**
 * @param {number} status
 * @param {Record<string, string[]>} errors
 */
function codeOf(status, errors) {
  if (status >= 500) {
    return "server-failed";
  }
  const fields = Object.keys(errors);
  if (status === 429 && fields.length) {
    return "locked";
  }
  const codes = CODE_OF_FIELD.get(status);
  const named = fields.find((field) => codes?.has(field));
  return (named && codes?.get(named)) ?? CODE_OF_STATUS.get(status) ?? "not-understood";
}

/**
 * `status` is the HTTP status, 0 when no answer came; `description` and `errors` ({field: [texts]}) are the
 * service's own words.
 */
export class ServiceError extends CepstraError {
  /**
   * @param {string} code
   * @param {object} [answer]
   * @param {number} [answer.status]
   * @param {string} [answer.description]
   * @param {Record<string, string[]>} [answer.errors]
   * @param {number | null} [answer.retryAfterS]
   * @param {unknown} [answer.cause]
   */
  constructor(code, { status = 0, description = "", errors = {}, retryAfterS = null, cause } = {}) {
    const wait = retryAfterS === null ? undefined : `Try again in ${retryAfterS} s.`;
    super(code, { advice: wait ?? TEXTS[code][1], cause });
    this.name = "ServiceError";
    this.status = status;
    this.description = description;
    this.errors = errors;
    this.retryAfterS = retryAfterS;
  }

  /**
   * The error of a reply that is not in order.
   * @param {number} status
   * @param {{description?: string, errors?: Record<string, string[]>}} reply
   * @param {string | null} retryAfter the header's value
   */
  static ofReply(status, { description = "", errors = {} }, retryAfter = null) {
    const retryAfterS = /^\d+$/.test(retryAfter ?? "") ? Number(retryAfter) : null; // a proxy may send a date
    return new ServiceError(codeOf(status, errors), { status, description, errors, retryAfterS });
  }

  /** @param {{name?: string}} cause what fetch threw */
  static ofConnection(cause) {
    return new ServiceError(cause.name === "TimeoutError" ? "server-timeout" : "server-unreachable", { cause });
  }

  /** True when the same call, sent again, may succeed: no answer, or overload. A lock is meant to be waited for. */
  get isTemporary() {
    return TEMPORARY.includes(this.status) && this.code !== "locked";
  }

  /** Everything the service said, as sentences for a person. */
  get explanation() {
    const details = Object.entries(this.errors).map(([field, texts]) => `${field}: ${[texts].flat().join(" ")}`);
    const words = details.length ? details : [this.description];
    return [this.message, ...words].filter(Boolean).join(" · ");
  }
}
