/** From the bytes of a sound file to its samples at the file's own rate, or rates. */
import { containersOf } from "./containers.js";
import { judgeCompleteness, LOST_S } from "./completeness.js";
import { isChangedAsText, packedAs } from "./file-heads.js";
import { RecordingError } from "./recording-error.js";
import { adtsOf } from "./mp4-frames.js";
import { mpegStructure } from "./mpeg-frames.js";
import { peakOf, SILENT_PEAK } from "./samples.js";
import { NEVER_READ, readSoundStructure } from "./sound-structure.js";
import { isPlain } from "./wav-samples.js";

export { RecordingError };

const MAX_FILE_BYTES = 100 * 2 ** 20;
const MAX_DURATION_S = 900;
const RATE_IF_UNKNOWN_HZ = 48_000;
const RATES_HZ = [8000, 192_000]; // what the resampler takes
const MOST_TRIES = 50; // to go on behind broken frames,
const FRONT_CENTRE = 2; // of the channels as browsers order them: left, right, centre
const FRAMES_PASSED_OVER = 1; // with the broken one left out
/** @type {Record<string, string>} */
const CODECS = {
  alac: "Apple Lossless (ALAC)",
  samr: "AMR",
  sawb: "AMR-WB",
  "ac-3": "AC-3",
  "ec-3": "E-AC-3",
  mp4a: "MPEG-4 audio, such as AAC",
};

const WITH_TRACKS = ["mp4", "webm"]; // none of which may hold sound
const PROTECTED = ["drms", "enca"];

/** @type {Record<number, string>} */
const WAV_ENCODINGS = { 2: "WAV of ADPCM", 17: "WAV of IMA ADPCM", 49: "WAV of GSM", 85: "WAV of MP3", 255: "WAV of AAC", 0xa109: "WAV of Speex" };
const [FLOAT, WAV_OF_AAC] = [3, 255];

/** @typedef {import("./sound-structure.js").SoundStructure} SoundStructure */
/** @typedef {import("./sound-structure.js").Part} Part */

/**
 * Sound of one rate. Plain WAV comes as it is, for reading its samples takes long enough to be done in the worker.
 * @typedef {object} DecodedPart
 * @property {Float32Array<ArrayBuffer>[]} channels none of plain WAV
 * @property {import("./wav-header.js").Layout} [layout] of plain WAV,
 * @property {ArrayBuffer} [bytes] and the file that it lies in
 * @property {number | null} centre which channel is in front, if one is
 * @property {number} sampleRateHz
 * @property {number} duration_s
 */

/**
 * @typedef {object} Decoded
 * @property {DecodedPart[]} parts
 * @property {number} sampleRateHz of the first part
 * @property {number} duration_s
 * @property {import("./read-recording.js").Warning[]} warnings of what was not read
 */

/**
 * @param {Blob} file WAV, MP3, AAC, M4A, MP4, OGG, WebM, FLAC, or whatever else the browser plays
 * @returns {Promise<Decoded>}
 * @throws {RecordingError} empty, too large, too long, cut short or not a sound file
 */
export async function decodeRecording(file) {
  const whole = await bytesOf(file);
  if (isChangedAsText(new DataView(whole))) {
    throw new RecordingError("changed-as-text");
  }
  const kind = packedAs(new DataView(whole));
  if (kind) {
    throw new RecordingError("packed", { kind });
  }
  /** @type {Pick<Decoded, "parts" | "warnings">[]} */
  const decoded = [];
  for (const bytes of containersOf(whole)) {
    decoded.push(await decodeContainer(bytes));
  }
  const [parts, warnings] = [decoded.flatMap((each) => each.parts), decoded.flatMap((each) => each.warnings)];
  checkDuration(secondsOf(parts));
  return { parts, sampleRateHz: parts[0].sampleRateHz, duration_s: secondsOf(parts), warnings };
}

/**
 * @param {ArrayBuffer} bytes
 * @returns {Promise<Pick<Decoded, "parts" | "warnings">>}
 */
async function decodeContainer(bytes) {
  const structure = readSoundStructure(bytes);
  check(structure);
  const { parts, warnings } = await decodeTracks(bytes, structure);
  const duration_s = secondsOf(parts);
  if (parts.length === 0 || duration_s === 0) {
    throw new RecordingError(structure.format ? "no-samples" : "unreadable");
  }
  const stated = parts.reduce((sum, part, n) => sum + part.duration_s * (structure.parts[n]?.statedShare ?? 0), 0);
  const framesS = structure.format === "aac" ? (structure.durationS ?? 0) : 0;
  const lost = judgeCompleteness(structure, duration_s, stated || structure.statedS || framesS);
  return { parts, warnings: [...warnings, ...lost] };
}

/** @param {Blob} file */
async function bytesOf(file) {
  if (file.size === 0) {
    throw new RecordingError("empty");
  }
  if (file.size > MAX_FILE_BYTES) {
    throw new RecordingError("too-large", { limit: MAX_FILE_BYTES });
  }
  return file.arrayBuffer().catch((cause) => {
    throw new RecordingError("unreadable", { cause });
  });
}

/** @param {SoundStructure} structure */
function check(structure) {
  if (NEVER_READ.includes(structure.format ?? "") || structure.parts[0]?.layout?.encoding === WAV_OF_AAC) {
    throw whyUnreadable(structure);
  }
  checkDuration(structure.durationS ?? 0);
}

/** @param {number} durationS */
function checkDuration(durationS) {
  if (durationS > MAX_DURATION_S) {
    throw new RecordingError("too-long", { limit: MAX_DURATION_S });
  }
}

/**
 * The first track that is not silent. The browser decodes a file's first one: to hear another, those before are hidden.
 * One that it cannot decode may hold sound: whatever is behind it is not heard in its place.
 * @param {ArrayBuffer} bytes
 * @param {SoundStructure} structure
 * @returns {Promise<Pick<Decoded, "parts" | "warnings">>}
 */
async function decodeTracks(bytes, structure) {
  const tracks = structure.tracks ?? [];
  if (tracks.length < 2) {
    return { parts: await decodeWhole(bytes, structure), warnings: [] };
  }
  const decoded = await decodeEach(bytes, structure, tracks);
  const withSound = decoded.filter((parts) => !parts || holdSound(parts));
  const several = /** @type {const} */ ({ code: "more-tracks", tracks: withSound.length });
  return { parts: withSound[0] ?? decoded[0] ?? [], warnings: withSound.length > 1 ? [several] : [] };
}

/**
 * Nothing of a track that cannot be decoded and lies behind one that holds sound.
 * @param {ArrayBuffer} bytes
 * @param {SoundStructure} structure
 * @param {import("./sound-structure.js").Track[]} tracks
 */
async function decodeEach(bytes, structure, tracks) {
  const shown = new Uint8Array(bytes.slice(0));
  /** @type {(DecodedPart[] | null)[]} */
  const decoded = [];
  for (const { hideAt, hideBy, codec = structure.codec } of tracks) {
    const parts = decodeWhole(shown.buffer, { ...structure, codec });
    const isHeard = decoded.some((before) => before && holdSound(before));
    decoded.push(await (isHeard ? parts.catch(() => null) : parts));
    hideAt.forEach((at) => shown.set(hideBy, at));
  }
  return decoded;
}

/** @param {DecodedPart[]} parts */
function holdSound(parts) {
  return parts.some(({ channels }) => channels.some((channel) => peakOf(channel) >= SILENT_PEAK));
}

/**
 * Browsers end at the first broken frame of MP4, too: its frames are then read as a stream.
 * @param {ArrayBuffer} bytes
 * @param {SoundStructure} structure
 */
async function decodeWhole(bytes, structure) {
  const decoded = await decodeParts(bytes, structure);
  const isShort = secondsOf(decoded) < (structure.statedS ?? 0) - LOST_S;
  const stream = isShort && structure.format === "mp4" && structure.parts.length === 1 ? adtsOf(new DataView(bytes)) : null;
  const frames = stream && mpegStructure(new DataView(stream));
  // What was read stays, also where a browser reads no such stream.
  const again = frames ? await decodeParts(stream, frames).catch(() => []) : [];
  return secondsOf(again) > secondsOf(decoded) ? again : decoded;
}

/** @param {DecodedPart[]} parts */
function secondsOf(parts) {
  return parts.reduce((sum, part) => sum + part.duration_s, 0);
}

/**
 * @param {ArrayBuffer} bytes
 * @param {SoundStructure} structure
 */
async function decodeParts(bytes, structure) {
  /** @type {DecodedPart[]} */
  const decoded = [];
  for (const part of structure.parts) {
    const { layout } = part;
    if (layout && !isUsable(layout.sampleRateHz)) {
      throw new RecordingError("sample-rate", { kind: `${layout.sampleRateHz} Hz` });
    }
    if (layout && isPlain(layout)) {
      const duration_s = layout.dataBytes / ((layout.bits / 8) * layout.channels * layout.sampleRateHz);
      decoded.push({ channels: [], layout, bytes, centre: layout.centre, sampleRateHz: layout.sampleRateHz, duration_s });
    } else {
      decoded.push(...(part.frames ? await decodeFrames(bytes, part, structure) : [await decodeByBrowser(bytes, part, structure)]));
    }
  }
  return decoded;
}

/**
 * Chromium ends at the first broken frame of AAC: what follows that is decoded anew, as often as it takes.
 * @param {ArrayBuffer} bytes
 * @param {Part} part
 * @param {SoundStructure} structure
 */
async function decodeFrames(bytes, part, structure) {
  const { starts, seconds } = /** @type {NonNullable<Part["frames"]>} */ (part.frames);
  /** @type {DecodedPart[]} */
  const decoded = [];
  let failure = null;
  for (let first = 0, tries = 0; first < starts.length && tries < MOST_TRIES; tries += 1) {
    const ranges = part.ranges.filter(({ end }) => end > starts[first]).map(({ start, end }) => ({ start: Math.max(start, starts[first]), end }));
    const piece = await decodeByBrowser(bytes, { ...part, ranges }, structure).catch((error) => {
      failure = error;
      return null;
    });
    first += Math.max(1, Math.round((piece?.duration_s ?? 0) / seconds)) + FRAMES_PASSED_OVER;
    if (piece?.duration_s) {
      decoded.push(piece);
    }
  }
  if (failure && decoded.length === 0) {
    throw failure;
  }
  return decoded;
}

/** @param {number | null} sampleRateHz */
function isUsable(sampleRateHz) {
  const [lowest, highest] = RATES_HZ;
  return sampleRateHz !== null && sampleRateHz >= lowest && sampleRateHz <= highest;
}

/**
 * decodeAudioData() resamples to the rate of its context: that of the file is asked for where its head tells it.
 * @param {ArrayBuffer} bytes
 * @param {Part} part
 * @param {SoundStructure} structure
 * @returns {Promise<DecodedPart>}
 */
async function decodeByBrowser(bytes, { head, ranges, sampleRateHz }, structure) {
  const rateHz = sampleRateHz !== null && isUsable(sampleRateHz) ? sampleRateHz : RATE_IF_UNKNOWN_HZ;
  const pieces = ranges.map(({ start, end }) => new Uint8Array(bytes, start, end - start));
  const alone = await new Blob([...(head ? [/** @type {BlobPart} */ (head)] : []), ...pieces]).arrayBuffer();
  const context = new OfflineAudioContext(1, 1, rateHz);
  const decoded = await context.decodeAudioData(alone).catch((cause) => {
    throw whyUnreadable(structure, cause);
  });
  const channels = Array.from({ length: decoded.numberOfChannels }, (_, k) => decoded.getChannelData(k).slice());
  return { channels, centre: channels.length > FRONT_CENTRE ? FRONT_CENTRE : null, sampleRateHz: decoded.sampleRate, duration_s: decoded.duration };
}

/**
 * @param {SoundStructure} structure
 * @param {unknown} [cause]
 */
function whyUnreadable(structure, cause) {
  if (structure.isComplete === false) {
    return new RecordingError("cut-short", { read_s: 0, cause });
  }
  if (PROTECTED.includes(structure.codec ?? "")) {
    return new RecordingError("protected", { cause });
  }
  if (WITH_TRACKS.includes(structure.format ?? "") && structure.codec === undefined) {
    return new RecordingError("no-samples", { cause });
  }
  const kind = kindOf(structure);
  return kind ? new RecordingError("unsupported", { kind, cause }) : new RecordingError("unreadable", { cause });
}

/** @param {number} encoding of a WAV; what every browser reads needs no name */
function encodingName(encoding) {
  return WAV_ENCODINGS[encoding] ?? (encoding > FLOAT ? `WAV of encoding ${encoding}` : undefined);
}

/**
 * What people call it; undefined of what is no sound.
 * @param {SoundStructure} structure
 */
function kindOf({ format, codec, parts }) {
  const named = codec ? (CODECS[codec] ?? codec) : encodingName(parts[0]?.layout?.encoding ?? 0);
  return named ?? (format && /[A-Z]/.test(format) ? format : format?.toUpperCase());
}
