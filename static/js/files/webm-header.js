/** WebM and Matroska, element by element (RFC 8794, 6): whether the last one is whole, how long the sound is, and where its times leap. */
import { LOST_S } from "./completeness.js";

const EBML = 0x1a45dfa3;
const [SEGMENT, INFO, TIMESTAMP_SCALE, DURATION] = [0x18538067, 0x1549a966, 0x2ad7b1, 0x4489];
const [TRACKS, TRACK, TRACK_TYPE, SOUND] = [0x1654ae6b, 0xae, 0x83, 2];
const [TRACK_NUMBER, CLUSTER, TIMESTAMP, SIMPLE_BLOCK, GROUP, BLOCK] = [0xd7, 0x1f43b675, 0xe7, 0xa3, 0xa0, 0xa1];

const HOLE = 0; // what is no element, and others follow
const SUBTITLES = 17; // what a track of sound is called to hide it
const OPUS_HZ = 48000;
const [CODEC, AUDIO, SAMPLING_FREQUENCY] = [0x86, 0xe1, 0xb5];
const GONE_INTO = [SEGMENT, INFO, TRACKS, TRACK, AUDIO, CLUSTER, GROUP];
/** @type {Record<string, string>} */
const CODECS = { A_AC3: "AC-3", A_EAC3: "E-AC-3", A_ALAC: "alac" };
const [OF_SOUND, OPUS] = ["A_", "A_OPUS"];

/**
 * What was found so far: where files begin, of tracks with sound the numbers and how to hide them, and when blocks of
 * the first of them begin.
 */
class Found {
  scale = 1e6;
  durationS = 0;
  /** @type {string[]} */
  codecs = [];
  /** @type {number[]} */
  rates = [];
  hasHoles = false;
  number = 0;
  clusterTime = 0;
  /** @type {number[]} */
  starts = [];
  /** @type {number[]} */
  numbers = [];
  /** @type {number[]} */
  times = [];
  /** @type {import("./sound-structure.js").Track[]} */
  tracks = [];
}

/** @typedef {(found: Found, element: Element & {value: number}, view: DataView) => void} Take */

/** @type {Take} */
function takeTrack(found, { start, length, value }) {
  if (value === SOUND) {
    found.tracks.push({ hideAt: [start + (length ?? 0) - 1], hideBy: [SUBTITLES] });
    found.numbers.push(found.number);
  }
}

/** @type {Take} */
function takeCodec(found, { start, length }, view) {
  const letters = Array.from({ length: Math.min(length ?? 0, 32, view.byteLength - start) }, (_, k) => view.getUint8(start + k));
  const name = String.fromCharCode(...letters);
  found.codecs.push(...(name.startsWith(OF_SOUND) ? [name] : []));
}

/** @type {Take} */
function takeRate(found, { start, length }, view) {
  if (start + 8 <= view.byteLength) {
    found.rates.push(length === 4 ? view.getFloat32(start) : view.getFloat64(start));
  }
}

/** @type {Take} */
function takeBlock(found, { start }, view) {
  if (start + 3 <= view.byteLength && view.getUint8(start) === (0x80 | found.numbers[0])) {
    found.times.push(found.clusterTime + view.getInt16(start + 1));
  }
}

/** @type {Take} */
function takeDuration(found, { start, length }, view) {
  if (start + 8 <= view.byteLength) {
    found.durationS += ((length === 4 ? view.getFloat32(start) : view.getFloat64(start)) * found.scale) / 1e9;
  }
}

/** @type {Record<number, Take>} */
const TAKES = {
  [EBML]: (found, { at }) => found.starts.push(at), // several where files were joined
  [HOLE]: (found) => (found.hasHoles = true),
  [TRACK_NUMBER]: (found, { value }) => (found.number = value),
  [TRACK_TYPE]: takeTrack,
  [CODEC]: takeCodec,
  [SAMPLING_FREQUENCY]: takeRate,
  [TIMESTAMP]: (found, { value }) => (found.clusterTime = value),
  [SIMPLE_BLOCK]: takeBlock,
  [BLOCK]: takeBlock,
  [TIMESTAMP_SCALE]: (found, { value }) => (found.scale = value || found.scale),
  [DURATION]: takeDuration,
};

/**
 * @param {DataView} view of a whole file that begins with an EBML header
 * @returns {import("./sound-structure.js").SoundStructure}
 */
export function webmStructure(view) {
  const found = new Found();
  const isComplete = walk(view, (element) => {
    const value = numberAt(view, element.start, Math.min(element.length ?? 0, 8));
    TAKES[element.id]?.(found, { ...element, value }, view);
  });
  const { starts, durationS, hasHoles, codecs } = found;
  const [name = ""] = codecs;
  const names = codecs.map((each) => CODECS[each] ?? (each.slice(OF_SOUND.length) || undefined));
  const tracks = found.tracks.map((track, n) => ({ ...track, codec: names[n] }));
  const sampleRateHz = name === OPUS ? OPUS_HZ : found.rates[0] || OPUS_HZ;
  const parts = starts.map((start, n) => ({ ranges: [{ start, end: starts[n + 1] ?? view.byteLength }], sampleRateHz }));
  const leapsS = leaps(found.times.map((time) => (time * found.scale) / 1e9));
  const common = { format: "webm", codec: names[0], parts, tracks: parts.length === 1 ? tracks : [], statedS: durationS, durationS };
  return { ...common, isBinding: hasHoles, isComplete, leapsS, missingS: hasHoles ? leapsS : 0 };
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
    const { found, next, isJunk } = unitAt(view, at);
    if (!found) {
      return isWhole && isJunk && at >= knownEnd;
    }
    onElement(found);
    knownEnd = Math.max(knownEnd, found.start + (found.length ?? 0));
    isWhole &&= knownEnd <= view.byteLength;
    at = next;
  }
  return isWhole;
}

/**
 * An element, or the hole up to the next cluster; none where something else, or what is torn, stands behind the last one.
 * @param {DataView} view
 * @param {number} at
 */
export function unitAt(view, at) {
  const element = elementAt(view, at);
  if (element && isWithin(view, element)) {
    return { found: element, next: behind(element), isJunk: false };
  }
  const next = nextCluster(view, at + 1);
  return { found: next < view.byteLength ? { id: HOLE, at, start: at, length: 0 } : null, next, isJunk: element?.id === HOLE };
}

/** @param {Element} element */
function isGoneInto({ id, length }) {
  return GONE_INTO.includes(id) || length === null;
}

/** @param {Element} element */
function behind(element) {
  return element.start + (isGoneInto(element) ? 0 : (element.length ?? 0));
}

/**
 * Whether it is one, and no torn one.
 * @param {DataView} view
 * @param {Element} element
 */
function isWithin(view, element) {
  return element.id !== HOLE && (isGoneInto(element) || behind(element) <= view.byteLength);
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
