/** Sends until the service answers: what was said once need not be said again. */
import { ServiceError } from "./errors.js";

const FIRST_WAIT_MS = 1000;
const LONGEST_WAIT_MS = 10_000;

/**
 * @param {number} ms
 * @param {AbortSignal} signal
 * @returns {Promise<void>}
 */
function wait(ms, signal) {
  return new Promise((resolve, reject) => {
    signal.throwIfAborted();
    const giveUp = () => {
      clearTimeout(timer);
      reject(signal.reason);
    };
    const timer = setTimeout(() => {
      signal.removeEventListener("abort", giveUp);
      resolve();
    }, ms);
    signal.addEventListener("abort", giveUp, { once: true });
  });
}

/**
 * @typedef {object} Outage
 * @property {ServiceError} error why there was no answer
 * @property {number} tries so far
 * @property {number} retryInMs when the same is sent again
 */

/**
 * Calls `send` until it resolves, or fails in a way that sending again cannot mend.
 * @template T
 * @param {() => Promise<T>} send
 * @param {object} options
 * @param {AbortSignal} options.signal ends the waiting
 * @param {(outage: Outage) => void} [options.onOutage] told before every wait
 * @param {() => void} [options.onRecovered] told once the service answers again
 * @param {number} [options.firstWaitMs] doubles each time, up to ten seconds
 * @returns {Promise<T>}
 */
export async function sendWithRetry(
  send,
  { signal, onOutage = () => {}, onRecovered = () => {}, firstWaitMs = FIRST_WAIT_MS },
) {
  for (let tries = 1; ; tries += 1) {
    signal.throwIfAborted();
    try {
      const reply = await send();
      if (tries > 1) {
        onRecovered();
      }
      return reply;
    } catch (error) {
      if (!(error instanceof ServiceError && error.isTemporary)) {
        throw error;
      }
      const growing = Math.min(firstWaitMs * 2 ** (tries - 1), LONGEST_WAIT_MS);
      const retryInMs = error.retryAfterS === null ? growing : error.retryAfterS * 1000;
      onOutage({ error, tries, retryInMs });
      await wait(retryInMs, signal);
    }
  }
}
