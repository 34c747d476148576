/** Bodies of requests: JSON, gzipped where the browser can and where it pays. */

const WORTHWHILE_BYTES = 1000;

/**
 * @typedef {object} Packed
 * @property {string | Uint8Array<ArrayBuffer>} body
 * @property {Record<string, string>} headers that say what it is
 * @property {number} plainBytes of the JSON
 * @property {number} packedBytes of what is sent
 */

/**
 * @param {unknown} value
 * @returns {Promise<Packed>}
 */
export async function packJson(value) {
  const text = JSON.stringify(value);
  const plain = new TextEncoder().encode(text);
  const headers = { "Content-Type": "application/json" };
  if (plain.length < WORTHWHILE_BYTES || !globalThis.CompressionStream) {
    return { body: text, headers, plainBytes: plain.length, packedBytes: plain.length };
  }
  const packed = await gzip(plain);
  const gzipped = { ...headers, "Content-Encoding": "gzip" };
  return { body: packed, headers: gzipped, plainBytes: plain.length, packedBytes: packed.length };
}

/** @param {Uint8Array<ArrayBuffer>} bytes */
async function gzip(bytes) {
  const stream = new Blob([bytes]).stream().pipeThrough(new CompressionStream("gzip"));
  return new Uint8Array(await new Response(stream).arrayBuffer());
}
