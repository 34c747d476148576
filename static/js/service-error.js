/** What the service, or the way to it, answered instead of a reply. */
import { CepstraError, TEXTS } from "./cepstra-error.js";

// A plain 500 is left out: the same call would fail the same way.
const TEMPORARY = [0, 408, 429, 502, 503, 504];

const CODE_OF_STATUS = new Map([
  [401, "signed-out"],
  [403, "not-allowed"],
  [404, "not-found"],
  [408, "server-timeout"],
  [429, "too-many-calls"],
]);

// Refusals (401, 403, 409) name the part of the request that stands in the way.
const CODE_OF_FIELD = new Map([
  ["password", "wrong-password"],
  ["consent", "consent-missing"],
  ["challenge", "challenge-closed"],
  ["digit", "too-few-digits"],
  ["check_digit", "wrong-digit"],
  ["frontend", "other-front-end"],
  ["mfcc", "repeated-frames"],
]);

/**
 * @param {number} status
 * @param {Record<string, string[]>} errors
 */
function codeOf(status, errors) {
  if (status >= 500) {
    return "server-failed";
  }
  if (status === 429 && Object.keys(errors).length) {
    return "locked";
  }
  if ([401, 403, 409].includes(status)) {
    const named = Object.keys(errors).find((field) => CODE_OF_FIELD.has(field));
    if (named) {
      return /** @type {string} */ (CODE_OF_FIELD.get(named));
    }
  }
  if (status === 409) {
    return "not-enrolled";
  }
  return CODE_OF_STATUS.get(status) ?? "not-understood";
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
    const retryAfterS = retryAfter === null ? null : Number(retryAfter);
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
