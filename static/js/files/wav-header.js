/** RIFF WAVE: "fmt " tells the layout, "data" holds the samples. */
import { tagAt } from "./four-characters.js";

const EXTENSIBLE = 0xfffe; // the encoding proper then stands further on

/**
 * How the samples lie in the file.
 * @typedef {object} Layout
 * @property {number} encoding 1: whole numbers, 3: floating point
 * @property {number} channels
 * @property {number} sampleRateHz
 * @property {number} bytesPerSecond
 * @property {number} bits of one sample
 */

/**
 * @param {DataView} view of a whole file that begins with "RIFF" and "WAVE"
 * @returns {import("./sound-header.js").SoundHeader}
 */
export function wavHeader(view) {
  const unknown = { format: "wav", sampleRateHz: null, durationS: null };
  let layout = null;
  for (let at = 12; at + 8 <= view.byteLength; ) {
    const tag = tagAt(view, at);
    const size = view.getUint32(at + 4, true);
    if (tag === "fmt " && at + 24 <= view.byteLength) {
      layout = layoutAt(view, at + 8, size);
    }
    if (tag === "data" && layout) {
      const dataBytes = Math.min(size, view.byteLength - at - 8);
      const { sampleRateHz, bytesPerSecond } = layout;
      const durationS = bytesPerSecond ? dataBytes / bytesPerSecond : null;
      return { format: "wav", sampleRateHz, durationS, layout: { ...layout, dataAt: at + 8, dataBytes } };
    }
    at += 8 + size + (size % 2);
  }
  return unknown;
}

/**
 * @param {DataView} view
 * @param {number} at
 * @param {number} size of the description
 * @returns {Layout}
 */
function layoutAt(view, at, size) {
  const code = view.getUint16(at, true);
  const isExtended = code === EXTENSIBLE && size >= 26 && at + 26 <= view.byteLength;
  return {
    encoding: isExtended ? view.getUint16(at + 24, true) : code,
    channels: view.getUint16(at + 2, true),
    sampleRateHz: view.getUint32(at + 4, true),
    bytesPerSecond: view.getUint32(at + 8, true),
    bits: view.getUint16(at + 14, true),
  };
}
