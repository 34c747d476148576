/** Where a sound file begins: behind what stands in front of it. cepstra/frontend/file_heads.py has the same rule. */
import { tagAt } from "./four-characters.js";

const EBML = "\x1aE\xdf\xa3";
export const OWN = ["wvpk", "TTA1", "NIST"]; // which may hold the head of the WAV they were made of
const FIRST = [...OWN, "RIFF", "RIFX", "RF64", "BW64", "riff", "FORM", "caff", ".snd", "#!AM", "0&\xb2u", EBML];
export const MP4_BOXES = ["ftyp", "moov", "mdat", "wide", "free", "skip"];
const SEARCHED_BYTES = 2 ** 16;
const SEARCHED_KINDS = ["ogg", "flac", "wav", "matroska", "mp4"];
const ID3_FOOTER = 0x10; // a flag: ten bytes stand behind the tag
const TAG_HEAD_BYTES = 10;
const PACKED = [["PK\x03\x04", "ZIP"], ["\x1f\x8b\b", "gzip"], ["7z\xbc\xaf", "7z"], ["Rar!", "RAR"], ["BZh", "bzip2"], ["\xfd7zX", "xz"]];
const LOOKED_AT_BYTES = 2 ** 20;
const FEWEST_LINE_FEEDS = 16; // of which none is without a carriage return by chance
const [CR, LF] = [13, 10];
const [TAR_MAGIC, TAR_MAGIC_AT] = ["usta", 257];

/**
 * How a file is packed; undefined where it is not.
 * @param {DataView} view of a whole file
 */
export function packedAs(view) {
  if (tagAt(view, TAR_MAGIC_AT) === TAR_MAGIC) {
    return "tar";
  }
  return PACKED.find(([tag]) => tagAt(view, 0).startsWith(tag))?.[1];
}

/**
 * Whether a transfer took the file for text, and put CRLF for every LF.
 * @param {DataView} view of a whole file
 */
export function isChangedAsText(view) {
  let lines = 0;
  for (let at = 0; at < Math.min(view.byteLength, LOOKED_AT_BYTES); at += 1) {
    if (view.getUint8(at) === LF) {
      if (at === 0 || view.getUint8(at - 1) !== CR) {
        return false;
      }
      lines += 1;
    }
  }
  return lines >= FEWEST_LINE_FEEDS;
}

/**
 * Behind tags of a music player (ID3), and what a transfer left.
 * @param {DataView} view of a whole file
 */
export function beginningOf(view) {
  const start = behindTags(view, 0);
  if (FIRST.includes(tagAt(view, start)) || MP4_BOXES.includes(tagAt(view, start + 4))) {
    return start;
  }
  for (let at = start; at < Math.min(view.byteLength - 4, start + SEARCHED_BYTES); at += 1) {
    if (SEARCHED_KINDS.includes(headKind(view, at) ?? "")) {
      return at;
    }
  }
  return 0;
}

/**
 * Where the tags end that begin at a place, if any do.
 * @param {DataView} view
 * @param {number} start
 */
export function behindTags(view, start) {
  let at = start;
  while (at + TAG_HEAD_BYTES <= view.byteLength && tagAt(view, at).startsWith("ID3")) {
    const [flags, size] = [view.getUint8(at + 5), at + 6];
    at += (flags & ID3_FOOTER ? 2 : 1) * TAG_HEAD_BYTES + [0, 1, 2, 3].reduce((sum, k) => (sum << 7) | (view.getUint8(size + k) & 127), 0);
  }
  return at;
}

/**
 * Whether only zeros stand from a place on, as on a disk that gave more than was used.
 * @param {DataView} view
 * @param {number} start
 */
export function isFilled(view, start) {
  for (let at = start; at < view.byteLength; at += 1) {
    if (view.getUint8(at) !== 0) {
      return false;
    }
  }
  return true;
}

/**
 * The format whose head stands at a place; null where none does.
 * @param {DataView} view
 * @param {number} at
 */
export function headKind(view, at) {
  if (at + 12 > view.byteLength) {
    return null;
  }
  const [first, second, third] = [view.getUint32(at), view.getUint32(at + 4), view.getUint32(at + 8)];
  if (second === FTYP) {
    return first < 256 ? "mp4" : null;
  }
  const known = KINDS.get(first);
  return known?.fits(second, third, view, at) ? known.kind : null;
}

/**
 * The four characters as a number.
 * @param {string} tag
 */
function word(tag) {
  return [...tag].reduce((sum, letter) => sum * 256 + letter.charCodeAt(0), 0);
}

const FTYP = word("ftyp");
const WAVE = word("WAVE");
const EBML_FIRST = [0x4282, 0x4285, 0x4286, 0x4287, 0x42f2, 0x42f3, 0x42f7]; // elements of its head
/** @typedef {(second: number, third: number, view: DataView, at: number) => boolean} Fits */
/**
 * Heads by their first four bytes: the format, and whether the next bytes are of it.
 * @type {[tag: string, kind: string, fits: Fits][]}
 */
const HEADS = [
  ["OggS", "ogg", (second) => second >>> 16 === 2], // the first page of a stream
  ["fLaC", "flac", (second) => (second & 0x7fffffff) === 0x22],
  ["RIFF", "wav", (_, third) => third === WAVE],
  ["RF64", "wav", (_, third) => third === WAVE],
  ["BW64", "wav", (_, third) => third === WAVE],
  [EBML, "matroska", (second, _, view, at) => isEbml(second, view, at)],
  ["#!AM", "amr", (second) => [0x520a, 0x522d].includes(second >>> 16)],
  ["FORM", "aiff", (_, third) => third >>> 8 === 0x414946],
  ["caff", "caf", (second) => second === 0x10000],
  ["FLV\x01", "flv", (second) => (second & 0xffffff) === 0],
  [".snd", "au", (second) => second < 256],
  ["0&\xb2u", "asf", (second) => second === 0x8e66cf11],
  ["riff", "w64", (second) => second === 0x2e91cf11],
];
const KINDS = new Map(HEADS.map(([tag, kind, fits]) => [word(tag), { kind, fits }]));
const BEGINNINGS = new Uint8Array(256);
[0, "I".charCodeAt(0), ...[...KINDS.keys()].map((magic) => magic >>> 24)].forEach((byte) => (BEGINNINGS[byte] = 1)); // MP4, ID3

/**
 * Whether a head or a tag may begin with a byte.
 * @param {number} byte
 */
export function mayBegin(byte) {
  return BEGINNINGS[byte] === 1;
}

/**
 * @param {number} second word of a head
 * @param {DataView} view
 * @param {number} at
 */
function isEbml(second, view, at) {
  const start = second >>> 24 === 1 ? at + 12 : second >>> 31 ? at + 5 : null;
  return start !== null && start + 2 <= view.byteLength && EBML_FIRST.includes(view.getUint16(start));
}
