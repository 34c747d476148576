/** RIFF WAVE, whatever its sizes say: "fmt " tells the layout, "data" holds the samples. As cepstra/frontend/wav.py. */
import { headKind, isFilled } from "./file-heads.js";
import { tagAt } from "./four-characters.js";
import { framesAt, mpegStructure } from "./mpeg-frames.js";

const [PCM, MP3] = [1, 85];
const FRONT_CENTRE = 4; // of speakers, as a mask
const EXTENSIBLE = 0xfffe; // the encoding proper then stands further on
/** The latter two hold sizes of 64 bits, in the chunk "ds64". */
export const WAV_FILES = ["RIFF", "RF64", "BW64"];
const NO_SIZE = 0x7fff0000; // and more: written to a pipe, whose end was not known
const LOOKED_AT_BYTES = 3 * 2 ** 18; // whole samples of any width
const MOST_BITS = 32;
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
 * @property {number | null} centre which channel is in front, where the file says so
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
  const missingS = parts.reduce((sum, part) => sum + missingOf(view, part), 0);
  return { format: format ? "wav" : null, parts, missingS };
}

/**
 * Seconds between frames of MP3, which the browser passes over; of others nothing tells.
 * @param {DataView} view
 * @param {import("./sound-structure.js").Part} part
 */
function missingOf({ buffer }, { layout, ranges: [{ start, end }] }) {
  return (layout?.encoding === MP3 && mpegStructure(new DataView(buffer, start, end - start))?.missingS) || 0;
}

/**
 * Where the samples end.
 * @param {DataView} view
 */
export function wavEnd(view) {
  const ends = [...chunks(view)].filter(({ tag }) => tag === "data").map(({ at, size }) => at + 8 + size);
  return ends.length ? Math.max(...ends) : view.byteLength;
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
    if (tag === "data" && isFilled(view, at + 8 + size)) {
      return;
    }
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
  const isEnd = [stated, stated + (stated % 2)].some((bytes) => beginsChunk(view, at + 8 + bytes));
  return stated < there && !isEnd && !isFilled(view, at + 8 + stated) ? there : stated;
}

/**
 * Whether something else than sound begins there, or no more than padding is left.
 * @param {DataView} view
 * @param {number} at
 */
function beginsChunk(view, at) {
  const tag = tagAt(view, at);
  if (headKind(view, at) || framesAt(view, at)) {
    return true; // a file of another format
  }
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
  const told = view.getUint16(at + 14, true);
  const common = {
    encoding,
    channels: view.getUint16(at + 2, true),
    sampleRateHz: view.getUint32(at + 4, true),
    centre: isExtended ? centreOf(view.getUint32(at + 20, true)) : null,
    dataAt,
    dataBytes,
  };
  const isWhole = encoding === PCM && told > 8 && told <= MOST_BITS && common.channels > 0;
  return { ...common, ...(isWhole ? widthOf(view, at, common, isExtended) : { bits: told, gain: 1 }) };
}

/**
 * The bits that a sample takes, which may be more than it has, and what brings it to [-1, 1].
 * @param {DataView} view
 * @param {number} at where the contents of "fmt " begin
 * @param {Pick<Layout, "channels" | "sampleRateHz" | "dataAt" | "dataBytes">} layout
 * @param {boolean} isExtended
 */
function widthOf(view, at, { channels, sampleRateHz, dataAt, dataBytes }, isExtended) {
  const told = view.getUint16(at + 14, true);
  const valid = Math.min((isExtended && view.getUint16(at + 18, true)) || told, told);
  const block = view.getUint16(at + 12, true);
  const ofBlock = Math.floor(block / channels);
  const mayBe = ofBlock > Math.ceil(told / 8) && 8 * ofBlock <= MOST_BITS;
  const isRegular = view.getUint32(at + 8, true) === sampleRateHz * block;
  const isOfBlock = mayBe && (isRegular || Object.values(padding(view, dataAt, dataBytes, ofBlock, valid)).some(Boolean));
  const width = isOfBlock ? ofBlock : Math.ceil(told / 8);
  const { isLow } = padding(view, dataAt, dataBytes, width, valid);
  return { bits: 8 * width, gain: isLow ? 2 ** (8 * width - valid) : 1 };
}

/**
 * The place of the channel in front among those that a mask of speakers names.
 * @param {number} mask
 */
function centreOf(mask) {
  const before = mask & (FRONT_CENTRE - 1);
  return mask & FRONT_CENTRE ? (before & 1) + (before >> 1) : null;
}

/**
 * Whether the low bits of all samples are zeros, and whether the high ones only repeat the sign: samples with fewer bits
 * than their bytes have lie in the high ones, as the standard says, or in the low ones. Where both is so, as in silence, it is
 * looked on: of a recording of which all is so, the sound had fewer bits still, or is very faint.
 * @param {DataView} view
 * @param {number} dataAt
 * @param {number} dataBytes
 * @param {number} width bytes of a sample
 * @param {number} valid bits of it
 */
function padding(view, dataAt, dataBytes, width, valid) {
  const spare = 8 * width - valid;
  let [isHigh, isLow] = [true, true];
  const [all, enough] = [dataBytes, LOOKED_AT_BYTES].map((bytes) => Math.floor(bytes / width));
  for (let n = 0; n < all && (isHigh || isLow) && (n % enough > 0 || isHigh === isLow); n += 1) {
    const word = wordAt(view, dataAt + n * width, width);
    isHigh &&= (word & (2 ** spare - 1)) === 0;
    isLow &&= word >> (valid - 1) === word >> 31;
  }
  return { isHigh, isLow };
}

/**
 * A whole number of two bytes to four.
 * @param {DataView} view
 * @param {number} at
 * @param {number} width
 */
function wordAt(view, at, width) {
  const low = view.getUint16(at, true);
  return width === 2 ? (low << 16) >> 16 : width === 3 ? low | (view.getInt8(at + 2) << 16) : view.getInt32(at, true);
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
