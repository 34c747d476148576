/** Where the kit finds Meyda: handed in, imported by the npm entry, on the page, or beside it on the server. */
import { CepstraError } from "./errors.js";

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
  if (!present()) {
    await load(new URL(VENDORED, import.meta.url));
  }
  const library = present();
  if (!library) {
    throw new CepstraError("library-missing");
  }
  return library;
}

/**
 * A worker and Node have no document; there the script, imported for its side effect, leaves its global too.
 * @param {URL} url
 */
async function load(url) {
  try {
    await (globalThis.document ? loadScript(url) : import(url.href));
  } catch (cause) {
    throw new CepstraError("library-missing", { cause });
  }
}

/**
 * By CORS, as modules come: in a page of another origin the server's policy lets nothing else through.
 * @param {URL} url
 * @returns {Promise<void>}
 */
function loadScript(url) {
  const { document } = globalThis;
  const script = Object.assign(document.createElement("script"), { src: url.href, crossOrigin: "anonymous" });
  return new Promise((resolve, reject) => {
    script.onload = () => resolve();
    script.onerror = reject;
    document.head.append(script);
  });
}
