import { tagAt } from "./four-characters.js";

const STREAMINFO_BYTES = 34;
const SMALLEST_BLOCK = 16; // samples
const MAGIC = "fLaC";
const HEAD_BYTES = 8 + STREAMINFO_BYTES;
const LAST_BLOCK = 0x80;
const TAG_BYTES = 128;
const FRAME_SYNC = 0x7ffc;
const POLYNOMIAL = 0x8005;
const [SMALLEST_FRAME_BYTES, LONGEST_FRAME_BYTES] = [8, 2 ** 16];

/**
 * STREAMINFO, with which every FLAC stream begins: 20 bits of rate, 8 of layout, 36 of length (RFC 9639, 8.2).
 * @param {DataView} view of a whole file that begins with "fLaC"
 * @returns {import("./sound-structure.js").SoundStructure}
 */
export function flacStructure(view) {
  const starts = heads(view);
  const parts = starts.map((start, n) => ({
    head: headAlone(view, start), // for browsers give up on large pictures
    ranges: [{ start: endOfFlacMetadata(view, start), end: starts[n + 1] ?? view.byteLength }], // one behind the other where files were joined
    sampleRateHz: flacRateHz(view, start),
  }));
  const lengths = starts.map((start) => statedSeconds(view, start));
  const statedS = lengths.every(Boolean) ? lengths.reduce((sum, each) => sum + each) : 0;
  const isComplete = parts.every(({ ranges }) => ranges[0].start < view.byteLength); // else it ends within its metadata
  return { format: "flac", parts, statedS, isComplete, endsWithinFrame: statedS === 0 && !endsWithFrame(view) };
}

/**
 * "fLaC" and STREAMINFO, as the last block of metadata.
 * @param {DataView} view
 * @param {number} start
 */
function headAlone(view, start) {
  const end = Math.min(view.byteLength, start + HEAD_BYTES);
  const head = new Uint8Array(view.buffer.slice(view.byteOffset + start, view.byteOffset + end));
  head[MAGIC.length] |= LAST_BLOCK;
  return head;
}

/**
 * Goes through the blocks, which may hold the head of the WAV that the file was made of.
 * @param {DataView} view
 * @param {number} begin
 */
export function endOfFlacMetadata(view, begin) {
  for (let at = begin + 4; at + 4 <= view.byteLength; ) {
    const head = view.getUint32(at);
    at += 4 + (head & 0xffffff);
    if (head >>> 31) {
      return Math.min(at, view.byteLength);
    }
  }
  return view.byteLength;
}

/**
 * Whether the last frame is whole: its checksum is right (RFC 9639, 9.3). Tags of music players may follow.
 * @param {DataView} view
 */
function endsWithFrame(view) {
  const tag = view.byteLength - TAG_BYTES;
  const end = tag > 0 && tagAt(view, tag).startsWith("TAG") ? tag : view.byteLength;
  for (let at = end - SMALLEST_FRAME_BYTES; at >= Math.max(0, end - LONGEST_FRAME_BYTES); at -= 1) {
    if (view.getUint16(at) >>> 1 === FRAME_SYNC && checksum(view, at, end) === 0) {
      return true;
    }
  }
  return false;
}

/**
 * The CRC of 16 bits over a frame; 0 where it ends with its own.
 * @param {DataView} view
 * @param {number} start
 * @param {number} end
 */
function checksum(view, start, end) {
  let crc = 0;
  for (let at = start; at < end; at += 1) {
    crc ^= view.getUint8(at) << 8;
    for (let bit = 0; bit < 8; bit += 1) {
      crc = ((crc << 1) ^ (crc & 0x8000 ? POLYNOMIAL : 0)) & 0xffff;
    }
  }
  return crc;
}

/** @param {DataView} view */
function heads(view) {
  const found = [0];
  for (let at = 4; at + 8 <= view.byteLength; at++) {
    if (view.getUint8(at) === 0x66 && tagAt(view, at) === "fLaC" && (view.getUint32(at + 4) & 0x7fffffff) === STREAMINFO_BYTES) {
      found.push(at);
    }
  }
  return found;
}

/**
 * @param {DataView} view
 * @param {number} at
 */
function statedSeconds(view, at) {
  const [sampleRateHz, info] = [flacRateHz(view, at), at + 8];
  const isThere = sampleRateHz !== null && info + 18 <= view.byteLength;
  const samples = isThere ? (view.getUint8(info + 13) & 15) * 2 ** 32 + view.getUint32(info + 14) : 0;
  return sampleRateHz ? samples / sampleRateHz : 0;
}

/**
 * @param {DataView} view
 * @param {number} at where "fLaC" stands
 */
export function flacRateHz(view, at) {
  return at + 22 <= view.byteLength ? view.getUint32(at + 18) >>> 12 || null : null;
}

/**
 * Whether a file begins with STREAMINFO, and lacks "fLaC" before it.
 * @param {DataView} view
 */
export function isHeadlessFlac(view) {
  if (view.byteLength < STREAMINFO_BYTES + 4 || (view.getUint32(0) & 0x7fffffff) !== STREAMINFO_BYTES) {
    return false;
  }
  const [smallest, largest, frame] = [view.getUint16(4), view.getUint16(6), view.getUint32(8) >>> 8];
  return smallest >= SMALLEST_BLOCK && largest >= smallest && frame <= view.getUint32(11) >>> 8 && flacRateHz(view, -4) !== null;
}

/** @param {ArrayBuffer} bytes */
export function withMagic(bytes) {
  const whole = new Uint8Array(bytes.byteLength + MAGIC.length);
  whole.set([...MAGIC].map((letter) => letter.charCodeAt(0)));
  whole.set(new Uint8Array(bytes), MAGIC.length);
  return whole.buffer;
}
