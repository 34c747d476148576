/** Listens to the kit's events, each handler with the detail that belongs to its event. */

/** @typedef {import("../cepstra.js").CepstraEvents} CepstraEvents */

/**
 * @param {import("../cepstra.js").Cepstra} voice
 * @param {{[Type in keyof CepstraEvents]?: (detail: CepstraEvents[Type]) => unknown}} handlers
 */
export function listenTo(voice, handlers) {
  for (const [type, handle] of Object.entries(/** @type {Record<string, Function>} */ (handlers))) {
    voice.addEventListener(type, (event) => handle(/** @type {CustomEvent} */ (event).detail));
  }
}
