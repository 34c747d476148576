/**
 * Rejects with the signal's reason as soon as it is aborted, for what cannot be stopped, or may never settle.
 * @template T
 * @param {Promise<T>} promise
 * @param {AbortSignal} [signal]
 * @param {(late: T) => unknown} [giveBack] gets what comes afterwards
 * @returns {Promise<T>}
 */
export function unlessAborted(promise, signal, giveBack = () => {}) {
  return new Promise((resolve, reject) => {
    const giveUp = () => {
      reject(signal?.reason);
      promise.then(giveBack, () => {});
    };
    if (signal?.aborted) {
      giveUp();
      return;
    }
    signal?.addEventListener("abort", giveUp, { once: true });
    promise.then(resolve, reject).finally(() => signal?.removeEventListener("abort", giveUp));
  });
}
