/** MP4 and M4A: boxes within boxes; the first sound track's describe its rate and duration (ISO 14496-12). */
import { tagAt } from "./four-characters.js";

/** @typedef {{start: number, end: number}} Span where the contents of a box lie in the file */

/**
 * @param {DataView} view
 * @param {number} start
 * @param {number} end
 * @returns {Generator<Span & {type: string}>}
 */
function* boxes(view, start, end) {
  for (let at = start; at + 8 <= end; ) {
    const isLarge = view.getUint32(at) === 1 && at + 16 <= end;
    const size = isLarge ? Number(view.getBigUint64(at + 8)) : view.getUint32(at) || end - at;
    if (size < 8) {
      return;
    }
    yield { type: tagAt(view, at + 4), start: at + (isLarge ? 16 : 8), end: Math.min(at + size, end) };
    at += size;
  }
}

/**
 * @param {DataView} view
 * @param {Span} box
 * @param {string[]} path names of boxes, each in the one before
 * @returns {Span | null}
 */
function find(view, box, [type, ...deeper]) {
  for (const child of boxes(view, box.start, box.end)) {
    if (child.type === type) {
      return deeper.length > 0 ? find(view, child, deeper) : child;
    }
  }
  return null;
}

/**
 * @param {DataView} view of a whole file that begins with a box "ftyp"
 * @returns {import("./sound-header.js").SoundHeader}
 */
export function mp4Header(view) {
  /** @type {import("./sound-header.js").SoundHeader} */
  const unknown = { format: "mp4", sampleRateHz: null, durationS: null };
  const movie = find(view, { start: 0, end: view.byteLength }, ["moov"]);
  for (const track of movie ? boxes(view, movie.start, movie.end) : []) {
    const handler = track.type !== "trak" ? null : find(view, track, ["mdia", "hdlr"]);
    if (handler && tagAt(view, handler.start + 8) === "soun") {
      return { format: "mp4", sampleRateHz: rateOf(view, track), durationS: durationOf(view, track) };
    }
  }
  return unknown;
}

/**
 * @param {DataView} view
 * @param {Span} track
 */
function rateOf(view, track) {
  const descriptions = find(view, track, ["mdia", "minf", "stbl", "stsd"]);
  const rate = descriptions && descriptions.start + 40;
  return rate && rate + 2 <= descriptions.end ? view.getUint16(rate) || null : null;
}

/**
 * @param {DataView} view
 * @param {Span} track
 */
function durationOf(view, track) {
  const header = find(view, track, ["mdia", "mdhd"]);
  if (!header || header.start + 32 > view.byteLength) {
    return null;
  }
  const isLong = view.getUint8(header.start) === 1;
  const scale = view.getUint32(header.start + (isLong ? 20 : 12));
  const units = isLong ? Number(view.getBigUint64(header.start + 24)) : view.getUint32(header.start + 16);
  return scale ? units / scale : null;
}
