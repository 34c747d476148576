/** AAC out of MP4 as a stream of frames (ADTS, ISO 13818-7), for browsers end at the first broken frame of MP4. */
import { find, soundTracks } from "./mp4-header.js";

const HEAD_BYTES = 7;
const [DECODER_CONFIG, DECODER_SPECIFIC] = [0x04, 0x05]; // descriptors (ISO 14496-1, 7.2.6)
const MOST_FRAME_BYTES = 8191 - HEAD_BYTES;

/** @typedef {import("./mp4-header.js").Span} Span */

/**
 * @param {DataView} view of a whole file of boxes
 * @returns {ArrayBuffer | null} the frames of the first sound track that lie within the file; null where it is not AAC
 */
export function adtsOf(view) {
  const [track] = soundTracks(view, { start: 0, end: view.byteLength });
  const config = track && configOf(view, track);
  const frames = config ? framesOf(view, track).filter(({ start, end }) => end <= view.byteLength && end - start <= MOST_FRAME_BYTES) : [];
  if (!config || frames.length === 0) {
    return null;
  }
  const stream = new Uint8Array(frames.reduce((sum, { start, end }) => sum + HEAD_BYTES + end - start, 0));
  let at = 0;
  for (const { start, end } of frames) {
    stream.set(headOf(config, HEAD_BYTES + end - start), at);
    stream.set(new Uint8Array(view.buffer, start, end - start), at + HEAD_BYTES);
    at += HEAD_BYTES + end - start;
  }
  return stream.buffer;
}

/**
 * @param {{profile: number, rateIndex: number, channels: number}} config
 * @param {number} bytes of frame and head
 */
function headOf({ profile, rateIndex, channels }, bytes) {
  const third = ((profile - 1) << 6) | (rateIndex << 2) | (channels >> 2);
  return [0xff, 0xf1, third, ((channels & 3) << 6) | (bytes >> 11), (bytes >> 3) & 0xff, ((bytes & 7) << 5) | 0x1f, 0xfc];
}

/**
 * Profile, index of the rate and channels, by the AudioSpecificConfig (ISO 14496-3, 1.6.2.1).
 * @param {DataView} view
 * @param {Span} track
 */
function configOf(view, track) {
  const descriptions = find(view, track, ["mdia", "minf", "stbl", "stsd"]);
  const end = descriptions?.end ?? 0;
  for (let at = (descriptions?.start ?? 0) + 44; at + 4 < end; at += 1) {
    if (view.getUint32(at) === 0x65736473) {
      return specificConfig(view, at + 8, end); // "esds"
    }
  }
  return null;
}

/**
 * @param {DataView} view
 * @param {number} from
 * @param {number} end
 */
function specificConfig(view, from, end) {
  for (let at = from; at + 20 < end; at += 1) {
    if (view.getUint8(at) !== DECODER_CONFIG) {
      continue;
    }
    const specific = behindLength(view, behindLength(view, at + 1) + 13 + 1);
    if (specific + 2 <= end && view.getUint8(behindLength(view, at + 1) + 13) === DECODER_SPECIFIC) {
      const bits = view.getUint16(specific);
      const [profile, rateIndex, channels] = [bits >> 11, (bits >> 7) & 15, (bits >> 3) & 15];
      return profile >= 1 && profile <= 4 && rateIndex < 13 && channels < 8 ? { profile, rateIndex, channels } : null;
    }
  }
  return null;
}

/**
 * Lengths of descriptors take one byte to four.
 * @param {DataView} view
 * @param {number} at
 */
function behindLength(view, at) {
  let end = at;
  while (end < at + 3 && end < view.byteLength && view.getUint8(end) & 0x80) {
    end += 1;
  }
  return end + 1;
}

/**
 * Where each frame lies, by the tables of chunks and sizes (ISO 14496-12, 8.7).
 * @param {DataView} view
 * @param {Span} track
 * @returns {Span[]}
 */
function framesOf(view, track) {
  const [sizes, groups, short, long] = ["stsz", "stsc", "stco", "co64"].map((name) => find(view, track, ["mdia", "minf", "stbl", name]));
  const offsets = short ?? long;
  if (!sizes || !groups || !offsets) {
    return [];
  }
  const chunks = entries(view, offsets, short ? 4 : 8, 4).map((at) => (short ? view.getUint32(at) : Number(view.getBigUint64(at))));
  const runs = entries(view, groups, 12, 4).map((at) => ({ chunk: view.getUint32(at), frames: view.getUint32(at + 4) }));
  const common = view.getUint32(sizes.start + 4);
  const each = common ? [] : entries(view, sizes, 4, 8).map((at) => view.getUint32(at));
  const count = view.getUint32(sizes.start + 8);
  /** @type {Span[]} */
  const frames = [];
  chunks.forEach((offset, n) => {
    const { frames: inChunk = 0 } = runs.findLast(({ chunk }) => chunk <= n + 1) ?? {};
    for (let at = offset, k = 0; k < inChunk && frames.length < Math.min(count, common ? count : each.length) && at < view.byteLength; k += 1) {
      const length = common || each[frames.length];
      frames.push({ start: at, end: at + length });
      at += length;
    }
  });
  return frames;
}

/**
 * Where the entries of a table lie, behind the count of them.
 * @param {DataView} view
 * @param {Span} box
 * @param {number} bytes of an entry
 * @param {number} countAt
 */
function entries(view, { start, end }, bytes, countAt) {
  const room = Math.max(0, Math.floor((end - start - countAt - 4) / bytes));
  const count = start + countAt + 4 <= view.byteLength ? Math.min(view.getUint32(start + countAt), room) : 0;
  return Array.from({ length: count }, (_, n) => start + countAt + 4 + n * bytes);
}
