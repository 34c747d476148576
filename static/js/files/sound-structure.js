/** What a sound file tells before it is decoded: format, rates, how long the sound is, whether all is there. */
import { beginningOf, behindTags, MP4_BOXES } from "./file-heads.js";
import { flacStructure, isHeadlessFlac, withMagic } from "./flac-header.js";
import { tagAt } from "./four-characters.js";
import { mp4Structure } from "./mp4-header.js";
import { isOfFreeBitRate, mpegStructure } from "./mpeg-frames.js";
import { oggStructure } from "./ogg-header.js";
import { WAV_FILES, wavStructure } from "./wav-header.js";
import { webmStructure } from "./webm-header.js";

const EBML = 0x1a45dfa3;
/** What browsers take for noise or silence, though they do not read it: WAV of the other byte order, and video of discs and television. */
const [RIFX, MPEG, MPEG_TS, FREE_BIT_RATE] = ["RIFX", "MPEG", "MPEG-TS", "MP3 of a free bit rate"];
/** Of MPEG-TS each packet is begun by "G"; cameras put four bytes before each. */
const PACKETS = [{ bytes: 188, start: 0 }, { bytes: 192, start: 4 }];
const [LATM, LATM_SYNC] = ["AAC (LATM)", 0x2b7];
const PACKET_START = 0x47;
const CAF_TAG = "caff";
export const NEVER_READ = [RIFX, MPEG, MPEG_TS, FREE_BIT_RATE];
/** What browsers do not read, by how it begins. */
const OTHERS = [
  { format: "AMR", at: 0, tag: "#!AM" },
  { format: "WMA", at: 0, tag: "0&\xb2u" },
  { format: "CAF", at: 0, tag: CAF_TAG },
  { format: "AIFF", at: 8, tag: "AIFF" },
  { format: "AIFF", at: 8, tag: "AIFC" },
  { format: "AVI", at: 8, tag: "AVI " },
  { format: "AU", at: 0, tag: ".snd" },
  { format: "Wave64", at: 0, tag: "riff" },
  { format: "AC-3", at: 0, tag: "\vw" },
  { format: "FLV", at: 0, tag: "FLV\x01" },
  { format: "NIST SPHERE", at: 0, tag: "NIST" },
  { format: "WavPack", at: 0, tag: "wvpk" },
  { format: "TTA", at: 0, tag: "TTA1" },
  { format: "DTS", at: 0, tag: "\x7f\xfe\x80\x01" },
  { format: MPEG, at: 0, tag: "\0\0\x01\xba" },
  { format: RIFX, at: 0, tag: RIFX },
];

/**
 * Sound of one rate: ranges of the file, one behind the other.
 * @typedef {object} Part
 * @property {{start: number, end: number}[]} ranges
 * @property {number | null} sampleRateHz at which decoding resamples nothing; null where it is not known
 * @property {Uint8Array} [head] to be read before the ranges
 * @property {import("./wav-header.js").Layout} [layout] of WAV
 * @property {{starts: number[], seconds: number}} [frames] where each begins and how long it is, of what browsers end
 * at the first broken one of
 * @property {number} [statedShare] bytes that should be there, of those that are
 */

/**
 * @typedef {{hideAt: number[], hideBy: number[], codec?: string}} Track with sound; what to write at which places, so that
 * nobody plays it
 */

/**
 * @typedef {object} SoundStructure
 * @property {string | null} format
 * @property {Part[]} parts several of joined files and of rates that change
 * @property {string} [codec] of MP4
 * @property {Track[]} [tracks] with sound, of MP4, WebM and Ogg
 * @property {number} [durationS] as far as it is known before decoding
 * @property {number} [statedS] how long the sound should be; 0 or left out where nothing says so
 * @property {number} [missingS] sound in gaps
 * @property {number} [leapsS] between what follows one another, which is lost or was never recorded
 * @property {boolean} [isComplete] false where a unit runs beyond the end of the file
 * @property {boolean} [isBinding] false where sound is missing only if the file is not complete, too
 * @property {boolean} [endsWithinFrame]
 */

/**
 * A file without what stands in front of it, and as FLAC again where it lost its first four bytes.
 * @param {ArrayBuffer} bytes
 */
export function fromBeginning(bytes) {
  const view = new DataView(bytes);
  const start = beginningOf(view);
  if (isHeadlessFlac(view) && !MP4_BOXES.includes(tagAt(view, 4))) {
    return withMagic(bytes);
  }
  return start ? bytes.slice(start) : bytes;
}

/**
 * @param {ArrayBuffer} bytes the whole file
 * @returns {SoundStructure}
 */
export function readSoundStructure(bytes) {
  const view = new DataView(bytes);
  if (WAV_FILES.includes(tagAt(view, 0)) && tagAt(view, 8) === "WAVE") {
    return wavStructure(view);
  }
  if (MP4_BOXES.includes(tagAt(view, 4))) {
    return mp4Structure(view);
  }
  if (tagAt(view, 0) === "OggS") {
    return oggStructure(view);
  }
  if (tagAt(view, 0) === "fLaC") {
    return flacStructure(view);
  }
  if (view.byteLength > 4 && view.getUint32(0) === EBML) {
    return webmStructure(view);
  }
  const format = otherFormat(view);
  const whole = [{ ranges: [{ start: 0, end: bytes.byteLength }], sampleRateHz: null }];
  const unknown = { format: null, parts: whole, isComplete: behindTags(view, 0) <= view.byteLength };
  return format ? { format, parts: whole, isComplete: cafFits(view) } : mpegStructure(view) ?? unknown;
}

/**
 * Whether no chunk of a CAF runs beyond the end; true of others. Safari reads it, and other browsers the MP3 in some.
 * @param {DataView} view
 */
function cafFits(view) {
  let at = tagAt(view, 0) === CAF_TAG ? 0 : view.byteLength;
  while (at + 12 <= view.byteLength) {
    if (tagAt(view, at) === CAF_TAG) {
      at += 8; // the head of a file, or of one more that is joined to it
      continue;
    }
    const length = Number(view.getBigInt64(at + 4)); // of the last one it may be unknown
    at = length < 0 ? view.byteLength : at + 12 + length;
  }
  return at <= view.byteLength;
}

/** @param {DataView} view */
function otherFormat(view) {
  const found = OTHERS.find(({ at, tag }) => tagAt(view, at).startsWith(tag));
  if (isTransportStream(view)) {
    return MPEG_TS;
  }
  if (view.byteLength > 2 && view.getUint16(0) >>> 5 === LATM_SYNC) {
    return LATM;
  }
  return isOfFreeBitRate(view) ? FREE_BIT_RATE : found?.format;
}

/** @param {DataView} view */
function isTransportStream(view) {
  return PACKETS.some(({ bytes, start }) => {
    const starts = [0, 1, 2, 3].map((n) => n * bytes + start);
    return starts.every((at) => at < view.byteLength && view.getUint8(at) === PACKET_START);
  });
}
