/** Ogg: the codec's first packet tells the rate, the last page how many samples there are. */
import { tagAt } from "./four-characters.js";
import { flacHeader } from "./flac-header.js";

const PAGE_HEAD_BYTES = 27;
const OPUS_HZ = 48000; // positions in an Opus stream always count at this rate

/**
 * @param {DataView} view of a whole file that begins with "OggS"
 * @returns {import("./sound-header.js").SoundHeader}
 */
export function oggHeader(view) {
  const unknown = { format: "ogg", sampleRateHz: null, durationS: null };
  if (view.byteLength < PAGE_HEAD_BYTES + 30) {
    return unknown;
  }
  const sampleRateHz = rateOf(view, PAGE_HEAD_BYTES + view.getUint8(26));
  const samples = lastPosition(view);
  return sampleRateHz ? { format: "ogg", sampleRateHz, durationS: samples && samples / sampleRateHz } : unknown;
}

/**
 * @param {DataView} view
 * @param {number} packet where the first one begins
 */
function rateOf(view, packet) {
  if (tagAt(view, packet) === "Opus") {
    return OPUS_HZ;
  }
  if (tagAt(view, packet + 1) === "vorb" && packet + 16 <= view.byteLength) {
    return view.getUint32(packet + 12, true);
  }
  return tagAt(view, packet + 1) === "FLAC" ? flacHeader(view, packet + 9).sampleRateHz : null;
}

/** @param {DataView} view */
function lastPosition(view) {
  for (let at = view.byteLength - PAGE_HEAD_BYTES; at > 0; at -= 1) {
    if (view.getUint8(at) === 0x4f && tagAt(view, at) === "OggS") {
      const position = view.getBigInt64(at + 6, true);
      return position > 0n ? Number(position) : null;
    }
  }
  return null;
}
