import { tagAt } from "./four-characters.js";

const STREAMINFO_BYTES = 34;
const SMALLEST_BLOCK = 16; // samples
const MAGIC = "fLaC";

/**
 * STREAMINFO, with which every FLAC stream begins: 20 bits of rate, 8 of layout, 36 of length (RFC 9639, 8.2).
 * @param {DataView} view of a whole file that begins with "fLaC"
 * @returns {import("./sound-structure.js").SoundStructure}
 */
export function flacStructure(view) {
  const starts = heads(view);
  const parts = starts.map((start, n) => ({
    ranges: [{ start, end: starts[n + 1] ?? view.byteLength }], // one behind the other where files were joined
    sampleRateHz: flacRateHz(view, start),
  }));
  const lengths = starts.map((start) => statedSeconds(view, start));
  return { format: "flac", parts, statedS: lengths.every(Boolean) ? lengths.reduce((sum, each) => sum + each) : 0 };
}

/** @param {DataView} view */
function heads(view) {
  const found = [0];
  for (let at = 4; at + 8 <= view.byteLength; at++) {
    if (view.getUint8(at) === 0x66 && tagAt(view, at) === "fLaC" && view.getUint32(at + 4) === STREAMINFO_BYTES) {
      found.push(at);
    }
  }
  return found;
}

/**
 * @param {DataView} view
 * @param {number} at
 */
function statedSeconds(view, at) {
  const [sampleRateHz, info] = [flacRateHz(view, at), at + 8];
  const isThere = sampleRateHz !== null && info + 18 <= view.byteLength;
  const samples = isThere ? (view.getUint8(info + 13) & 15) * 2 ** 32 + view.getUint32(info + 14) : 0;
  return sampleRateHz ? samples / sampleRateHz : 0;
}

/**
 * @param {DataView} view
 * @param {number} at where "fLaC" stands
 */
export function flacRateHz(view, at) {
  return at + 22 <= view.byteLength ? view.getUint32(at + 18) >>> 12 || null : null;
}

/**
 * Whether a file begins with STREAMINFO, and lacks "fLaC" before it.
 * @param {DataView} view
 */
export function isHeadlessFlac(view) {
  if (view.byteLength < STREAMINFO_BYTES + 4 || (view.getUint32(0) & 0x7fffffff) !== STREAMINFO_BYTES) {
    return false;
  }
  const [smallest, largest, frame] = [view.getUint16(4), view.getUint16(6), view.getUint32(8) >>> 8];
  return smallest >= SMALLEST_BLOCK && largest >= smallest && frame <= view.getUint32(11) >>> 8 && flacRateHz(view, -4) !== null;
}

/** @param {ArrayBuffer} bytes */
export function withMagic(bytes) {
  const whole = new Uint8Array(bytes.byteLength + MAGIC.length);
  whole.set([...MAGIC].map((letter) => letter.charCodeAt(0)));
  whole.set(new Uint8Array(bytes), MAGIC.length);
  return whole.buffer;
}
