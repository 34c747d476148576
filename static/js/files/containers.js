/** Files of different formats that were joined to one. cepstra/frontend/containers.py has the same rule. */
import { behindTags, headKind, mayBegin, OWN } from "./file-heads.js";
import { endOfFlacMetadata } from "./flac-header.js";
import { tagAt } from "./four-characters.js";
import { topBoxes } from "./mp4-header.js";
import { frameAt, framesAt } from "./mpeg-frames.js";
import { oggPages } from "./ogg-header.js";
import { fromBeginning } from "./sound-structure.js";
import { wavEnd } from "./wav-header.js";
import { unitAt } from "./webm-header.js";

const SEARCHED_BYTES = 2 ** 16;
const LONGEST_HEAD = 32;
const WITHOUT_END = ["flac", "amr"];
const SYNC = 0xff;

/**
 * @param {ArrayBuffer} bytes of a whole file
 * @returns {ArrayBuffer[]} the containers that were joined to it, most often one; neighbours of one format count as one
 */
export function containersOf(bytes) {
  const found = [];
  for (let rest = bytes; rest.byteLength > 0; ) {
    const view = new DataView(rest);
    const begun = framesAt(view, behindTags(view, 0)) ? rest : fromBeginning(rest);
    const size = sizeOfFirst(new DataView(begun));
    found.push(size < begun.byteLength ? begun.slice(0, size) : begun);
    rest = begun.slice(size);
  }
  return found;
}

/** @param {DataView} view */
function sizeOfFirst(view) {
  if (OWN.includes(tagAt(view, 0))) {
    return view.byteLength;
  }
  const kind = kindAt(view, 0) ?? first(places(view, 0, Math.min(view.byteLength, SEARCHED_BYTES), true), (at) => kindAt(view, at));
  if (!kind) {
    return view.byteLength;
  }
  const end = Math.min(view.byteLength, (ENDS[kind] ?? statedEnd)(view));
  const own = kind === "flac" ? syncAt(view, end) : null; // its frames of silence look like AAC
  const isOther = (/** @type {number} */ at) => syncAt(view, at) !== own && isOfOther(view, at, kind);
  const others = places(view, end, view.byteLength, WITHOUT_END.includes(kind));
  return isOther(end) ? end : (first(others, (at) => (isOther(at) ? at : null)) ?? view.byteLength);
}

/**
 * @param {DataView} view
 * @param {number} at
 */
function syncAt(view, at) {
  return at + 2 <= view.byteLength ? view.getUint16(at) : 0;
}

/**
 * The first result that is something.
 * @template T
 * @param {Iterable<number>} numbers
 * @param {(number: number) => T | null} find
 */
function first(numbers, find) {
  for (const number of numbers) {
    const found = find(number);
    if (found !== null) {
      return found;
    }
  }
  return null;
}

/**
 * The format that begins at a place, perhaps with tags.
 * @param {DataView} view
 * @param {number} at
 */
function kindAt(view, at) {
  const begin = behindTags(view, at);
  return headKind(view, begin) ?? framesAt(view, begin);
}

/**
 * @param {DataView} view
 * @param {number} at
 * @param {string} kind
 */
function isOfOther(view, at, kind) {
  const found = kindAt(view, at);
  return found !== null && found !== kind;
}

/**
 * Where heads may stand, and tags; frames too, where they are asked for.
 * @param {DataView} view
 * @param {number} from
 * @param {number} end
 * @param {boolean} withFrames
 */
function* places(view, from, end, withFrames = false) {
  for (let at = from; at + 4 <= end; at += 1) {
    const byte = view.getUint8(at);
    if ((byte === SYNC && withFrames && view.getUint8(at + 1) >= 0xe2) || (mayBegin(byte) && (headKind(view, at) !== null || isTag(view, at)))) {
      yield at;
    }
  }
}

/**
 * @param {DataView} view
 * @param {number} at
 */
function isTag(view, at) {
  return tagAt(view, at).startsWith("ID3");
}

/** @param {DataView} view */
function endOfMp4(view) {
  let end = 0;
  for (const box of topBoxes(view)) {
    if (box.at > 0 && isOfOther(view, box.at, "mp4")) {
      return box.at;
    }
    end = box.end;
  }
  return end;
}

/** @param {DataView} view */
function endOfMatroska(view) {
  for (let at = 0, end = 0; ; ) {
    if (at >= view.byteLength || (at > 0 && isOfOther(view, at, "matroska"))) {
      return at;
    }
    const { found, next, isJunk } = unitAt(view, at);
    if (!found) {
      return isJunk && at >= end ? end : view.byteLength;
    }
    end = Math.max(end, found.start + (found.length ?? 0));
    at = next;
  }
}

/** @param {DataView} view */
function endOfOgg(view) {
  let end = 0;
  for (const page of oggPages(view)) {
    if (first(places(view, end, page.start), (at) => isOfOther(view, at, "ogg") || null)) {
      return end;
    }
    end = page.end;
  }
  return end;
}

/**
 * Goes through MP3 or AAC frame by frame; what is none is passed over, up to another format.
 * @param {DataView} view
 */
function endOfFrames(view) {
  let at = behindTags(view, 0);
  let kind = framesAt(view, at);
  while (at < view.byteLength) {
    const frame = frameAt(view, at);
    if (frame && frame.format === kind) {
      at += frame.bytes;
      continue;
    }
    const next = first(places(view, at, view.byteLength, true), (place) => (kindAt(view, place) ? place : null)) ?? view.byteLength;
    if (kind && next < view.byteLength && isOfOther(view, next, kind)) {
      return next;
    }
    at = behindTags(view, next);
    kind ??= framesAt(view, at);
  }
  return view.byteLength;
}

/** @param {DataView} view */
function endOfCaf(view) {
  for (let at = 8; at + 12 <= view.byteLength; ) {
    if (isOfOther(view, at, "caf")) {
      return at;
    }
    const length = Number(view.getBigInt64(at + 4));
    at = length < 0 ? view.byteLength : at + 12 + length;
  }
  return view.byteLength;
}

/**
 * Where a file ends by its head; where its head ends, if that says nothing.
 * @param {DataView} view
 */
function statedEnd(view) {
  const begin = behindTags(view, 0);
  switch (headKind(view, begin)) {
    case "flac":
      return endOfFlacMetadata(view, begin);
    case "aiff":
      return begin + Math.max(LONGEST_HEAD, 8 + view.getUint32(begin + 4));
    case "au":
      return begin + Math.max(LONGEST_HEAD, view.getUint32(begin + 4) + view.getUint32(begin + 8));
    default:
      return begin + LONGEST_HEAD;
  }
}

/** @type {Record<string, (view: DataView) => number>} */
const ENDS = {
  wav: wavEnd,
  mp4: endOfMp4,
  matroska: endOfMatroska,
  ogg: endOfOgg,
  mp3: endOfFrames,
  aac: endOfFrames,
  caf: endOfCaf,
};
