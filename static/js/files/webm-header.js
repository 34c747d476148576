/** WebM and Matroska, element by element (RFC 8794, 6): whether the last one is whole, and how long the sound is. */

const EBML = 0x1a45dfa3;
const [SEGMENT, INFO, TIMESTAMP_SCALE, DURATION] = [0x18538067, 0x1549a966, 0x2ad7b1, 0x4489];
const [TRACKS, TRACK, TRACK_TYPE, SOUND] = [0x1654ae6b, 0xae, 0x83, 2];
const GONE_INTO = [SEGMENT, INFO, TRACKS, TRACK];
const SUBTITLES = 17; // what a track of sound is called to hide it
const OPUS_HZ = 48000;

/**
 * @param {DataView} view of a whole file that begins with an EBML header
 * @returns {import("./sound-structure.js").SoundStructure}
 */
export function webmStructure(view) {
  let [scale, durationS] = [1e6, 0];
  /** @type {number[]} */
  const starts = []; // several where files were joined
  /** @type {import("./sound-structure.js").Track[]} */
  const tracks = [];
  const isComplete = walk(view, ({ id, at, start, length }) => {
    if (id === EBML) {
      starts.push(at);
    }
    tracks.push(...(id === TRACK_TYPE ? soundTrack(view, start, length ?? 0) : []));
    if (id === TIMESTAMP_SCALE) {
      scale = numberAt(view, start, length ?? 0) || scale;
    }
    if (id === DURATION && start + 8 <= view.byteLength) {
      durationS += ((length === 4 ? view.getFloat32(start) : view.getFloat64(start)) * scale) / 1e9;
    }
  });
  const parts = starts.map((start, n) => ({ ranges: [{ start, end: starts[n + 1] ?? view.byteLength }], sampleRateHz: OPUS_HZ }));
  return { format: "webm", parts, tracks: parts.length === 1 ? tracks : [], statedS: durationS, durationS, isBinding: false, isComplete };
}

/**
 * @param {DataView} view
 * @param {number} start of a track's kind
 * @param {number} length
 * @returns {import("./sound-structure.js").Track[]} none where it is no sound
 */
function soundTrack(view, start, length) {
  return numberAt(view, start, length) === SOUND ? [{ hideAt: start + length - 1, hideBy: [SUBTITLES] }] : [];
}

/** @typedef {{id: number, at: number, start: number, length: number | null}} Element contents begin at `start`; length is null where it is not known */

/**
 * Returns whether all elements end within the file.
 * @param {DataView} view
 * @param {(element: Element) => void} onElement
 */
function walk(view, onElement) {
  let [at, isWhole] = [0, true];
  while (at < view.byteLength) {
    const element = elementAt(view, at);
    if (typeof element === "boolean") {
      return isWhole && element;
    }
    onElement(element);
    const { id, start, length } = element;
    isWhole &&= length === null || start + length <= view.byteLength;
    const isGoneInto = GONE_INTO.includes(id) || length === null;
    at = isGoneInto ? start : start + length;
  }
  return isWhole;
}

/**
 * @param {DataView} view
 * @param {number} at
 * @returns {Element | boolean} true where none begins: something else stands behind the last one; false where it is torn
 */
function elementAt(view, at) {
  const idBytes = Math.clz32(view.getUint8(at)) - 23;
  if (idBytes > 4) {
    return true;
  }
  const sizeAt = at + idBytes;
  const sizeBytes = sizeAt < view.byteLength ? Math.clz32(view.getUint8(sizeAt)) - 23 : 9;
  const start = sizeAt + sizeBytes;
  if (sizeBytes > 8 || start > view.byteLength) {
    return false;
  }
  const highest = (view.getUint8(sizeAt) & (0xff >> sizeBytes)) * 256 ** (sizeBytes - 1);
  const length = highest + numberAt(view, sizeAt + 1, sizeBytes - 1);
  return { id: numberAt(view, at, idBytes), at, start, length: length >= 2 ** (7 * sizeBytes) - 1 ? null : length };
}

/**
 * @param {DataView} view
 * @param {number} at
 * @param {number} bytes
 */
function numberAt(view, at, bytes) {
  let number = 0;
  for (let k = at; k < Math.min(at + bytes, view.byteLength); k += 1) {
    number = 256 * number + view.getUint8(k);
  }
  return number;
}
