/** WebM and Matroska, element by element (RFC 8794, 6): whether the last one is whole, how long the sound is, and where its times leap. */
import { LOST_S } from "./completeness.js";

const EBML = 0x1a45dfa3;
const [SEGMENT, INFO, TIMESTAMP_SCALE, DURATION] = [0x18538067, 0x1549a966, 0x2ad7b1, 0x4489];
const [TRACKS, TRACK, TRACK_TYPE, SOUND] = [0x1654ae6b, 0xae, 0x83, 2];
const [TRACK_NUMBER, CLUSTER, TIMESTAMP, SIMPLE_BLOCK, GROUP, BLOCK] = [0xd7, 0x1f43b675, 0xe7, 0xa3, 0xa0, 0xa1];
const GONE_INTO = [SEGMENT, INFO, TRACKS, TRACK, CLUSTER, GROUP];
const HOLE = 0; // what is no element, and others follow
const SUBTITLES = 17; // what a track of sound is called to hide it
const OPUS_HZ = 48000;

/**
 * @param {DataView} view of a whole file that begins with an EBML header
 * @returns {import("./sound-structure.js").SoundStructure}
 */
export function webmStructure(view) {
  let [scale, durationS, hasHoles, number, clusterTime] = [1e6, 0, false, 0, 0];
  /** @type {number[]} */
  const starts = []; // several where files were joined
  /** @type {number[]} */
  const numbers = []; // of tracks with sound
  /** @type {number[]} */
  const times = []; // when blocks of the first of them begin
  /** @type {import("./sound-structure.js").Track[]} */
  const tracks = [];
  const isComplete = walk(view, ({ id, at, start, length }) => {
    const value = (length ?? 9) <= 8 ? numberAt(view, start, length ?? 0) : 0;
    if (id === EBML) {
      starts.push(at);
    }
    hasHoles ||= id === HOLE;
    number = id === TRACK_NUMBER ? value : number;
    clusterTime = id === TIMESTAMP ? value : clusterTime;
    if (id === TRACK_TYPE && value === SOUND) {
      tracks.push({ hideAt: start + (length ?? 0) - 1, hideBy: [SUBTITLES] });
      numbers.push(number);
    }
    if ((id === SIMPLE_BLOCK || id === BLOCK) && start + 3 <= view.byteLength && view.getUint8(start) === (0x80 | numbers[0])) {
      times.push(clusterTime + view.getInt16(start + 1));
    }
    scale = id === TIMESTAMP_SCALE ? value || scale : scale;
    if (id === DURATION && start + 8 <= view.byteLength) {
      durationS += ((length === 4 ? view.getFloat32(start) : view.getFloat64(start)) * scale) / 1e9;
    }
  });
  const parts = starts.map((start, n) => ({ ranges: [{ start, end: starts[n + 1] ?? view.byteLength }], sampleRateHz: OPUS_HZ }));
  const leapsS = leaps(times.map((time) => (time * scale) / 1e9));
  const missingS = hasHoles ? leapsS : 0;
  const common = { format: "webm", parts, tracks: parts.length === 1 ? tracks : [], statedS: durationS, durationS };
  return { ...common, isBinding: hasHoles, isComplete, leapsS, missingS };
}

/**
 * Seconds between blocks beyond what is usual between two.
 * @param {number[]} times
 */
function leaps(times) {
  const steps = times.slice(1).map((time, n) => time - times[n]);
  const usual = Float64Array.from(steps).sort()[steps.length >> 1] ?? 0;
  return steps.reduce((sum, step) => sum + (step > usual + LOST_S ? step - usual : 0), 0);
}

/** @typedef {{id: number, at: number, start: number, length: number | null}} Element contents begin at `start`; length is null where it is not known */

/**
 * Returns whether all elements end within the file.
 * @param {DataView} view
 * @param {(element: Element) => void} onElement told holes, too
 */
function walk(view, onElement) {
  let [at, isWhole, knownEnd] = [0, true, 0];
  while (at < view.byteLength) {
    const element = elementAt(view, at);
    const end = element ? element.start + (element.length ?? 0) : Infinity;
    const isGoneInto = element !== null && (GONE_INTO.includes(element.id) || element.length === null);
    if (!element || element.id === HOLE || (!isGoneInto && end > view.byteLength)) {
      const next = nextCluster(view, at + 1);
      if (next === view.byteLength) {
        return isWhole && element?.id === HOLE && at >= knownEnd; // else something else stands behind the last one
      }
      onElement({ id: HOLE, at, start: at, length: 0 });
      at = next;
      continue;
    }
    onElement(element);
    isWhole &&= end <= view.byteLength;
    knownEnd = element.length === null ? knownEnd : Math.max(knownEnd, end);
    at = isGoneInto ? element.start : end;
  }
  return isWhole;
}

/**
 * @param {DataView} view
 * @param {number} from
 */
function nextCluster(view, from) {
  for (let at = from; at + 4 <= view.byteLength; at += 1) {
    if (view.getUint32(at) === CLUSTER) {
      return at;
    }
  }
  return view.byteLength;
}

/**
 * @param {DataView} view
 * @param {number} at
 * @returns {Element | null} a hole where none begins; null where it is torn within its head
 */
function elementAt(view, at) {
  const idBytes = Math.clz32(view.getUint8(at)) - 23;
  if (idBytes > 4) {
    return { id: HOLE, at, start: at, length: 0 };
  }
  const sizeAt = at + idBytes;
  const sizeBytes = sizeAt < view.byteLength ? Math.clz32(view.getUint8(sizeAt)) - 23 : 9;
  const start = sizeAt + sizeBytes;
  if (sizeBytes > 8 || start > view.byteLength) {
    return null;
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
