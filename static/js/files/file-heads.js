/** Where a sound file begins: behind what stands in front of it. cepstra/frontend/file_heads.py has the same rule. */
import { tagAt } from "./four-characters.js";

const EBML = "\x1aE\xdf\xa3";
const FIRST = ["RIFF", "RIFX", "RF64", "BW64", "riff", "FORM", "caff", ".snd", "#!AM", "0&\xb2u", EBML];
export const MP4_BOXES = ["ftyp", "moov", "mdat", "wide", "free", "skip"];
const SEARCHED_BYTES = 2 ** 16;
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
    if (isHead(view, at)) {
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
    const size = at + 6;
    at += TAG_HEAD_BYTES + [0, 1, 2, 3].reduce((sum, k) => (sum << 7) | (view.getUint8(size + k) & 127), 0);
  }
  return at;
}

/**
 * @param {DataView} view
 * @param {number} at
 */
function isHead(view, at) {
  switch (tagAt(view, at)) {
    case "OggS":
      return at + 6 <= view.byteLength && view.getUint16(at + 4) === 2; // the first page of a stream
    case "fLaC":
      return at + 8 <= view.byteLength && view.getUint32(at + 4) === 0x22;
    case "RIFF":
      return tagAt(view, at + 8) === "WAVE";
    case EBML:
      return at + 5 <= view.byteLength && (view.getUint8(at + 4) === 1 || view.getUint8(at + 4) >= 0x80);
    default:
      return tagAt(view, at + 4) === "ftyp" && view.getUint32(at) < 256;
  }
}
