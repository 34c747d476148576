/** MPEG audio, layer III: the first frame tells the rate, and its Xing or Info tag the length (ISO 11172-3). */
import { tagAt } from "./four-characters.js";

const MPEG_1 = 3;
const LAYER_3 = 1;
/** @type {Record<number, number[]>} */
const RATES_HZ = { 3: [44100, 48000, 32000], 2: [22050, 24000, 16000], 0: [11025, 12000, 8000] };
const KBITS_MPEG_1 = [32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320];
const KBITS_MPEG_2 = [8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160];

/**
 * Where the sound begins behind the tags of a music player, if there are any.
 * @param {DataView} view
 */
export function skipId3(view) {
  if (view.byteLength < 10 || !tagAt(view, 0).startsWith("ID3")) {
    return 0;
  }
  const size = [6, 7, 8, 9].reduce((sum, k) => (sum << 7) | (view.getUint8(k) & 127), 0);
  return 10 + size;
}

/**
 * @param {DataView} view of a whole file
 * @param {number} at where the first frame begins
 * @returns {import("./sound-header.js").SoundHeader | null} null where no frame of layer III does
 */
export function mp3Header(view, at) {
  if (at + 40 > view.byteLength || view.getUint16(at) >>> 5 !== 0x7ff) {
    return null;
  }
  const version = (view.getUint8(at + 1) >> 3) & 3;
  const layer = (view.getUint8(at + 1) >> 1) & 3;
  const sampleRateHz = RATES_HZ[version]?.[(view.getUint8(at + 2) >> 2) & 3];
  const kbits = (version === MPEG_1 ? KBITS_MPEG_1 : KBITS_MPEG_2)[(view.getUint8(at + 2) >> 4) - 1];
  if (layer !== LAYER_3 || !sampleRateHz || !kbits) {
    return null;
  }
  const frames = frameCount(view, at, version);
  const samplesPerFrame = version === MPEG_1 ? 1152 : 576;
  const durationS = frames
    ? (frames * samplesPerFrame) / sampleRateHz
    : ((view.byteLength - at) * 8) / (1000 * kbits);
  return { format: "mp3", sampleRateHz, durationS };
}

/**
 * Frames of the file by the tag that encoders put into the first one; null without.
 * @param {DataView} view
 * @param {number} at
 * @param {number} version
 */
function frameCount(view, at, version) {
  const isMono = view.getUint8(at + 3) >> 6 === 3;
  const [mono, stereo] = version === MPEG_1 ? [17, 32] : [9, 17];
  const tag = at + 4 + (isMono ? mono : stereo);
  const isThere = ["Xing", "Info"].includes(tagAt(view, tag)) && tag + 12 <= view.byteLength;
  return isThere && view.getUint32(tag + 4) & 1 ? view.getUint32(tag + 8) : null;
}
