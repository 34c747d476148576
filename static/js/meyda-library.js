/** Where the kit finds Meyda: handed in, imported by the npm entry, on the page, or beside it on the server. */
import { CepstraError } from "./cepstra-error.js";

/** @typedef {import("./features.js").Meyda} Meyda */

// A variable keeps bundlers, which bring Meyda from npm, from looking for the file.
const VENDORED = "../vendor/meyda.min.js";

/** @type {Meyda | null} */
let provided = null;

/**
 * Whatever is provided is used from now on.
 * @param {Meyda} library
 */
export function provideMeyda(library) {
  provided = library;
}

/** @returns {Meyda | null} */
function present() {
  const { Meyda } = /** @type {{Meyda?: Meyda}} */ (globalThis);
  return provided ?? Meyda ?? null;
}

/**
 * Resolves to the library; loads it from this server where the page has not.
 * @returns {Promise<Meyda>}
 */
export async function findMeyda() {
  if (!present() && globalThis.document) {
    await loadScript(new URL(VENDORED, import.meta.url));
  }
  const library = present();
  if (!library) {
    throw new CepstraError("library-missing");
  }
  return library;
}

/**
 * @param {URL} url
 * @returns {Promise<void>}
 */
function loadScript(url) {
  const { document } = globalThis;
  const script = Object.assign(document.createElement("script"), { src: url.href });
  return new Promise((resolve, reject) => {
    script.onload = () => resolve();
    script.onerror = (cause) => reject(new CepstraError("library-missing", { cause }));
    document.head.append(script);
  });
}
