/** MP4 and M4A: boxes within boxes; the sound tracks' describe rate and duration (ISO 14496-12). */
import { tagAt } from "./four-characters.js";

const EVEN_TIMES_BYTES = 24; // one duration for all frames, another for the last
const MOOF = 0x6d6f6f66; // "moof"
const FREE = [..."free"].map((letter) => letter.charCodeAt(0)); // a box that nobody reads

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
export function find(view, box, [type, ...deeper]) {
  for (const child of boxes(view, box.start, box.end)) {
    if (child.type === type) {
      return deeper.length > 0 ? find(view, child, deeper) : child;
    }
  }
  return null;
}

/**
 * @param {DataView} view of a whole file of boxes
 * @returns {import("./sound-structure.js").SoundStructure}
 */
export function mp4Structure(view) {
  const files = joinedFiles(view);
  const spans = files.map(({ start, end }) => ({ start, end: Math.min(end, view.byteLength) }));
  const movies = spans.map((span) => soundOf(view, span));
  const [{ track, tracks }] = movies;
  const durationS = movies.reduce((sum, movie) => sum + movie.durationS, 0);
  return {
    format: "mp4",
    codec: track && codecOf(view, track),
    parts: spans.map((span, n) => ({ ranges: [span], sampleRateHz: movies[n].rateHz })),
    tracks: files.length === 1 ? tracks.map((each) => ({ hideAt: [each.start - 4], hideBy: FREE, codec: codecOf(view, each) })) : [],
    durationS,
    missingS: files.length === 1 && track ? lostFragmentsS(view, track, files[0].fragments) : 0,
    isBinding: movies.every((movie) => movie.tracks.length < 2 && (!movie.track || isEven(view, movie.track))),
    statedS: files.some(({ types }) => types.has("moof")) ? 0 : durationS,
    isComplete: files.every(({ types, end }) => types.has("moov") && end <= view.byteLength),
  };
}

/**
 * Whether frames follow one another: gaps that a recorder leaves in time are no missing sound.
 * @param {DataView} view
 * @param {Span} track
 */
function isEven(view, track) {
  const times = find(view, track, ["mdia", "minf", "stbl", "stts"]);
  return !times || times.end - times.start <= EVEN_TIMES_BYTES;
}

/**
 * The boxes of the tracks that hold sound.
 * @param {DataView} view
 * @param {Span} file
 */
export function soundTracks(view, file) {
  const movie = find(view, file, ["moov"]);
  return [...(movie ? boxes(view, movie.start, movie.end) : [])].filter((box) => {
    const handler = box.type === "trak" && find(view, box, ["mdia", "hdlr"]);
    return handler && tagAt(view, handler.start + 8) === "soun";
  });
}

/**
 * @param {DataView} view
 * @param {Span} file
 */
function soundOf(view, file) {
  const movie = find(view, file, ["moov"]);
  const tracks = soundTracks(view, file);
  const [track] = tracks;
  return { tracks, track, rateHz: track ? rateOf(view, track) : null, durationS: movie && track ? durationOf(view, track, movie) : 0 };
}

/**
 * Several of files joined to one; the end of the last box lies beyond the file's where it is torn.
 * @param {DataView} view
 * @returns {(Span & {types: Set<string>, fragments: Span[]})[]}
 */
function joinedFiles(view) {
  /** @type {(Span & {types: Set<string>, fragments: Span[]})[]} */
  const files = [{ start: 0, end: 0, types: new Set(), fragments: [] }];
  for (const { type, at, end, isWhole } of topBoxes(view)) {
    let file = files[files.length - 1];
    if (type === "ftyp" && (file.types.has("moov") || file.types.has("mdat"))) {
      file = { start: at, end: at, types: new Set(), fragments: [] };
      files.push(file);
    }
    file.types.add(type);
    file.end = end;
    file.fragments.push(...(isWhole && type === "moof" ? [{ start: at + 8, end: file.end }] : []));
  }
  return files;
}

/**
 * Boxes of a file that are in none; what runs to its end, or is none, is not whole.
 * @param {DataView} view
 */
export function* topBoxes(view) {
  for (let at = 0; at + 8 <= view.byteLength; ) {
    const length = lengthAt(view, at);
    const end = length >= 8 ? at + length : view.byteLength;
    const isWhole = length >= 8 && end <= view.byteLength;
    yield { type: tagAt(view, at + 4), at, end, isWhole };
    at = isWhole ? end : nextFragment(view, at + 8);
  }
}

/**
 * How long a box is, its head included.
 * @param {DataView} view
 * @param {number} at
 */
function lengthAt(view, at) {
  const size = view.getUint32(at);
  return size === 1 && at + 16 <= view.byteLength ? Number(view.getBigUint64(at + 8)) : size;
}

/**
 * Where the next fragment begins; the end of the file, if none does.
 * @param {DataView} view
 * @param {number} from
 */
function nextFragment(view, from) {
  for (let at = from; at + 8 <= view.byteLength; at += 1) {
    if (view.getUint32(at + 4) === MOOF) {
      return at;
    }
  }
  return view.byteLength;
}

/**
 * What of a track was in lost fragments: they are numbered (ISO 14496-12, 8.8), and all alike.
 * @param {DataView} view
 * @param {Span} track
 * @param {Span[]} fragments
 */
function lostFragmentsS(view, track, fragments) {
  const head = find(view, track, ["tkhd"]);
  const id = head ? view.getUint32(head.start + (view.getUint8(head.start) === 1 ? 20 : 12)) : 0;
  const [, scale] = lengthIn(view, find(view, track, ["mdia", "mdhd"]));
  let lost = 0;
  /** @type {{number: number, n: number, time: number} | null} */
  let before = null;
  for (const [n, box] of fragments.entries()) {
    const [number, time] = [numberOf(view, box), timeOf(view, box, id)];
    if (time === null) {
      continue;
    }
    const steps = before ? number - before.number : 0;
    if (before && steps > n - before.n) {
      lost += Math.max(0, time - before.time) * (1 - (n - before.n) / steps);
    }
    before = { number, n, time };
  }
  return scale ? lost / scale : 0;
}

/**
 * @param {DataView} view
 * @param {Span} fragment
 */
function numberOf(view, fragment) {
  const head = find(view, fragment, ["mfhd"]);
  return head && head.start + 8 <= view.byteLength ? view.getUint32(head.start + 4) : 0;
}

/**
 * When a track goes on in a fragment; null where it is not in it.
 * @param {DataView} view
 * @param {Span} fragment
 * @param {number} id of the track
 */
function timeOf(view, fragment, id) {
  for (const run of boxes(view, fragment.start, fragment.end)) {
    const [head, time] = run.type === "traf" ? [find(view, run, ["tfhd"]), find(view, run, ["tfdt"])] : [null, null];
    if (head && time && time.start + 12 <= view.byteLength && view.getUint32(head.start + 4) === id) {
      return numberAt(view, time.start + 4, view.getUint8(time.start) === 1);
    }
  }
  return null;
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
 * The four characters that name how the sound is encoded.
 * @param {DataView} view
 * @param {Span} track
 */
function codecOf(view, track) {
  const descriptions = find(view, track, ["mdia", "minf", "stbl", "stsd"]);
  return descriptions ? tagAt(view, descriptions.start + 12) : "";
}

/**
 * Seconds of a track, or of what its edits leave of it.
 * @param {DataView} view
 * @param {Span} track
 * @param {Span} movie
 */
function durationOf(view, track, movie) {
  const [wholeS] = lengthIn(view, find(view, track, ["mdia", "mdhd"]));
  const [, scale] = lengthIn(view, find(view, movie, ["mvhd"]));
  const edits = find(view, track, ["edts", "elst"]);
  const keptS = edits && scale ? ticksKept(view, edits) / scale : 0;
  return keptS > 0 ? Math.min(wholeS, keptS) : wholeS;
}

/**
 * Ticks of the movie that the edits show; those of an empty one are a late start.
 * @param {DataView} view
 * @param {Span} edits
 */
function ticksKept(view, edits) {
  const isLong = edits.start + 8 <= edits.end && view.getUint8(edits.start) === 1;
  const bytes = isLong ? 8 : 4;
  let kept = 0;
  for (let at = edits.start + 8; at + 2 * bytes + 4 <= edits.end; at += 2 * bytes + 4) {
    const isEmpty = view.getInt32(at + bytes) === -1;
    kept += isEmpty ? 0 : numberAt(view, at, isLong);
  }
  return kept;
}

/**
 * Seconds and ticks a second, by the header of a movie or track.
 * @param {DataView} view
 * @param {Span | null} header
 */
function lengthIn(view, header) {
  if (!header || header.start + 32 > view.byteLength) {
    return [0, 0];
  }
  const isLong = view.getUint8(header.start) === 1;
  const at = header.start + (isLong ? 20 : 12);
  const scale = view.getUint32(at);
  return [scale ? numberAt(view, at + 4, isLong) / scale : 0, scale];
}

/**
 * @param {DataView} view
 * @param {number} at
 * @param {boolean} isLong 8 bytes, not 4
 */
function numberAt(view, at, isLong) {
  return isLong ? Number(view.getBigUint64(at)) : view.getUint32(at);
}
