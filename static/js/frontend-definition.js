/** Loads the definition of the front end that lies beside this module. */
import { ServiceError } from "./service-error.js";

/**
 * @param {AbortSignal} [signal]
 * @returns {Promise<import("./features.js").Frontend>}
 */
export async function loadFrontend(signal) {
  const url = new URL("./frontend.json", import.meta.url);
  const response = await fetch(url, { signal }).catch((cause) => {
    signal?.throwIfAborted();
    throw ServiceError.ofConnection(cause);
  });
  if (!response.ok) {
    throw ServiceError.ofReply(response.status, {});
  }
  return response.json();
}
