/** Ogg page by page: pages are numbered, so that a lost one shows (RFC 3533, 6). */
import { tagAt } from "./four-characters.js";
import { flacRateHz } from "./flac-header.js";

const PAGE_HEAD_BYTES = 27;
const CHECKSUM_AT = 22;
const NO_CHECKSUM = [0, 0, 0, 0]; // decoders pass over such a page
const OPUS_HZ = 48000; // positions in an Opus stream always count at this rate
const LATE_START_S = 60; // behind the heads: the recording of a stream that ran before

/** @typedef {{start: number, end: number, body: number, serial: number, number: number, position: number}} OggPage */

/**
 * @param {DataView} view of a whole file that begins with "OggS"
 * @returns {import("./sound-structure.js").SoundStructure}
 */
export function oggStructure(view) {
  const all = [...oggPages(view)];
  const starts = all.filter((page, n) => page.number === 0 && (n === 0 || all[n - 1].number > 0));
  const parts = starts.map((page, n) => ({
    ranges: [{ start: page.start, end: starts[n + 1]?.start ?? view.byteLength }], // one behind the other where files were joined
    sampleRateHz: rateAt(view, page.body),
  }));
  /** @type {Map<number, Stream>} by serial number */
  const streams = new Map();
  for (const page of all) {
    streams.set(page.serial, followed(streams.get(page.serial), page, view));
  }
  const [missingS, durationS] = /** @type {const} */ (["missingS", "durationS"]).map((key) =>
    [...streams.values()].reduce((sum, stream) => sum + stream[key], 0),
  );
  const sounds = starts.length === 1 ? all.filter(({ number, body }) => number === 0 && rateAt(view, body) !== null) : [];
  const tracks = sounds.map(({ serial }) => ({
    hideAt: all.filter((page) => page.serial === serial).map(({ start }) => start + CHECKSUM_AT),
    hideBy: NO_CHECKSUM,
  }));
  const codec = tagAt(view, all[0]?.body ?? 0) === "Spee" ? "Speex" : undefined; // which no browser reads
  return { format: "ogg", codec, parts, durationS, missingS, tracks, isComplete: (all.at(-1)?.end ?? 0) <= view.byteLength };
}

/** @typedef {{number: number, position: number, sampleRateHz: number, missingS: number, durationS: number}} Stream so far */

/**
 * @param {Stream | undefined} stream
 * @param {OggPage} page its next one
 * @param {DataView} view
 * @returns {Stream}
 */
function followed(stream, page, view) {
  const { missingS = 0, durationS = 0 } = stream ?? {};
  if (!stream || page.number === 0) {
    return { number: page.number, position: 0, sampleRateHz: rateAt(view, page.body) ?? OPUS_HZ, missingS, durationS };
  }
  if (page.position < 0 || page.end > view.byteLength) {
    return stream;
  }
  const grownS = grownSeconds(stream, page);
  const steps = page.number - stream.number;
  const lostS = steps > 1 ? grownS * (1 - 1 / steps) : 0; // all pages being alike
  const { number, position } = page;
  return { ...stream, number, position, missingS: missingS + lostS, durationS: durationS + grownS };
}

/**
 * @param {Stream} stream
 * @param {OggPage} page
 */
function grownSeconds({ position, sampleRateHz }, page) {
  const grownS = Math.max(0, page.position - position) / sampleRateHz;
  return position === 0 && grownS > LATE_START_S ? 0 : grownS;
}

/**
 * The pages; a last one that is torn or damaged has a negative number, and ends beyond the file.
 * @param {DataView} view
 * @returns {Generator<OggPage>}
 */
export function* oggPages(view) {
  let damaged = 0;
  for (let at = 0; at < view.byteLength; ) {
    if (tagAt(view, at) !== "OggS") {
      at += 1;
      continue;
    }
    if (at + PAGE_HEAD_BYTES > view.byteLength) {
      damaged = at; // torn within its head
      break;
    }
    const segments = view.getUint8(at + 26);
    const body = at + PAGE_HEAD_BYTES + segments;
    const lengths = Array.from({ length: Math.min(segments, view.byteLength - at - PAGE_HEAD_BYTES) }, (_, k) =>
      view.getUint8(at + PAGE_HEAD_BYTES + k),
    );
    const end = lengths.reduce((sum, length) => sum + length, body);
    const position = Number(view.getBigInt64(at + 6, true));
    if (end <= view.byteLength && checksum(view, at, end) !== view.getUint32(at + CHECKSUM_AT, true)) {
      damaged ||= at;
      at += 1; // decoders pass over it
      continue;
    }
    damaged = 0;
    yield { start: at, end, body, position, serial: view.getUint32(at + 14, true), number: view.getUint32(at + 18, true) };
    at = end;
  }
  if (damaged) {
    yield { start: damaged, end: view.byteLength + 1, body: damaged, serial: -1, number: -1, position: -1 };
  }
}

const POLYNOMIAL = 0x04c11db7;
const CRC_OF_BYTE = Uint32Array.from({ length: 256 }, (_, byte) => {
  let crc = byte << 24;
  for (let bit = 0; bit < 8; bit++) {
    crc = (crc << 1) ^ (crc < 0 ? POLYNOMIAL : 0);
  }
  return crc >>> 0;
});

/**
 * The CRC of a page, whose own field counts as zeros (RFC 3533, 6).
 * @param {DataView} view
 * @param {number} start
 * @param {number} end
 */
function checksum(view, start, end) {
  let crc = 0;
  for (let at = start; at < end; at++) {
    const byte = at >= start + CHECKSUM_AT && at < start + CHECKSUM_AT + 4 ? 0 : view.getUint8(at);
    crc = (crc << 8) ^ CRC_OF_BYTE[(crc >>> 24) ^ byte];
  }
  return crc >>> 0;
}

/**
 * @param {DataView} view
 * @param {number} packet where the first one begins
 * @returns {number | null}
 */
function rateAt(view, packet) {
  if (tagAt(view, packet) === "Opus") {
    return OPUS_HZ;
  }
  if (tagAt(view, packet + 1) === "vorb" && packet + 16 <= view.byteLength) {
    return view.getUint32(packet + 12, true) || null;
  }
  return tagAt(view, packet + 1) === "FLAC" ? flacRateHz(view, packet + 9) : null;
}
