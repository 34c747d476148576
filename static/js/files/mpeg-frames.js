/** MPEG audio frame by frame: MP3 (ISO 11172-3), and AAC in ADTS (ISO 13818-7), joined, torn or with tags between. */
import { behindTags, isFilled } from "./file-heads.js";
import { tagAt } from "./four-characters.js";

const MPEG_1 = 3;
/** @type {Record<number, number[]>} */
const RATES_HZ = { 3: [44100, 48000, 32000], 2: [22050, 24000, 16000], 0: [11025, 12000, 8000] };
const ADTS_RATES_HZ = [96000, 88200, 64000, 48000, 44100, 32000, 24000, 22050, 16000, 12000, 11025, 8000, 7350];
/** Kilobits a second by layer: MPEG 1, then MPEG 2; layers II and III of MPEG 2 are alike. */
const KBITS_MPEG_1 = [
  [32, 64, 96, 128, 160, 192, 224, 256, 288, 320, 352, 384, 416, 448],
  [32, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320, 384],
  [32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320],
];
const KBITS_MPEG_2 = [
  [32, 48, 56, 64, 80, 96, 112, 128, 144, 160, 176, 192, 224, 256],
  [8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160],
  [8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160],
];
/** @type {("mp1" | "mp2" | "mp3")[]} */
const LAYERS = ["mp1", "mp2", "mp3"];
const OLDER_LAYERS = ["mp1", "mp2"];
const JOINED_S = 0.5; // more than the first file's head tells: another is joined to it
const FREE_BYTES = 12_000; // three frames of a free bit rate at least
const FREE_MASK = 0xfffffd00; // padding and the last byte aside
const ZEROS_SHARE = 0.25; // behind frames: room for more, that a transfer did not fill
const CONSECUTIVE = 3; // frames that are alike
const SEARCHED_BYTES = 64 * 1024; // for a first frame, where the file has no tag

/** @typedef {{bytes: number, sampleRateHz: number, samples: number, channels: number, format: "mp1" | "mp2" | "mp3" | "aac"}} Frame */

/**
 * @param {DataView} view of a whole file
 * @returns {import("./sound-structure.js").SoundStructure | null} null where no frames stand
 */
export function mpegStructure(view) {
  const first = nextFrame(view, behindTags(view, 0), SEARCHED_BYTES);
  if (!first) {
    return null;
  }
  const walk = new Walk(view, first.at);
  const { parts, durationS, endsWithinFrame, lostS } = walk.done();
  if (OLDER_LAYERS.includes(first.frame.format) && walk.bytes < view.byteLength / 2) {
    return null; // bytes of something else, that look like frames
  }
  const statedS = xingS(view, first.at, first.frame);
  return { format: first.frame.format, parts, statedS, endsWithinFrame: endsWithinFrame && (!statedS || durationS > statedS + JOINED_S), durationS, missingS: lostS };
}

/**
 * Whether a file begins with MP3 frames that do not say how long they are.
 * @param {DataView} view
 */
export function isOfFreeBitRate(view) {
  const start = behindTags(view, 0);
  if (start + 4 > view.byteLength || (view.getUint16(start) & 0xffe6) !== 0xffe2 || view.getUint8(start + 2) & 0xf0) {
    return false;
  }
  const like = view.getUint32(start) & FREE_MASK;
  const starts = new Set();
  for (let at = start; at + 4 <= Math.min(view.byteLength, start + FREE_BYTES); at += 1) {
    if ((view.getUint32(at) & FREE_MASK) === like) {
      starts.add(at - start);
    }
  }
  return [...starts].some((at) => at > 0 && [-1, 0, 1].some((more) => starts.has(2 * at + more)));
}

/** Goes through the frames, and gathers neighbours of one kind. */
class Walk {
  /** @type {(import("./sound-structure.js").Part & {channels: number})[]} */
  parts = [];
  durationS = 0;
  lostS = 0;
  bytes = 0;
  endsWithinFrame = false;

  /**
   * @param {DataView} view
   * @param {number} at where the first frame begins
   */
  constructor(view, at) {
    this.view = view;
    this.at = at;
  }

  done() {
    for (let frame = frameAt(this.view, this.at); this.at < this.view.byteLength; frame = frameAt(this.view, this.at)) {
      if (frame && this.at + frame.bytes > this.view.byteLength) {
        this.endsWithinFrame = true;
        break;
      }
      if (!frame) {
        if (!this.#skip()) {
          this.endsWithinFrame = this.view.byteLength - this.at > ZEROS_SHARE * this.at && isFilled(this.view, this.at);
          break;
        }
        continue;
      }
      this.#keep(frame);
    }
    return this;
  }

  /** @param {Frame} frame */
  #keep({ bytes, sampleRateHz, samples, channels, format }) {
    let part = this.parts.at(-1);
    if (part?.sampleRateHz !== sampleRateHz || part.channels !== channels) {
      part = { ranges: [], sampleRateHz, channels };
      if (format === "aac") {
        part.frames = { starts: [], seconds: samples / sampleRateHz };
      }
      this.parts.push(part);
    }
    part.frames?.starts.push(this.at);
    const range = part.ranges.at(-1);
    if (range?.end === this.at) {
      range.end += bytes;
    } else {
      part.ranges.push({ start: this.at, end: this.at + bytes });
    }
    this.durationS += samples / sampleRateHz;
    this.bytes += bytes;
    this.at += bytes;
  }

  /** Go to the next frame; what is no tag on the way was sound. */
  #skip() {
    const behindTag = behindTags(this.view, this.at);
    const found = nextFrame(this.view, Math.max(behindTag, this.at + 1));
    if (found && behindTag === this.at && tagAt(this.view, this.at).slice(0, 3) !== "TAG") {
      this.lostS += ((found.at - this.at) * this.durationS) / Math.max(1, this.bytes); // as much as elsewhere
    }
    this.at = found?.at ?? this.at;
    return found !== null;
  }
}

/**
 * The next frame that another follows, or the end of the file.
 * @param {DataView} view
 * @param {number} from
 * @param {number} [within] bytes
 */
function nextFrame(view, from, within = Infinity) {
  const end = Math.min(view.byteLength - 4, from + within);
  for (let at = from; at < end; at += 1) {
    const frame = view.getUint8(at) === 0xff ? frameAt(view, at) : null;
    const next = frame && at + frame.bytes;
    if (frame && next && (next === view.byteLength || frameAt(view, next)?.sampleRateHz === frame.sampleRateHz)) {
      return { at, frame };
    }
  }
  return null;
}

/**
 * "mp3" or "aac" where frames of it follow one another from a place on, or to the end.
 * @param {DataView} view
 * @param {number} from
 */
export function framesAt(view, from) {
  /** @type {Frame[]} */
  const found = [];
  for (let at = from; found.length < CONSECUTIVE && at < view.byteLength; at += found[found.length - 1].bytes) {
    const frame = frameAt(view, at);
    if (!frame) {
      return null;
    }
    found.push(frame);
  }
  const [frame] = found;
  const areAlike = found.every(({ format, sampleRateHz }) => format === frame.format && sampleRateHz === frame.sampleRateHz);
  return found.length > 1 && areAlike && !OLDER_LAYERS.includes(frame.format) ? frame.format : null;
}

/**
 * @param {DataView} view
 * @param {number} at
 * @returns {Frame | null}
 */
export function frameAt(view, at) {
  if (at + 7 > view.byteLength || view.getUint16(at) >>> 5 !== 0x7ff) {
    return null;
  }
  const [second, third, fourth] = [1, 2, 3].map((k) => view.getUint8(at + k));
  return (second >> 1) & 3 ? mp3Frame(second, third, fourth) : adtsFrame(view, at, second, third);
}

/**
 * @param {number} second byte
 * @param {number} third
 * @param {number} fourth
 * @returns {Frame | null}
 */
function mp3Frame(second, third, fourth) {
  const version = (second >> 3) & 3;
  const layer = 4 - ((second >> 1) & 3);
  const sampleRateHz = RATES_HZ[version]?.[(third >> 2) & 3];
  const kbits = (version === MPEG_1 ? KBITS_MPEG_1 : KBITS_MPEG_2)[layer - 1][(third >> 4) - 1];
  if (!sampleRateHz || !kbits) {
    return null;
  }
  const samples = layer === 1 ? 384 : layer === 3 && version !== MPEG_1 ? 576 : 1152;
  const padding = (third >> 1) & 1;
  const unit = layer === 1 ? 4 : 1;
  const bytes = unit * (Math.floor((samples * 125 * kbits) / sampleRateHz / unit) + padding);
  return { bytes, sampleRateHz, samples, channels: fourth >> 6 === 3 ? 1 : 2, format: LAYERS[layer - 1] };
}

/**
 * @param {DataView} view
 * @param {number} at
 * @param {number} second byte
 * @param {number} third
 * @returns {Frame | null}
 */
function adtsFrame(view, at, second, third) {
  const sampleRateHz = ADTS_RATES_HZ[(third >> 2) & 15];
  const bytes = ((view.getUint8(at + 3) & 3) << 11) | (view.getUint16(at + 4) >> 5);
  if (second >> 4 !== 15 || !sampleRateHz || bytes < 7) {
    return null;
  }
  const channels = ((third & 1) << 2) | (view.getUint8(at + 3) >> 6);
  return { bytes, sampleRateHz, samples: 1024, channels, format: "aac" };
}

/**
 * Seconds by the tag that encoders put into the first frame, without what they added; 0 without.
 * @param {DataView} view
 * @param {number} at
 * @param {Frame} frame
 */
function xingS(view, at, { sampleRateHz, samples, channels }) {
  const [mono, stereo] = samples === 1152 ? [17, 32] : [9, 17];
  const tag = at + 4 + (channels === 1 ? mono : stereo);
  if (!["Xing", "Info"].includes(tagAt(view, tag)) || tag + 144 > view.byteLength || !(view.getUint32(tag + 4) & 1)) {
    return 0;
  }
  const added = (view.getUint32(tag + 4) & 15) === 15 ? view.getUint32(tag + 140) & 0xffffff : 0;
  return Math.max(0, view.getUint32(tag + 8) * samples - (added >> 12) - (added & 0xfff)) / sampleRateHz;
}
