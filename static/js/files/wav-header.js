/** RIFF WAVE, whatever its sizes say: "fmt " tells the layout, "data" holds the samples. As cepstra/frontend/wav.py. */
import { tagAt } from "./four-characters.js";

const PCM = 1;
const EXTENSIBLE = 0xfffe; // the encoding proper then stands further on
/** The latter two hold sizes of 64 bits, in the chunk "ds64". */
export const WAV_FILES = ["RIFF", "RF64", "BW64"];
const NO_SIZE = 0x7fff0000; // and more: written to a pipe, whose end was not known
const LOOKED_AT_SAMPLES = 2 ** 18;
const CHUNKS = ["data", "fmt ", "LIST", "fact", "cue ", "smpl", "bext", "id3 ", "ID3 ", "PEAK", "JUNK", "inst", "iXML", "afsp", "RIFF"];
const TAGS = ["ID3", "TAG", "APE"]; // of music players, behind the sound

/**
 * How the samples lie in the file.
 * @typedef {object} Layout
 * @property {number} encoding 1: whole numbers, 3: floating point
 * @property {number} channels
 * @property {number} sampleRateHz
 * @property {number} bits that a sample takes
 * @property {number} gain that brings the samples to [-1, 1]
 * @property {number} dataAt
 * @property {number} dataBytes that are there
 */

/**
 * @param {DataView} view of a whole file that begins with "RIFF" and "WAVE"
 * @returns {import("./sound-structure.js").SoundStructure}
 */
export function wavStructure(view) {
  /** @type {import("./sound-structure.js").Part[]} */
  const parts = [];
  let format = 0; // where the chunk "fmt " begins
  for (const { tag, at, size } of chunks(view)) {
    format = tag === "fmt " && at + 24 <= view.byteLength ? at : format;
    parts.push(...(tag === "data" && format ? partAt(view, format, at + 8, size) : []));
  }
  return { format: format ? "wav" : null, parts };
}

/** @param {DataView} view */
function* chunks(view) {
  for (let at = 12, longSize = 0; at + 8 <= view.byteLength; ) {
    const tag = tagAt(view, at);
    if (WAV_FILES.includes(tag)) {
      at += 12; // another file, joined to this one
      continue;
    }
    const told = view.getUint32(at + 4, true);
    longSize = tag === "ds64" && at + 24 <= view.byteLength ? Number(view.getBigUint64(at + 16, true)) : longSize;
    const size = tag === "data" ? statedBytes(view, at, told, longSize) : told;
    yield { tag, at, size };
    at += 8 + size + (size % 2 && !CHUNKS.includes(tagAt(view, at + 8 + size)) ? 1 : 0); // padding may be forgotten
  }
}

/**
 * What a chunk "data" says of its size; what is there, where it says nothing.
 * @param {DataView} view
 * @param {number} at
 * @param {number} size
 * @param {number} longSize of 64 bits, where the file has one
 */
function statedBytes(view, at, size, longSize) {
  const there = view.byteLength - at - 8;
  const stated = size >= NO_SIZE ? longSize || there : size;
  const goesOn = stated < there && ![stated, stated + (stated % 2)].some((bytes) => beginsChunk(view, at + 8 + bytes));
  return goesOn ? there : stated;
}

/**
 * Whether something else than sound begins there, or no more than padding is left.
 * @param {DataView} view
 * @param {number} at
 */
function beginsChunk(view, at) {
  const tag = tagAt(view, at);
  if (at + 8 > view.byteLength || CHUNKS.includes(tag) || TAGS.includes(tag.slice(0, 3))) {
    return true;
  }
  return /^[ -~]{4}$/.test(tag) && at + 8 + view.getUint32(at + 4, true) <= view.byteLength;
}

/**
 * @param {DataView} view
 * @param {number} format where the chunk "fmt " begins
 * @param {number} dataAt
 * @param {number} stated bytes
 * @returns {import("./sound-structure.js").Part[]} none where there are no samples
 */
function partAt(view, format, dataAt, stated) {
  const dataBytes = Math.min(stated, view.byteLength - dataAt);
  const layout = layoutAt(view, format, dataAt, dataBytes);
  if (dataBytes === 0) {
    return [];
  }
  const formatBytes = 8 + Math.min(view.getUint32(format + 4, true), 64);
  const head = cleanHead(view, format, formatBytes, dataBytes);
  const ranges = [{ start: dataAt, end: dataAt + dataBytes }];
  return [{ ranges, head, layout, sampleRateHz: layout.sampleRateHz, statedShare: stated / dataBytes }];
}

/**
 * @param {DataView} view
 * @param {number} format
 * @param {number} dataAt
 * @param {number} dataBytes
 * @returns {Layout}
 */
function layoutAt(view, format, dataAt, dataBytes) {
  const at = format + 8;
  const isExtended = view.getUint16(at, true) === EXTENSIBLE && Math.min(view.getUint32(format + 4, true), view.byteLength - at) >= 26;
  const encoding = view.getUint16(isExtended ? at + 24 : at, true);
  const channels = view.getUint16(at + 2, true);
  const told = view.getUint16(at + 14, true);
  const valid = (isExtended && view.getUint16(at + 18, true)) || told;
  const is24In32 = encoding === PCM && valid === 24 && view.getUint16(at + 12, true) === 4 * channels;
  const gain = is24In32 && isLow(view, dataAt, dataBytes) ? 256 : 1;
  return { encoding, channels, sampleRateHz: view.getUint32(at + 4, true), bits: is24In32 ? 32 : told, gain, dataAt, dataBytes };
}

/**
 * Whether the highest of four bytes only repeats the sign: the sample then lies in the three below.
 * @param {DataView} view
 * @param {number} dataAt
 * @param {number} dataBytes
 */
function isLow(view, dataAt, dataBytes) {
  for (let n = 0; n < Math.min(Math.floor(dataBytes / 4), LOOKED_AT_SAMPLES); n += 1) {
    const word = view.getInt32(dataAt + 4 * n, true);
    if (word >> 23 !== word >> 31) {
      return false;
    }
  }
  return true;
}

/**
 * The head of a file of these samples alone, for the browser, which believes in sizes.
 * @param {DataView} view
 * @param {number} format
 * @param {number} formatBytes
 * @param {number} dataBytes
 */
function cleanHead(view, format, formatBytes, dataBytes) {
  const head = new Uint8Array(12 + formatBytes + 8);
  const words = new DataView(head.buffer);
  head.set([..."RIFF....WAVE"].map((letter) => letter.charCodeAt(0)));
  words.setUint32(4, head.length - 8 + dataBytes, true);
  head.set(new Uint8Array(view.buffer, format, Math.min(formatBytes, view.byteLength - format)), 12);
  words.setUint32(16, formatBytes - 8, true);
  head.set([..."data"].map((letter) => letter.charCodeAt(0)), 12 + formatBytes);
  words.setUint32(16 + formatBytes, dataBytes, true);
  return head;
}
