/** From a sound file to the messages that are sent of it. The file stays in the browser. */
import { buildMessage, MAX_FRAMES } from "../message.js";
import { unlessAborted } from "../unless-aborted.js";
import { MAX_ATTEMPT_FRAMES } from "./cut-recording.js";
import { decodeRecording } from "./decode-recording.js";
import { RecordingError } from "./recording-error.js";
import { countSpeechFrames } from "../speech-frames.js";

/** Seconds of free speech from which a model, or a decision, is about as good as more would make it. */
const ADVISED_SPEECH_S = Object.freeze({ enrolment: 45, verification: 15, conversation: 0 });
/** Frames of the one message that is made for a purpose. */
const MOST_FRAMES = Object.freeze({ enrolment: null, verification: MAX_ATTEMPT_FRAMES, conversation: Infinity });
const CLIPPED_PEAK = 0.999;
const SHORTEST_HALF = 85; // frames, as cepstra/frontend/stretches.py
const IDLE_MS = 10_000;
/** @type {Worker[]} that wait for the next file: a folder holds many */
const idle = [];

/** @typedef {import("../features.js").Frontend} Frontend */
/** @typedef {"enrolment" | "verification" | "conversation"} Purpose */
/** @typedef {import("./decode-recording.js").Decoded} Decoded */
/**
 * @typedef {object} Cut
 * @property {import("./cut-recording.js").Take[]} takes
 * @property {import("./cut-recording.js").Take} rest what an attempt has no room for
 * @property {number} peak
 * @property {number} centreOf so many channels the centre alone is heard; 0 where it is not
 */

/**
 * "little-speech" comes with {speech_s, advised_s}, "much-speech" with {speech_s, heard_s}: an attempt holds so
 * much of it; "narrow-band" comes with {sampleRateHz, advisedHz}, "clipped" with {peak}; "partly-read" with
 * {read_s, whole_s}, "torn-end", of a stream that may go on, with {read_s}; "more-tracks" with {tracks}, of which
 * the first is heard; "centre-only" with {channels}, of which the centre is; "two-sides", of a conversation by telephone,
 * has a message of each side.
 * @typedef {object} Warning
 * @property {"little-speech" | "much-speech" | "narrow-band" | "clipped" | "partly-read" | "torn-end" | "more-tracks" | "centre-only" | "two-sides"} code
 * @property {number} [speech_s]
 * @property {number} [advised_s]
 * @property {number} [heard_s]
 * @property {number} [sampleRateHz]
 * @property {number} [advisedHz]
 * @property {number} [peak]
 * @property {number} [read_s]
 * @property {number} [whole_s]
 * @property {number} [tracks]
 * @property {number} [channels]
 */

/**
 * @typedef {object} Recording
 * @property {import("../message.js").Message[]} messages ready to be sent, in the order spoken, 1..2000 frames each;
 * for verification one, with the first minute of speech; for a conversation one, of all frames with their pauses, of a
 * telephone call one of each side
 * @property {number} speech_s seconds of speech in the file, as the service counts them
 * @property {number} duration_s of the whole file
 * @property {number} sampleRateHz of the file, where its head told it; else the rate it was decoded at
 * @property {Warning[]} warnings
 */

/**
 * @typedef {object} ReadingOptions
 * @property {Frontend} frontend
 * @property {Purpose} [purpose] decides how much speech is advised, and how many messages are made; without, nothing
 * is advised
 * @property {number} [digit] the digit said; left out for free speech
 * @property {AbortSignal} [signal]
 * @property {(progress: {stage: "decoding" | "cutting", share: number}) => void} [onProgress] share is 0..1
 */

/**
 * @param {Blob} file WAV, MP3, M4A, MP4, OGG or FLAC, up to 100 MiB and 15 minutes
 * @param {ReadingOptions} options
 * @returns {Promise<Recording>}
 * @throws {RecordingError} the file cannot be used; the signal's reason when it was aborted
 */
export async function readRecording(file, options) {
  const { frontend, purpose, digit, signal, onProgress = () => {} } = options;
  signal?.throwIfAborted();
  onProgress({ stage: "decoding", share: 0 });
  const decoded = await unlessAborted(decodeRecording(file), signal);
  const told = { ...decoded, frontend, purpose };
  const { takes, rest, peak, centreOf } = await cutInWorker(told, signal, (share) => onProgress({ stage: "cutting", share }));
  // A service refuses takes in which nobody speaks.
  const messages = takes.map((take) => messageOf(take, frontend, digit)).filter(({ mfcc }) => purpose !== "enrolment" || countSpeechFrames(mfcc) > 0);
  if (messages.length === 0) {
    throw new RecordingError("no-speech");
  }
  const heard_s = speechSeconds(messages, frontend);
  const left = rest.frames.length ? [messageOf(rest, frontend, digit)] : [];
  const speech_s = heard_s + speechSeconds(left, frontend);
  const { duration_s, sampleRateHz } = decoded;
  return {
    messages,
    speech_s,
    duration_s,
    sampleRateHz,
    warnings: [
      ...decoded.warnings,
      ...(centreOf ? [/** @type {const} */ ({ code: "centre-only", channels: centreOf })] : []),
      ...(purpose === "conversation" && messages.length > 1 ? [/** @type {const} */ ({ code: "two-sides" })] : []),
      ...warnOfLength(speech_s, heard_s, purpose),
      ...warnOfSound(sampleRateHz, frontend.sample_rate_hz, peak),
    ],
  };
}

/**
 * One message, though an attempt is longer than a take may be.
 * @param {import("./cut-recording.js").Take} take
 * @param {Frontend} frontend
 * @param {number | undefined} digit
 */
function messageOf({ frames }, frontend, digit) {
  const starts = Array.from({ length: Math.ceil(frames.length / MAX_FRAMES) }, (_, n) => n * MAX_FRAMES);
  const parts = starts.map((start) => buildMessage(frames.slice(start, start + MAX_FRAMES), frontend, digit));
  return { ...parts[0], mfcc: parts.flatMap(({ mfcc }) => mfcc) };
}

/**
 * Several files as one recording: what they hold counts together.
 * @param {Recording[]} recordings at least one
 * @param {{frontend: Frontend, purpose?: Purpose}} options
 * @returns {Recording}
 * @throws {RecordingError} some of a conversation are of two sides, others are not
 */
export function joinRecordings(recordings, { frontend, purpose }) {
  const sum = (/** @type {"speech_s" | "duration_s"} */ name) => recordings.reduce((total, each) => total + each[name], 0);
  const most = purpose ? MOST_FRAMES[purpose] : null;
  const all = recordings.flatMap(({ messages }) => messages);
  const together = purpose === "conversation" ? bySide(recordings) : [all];
  const messages = most ? together.map((of) => ({ ...of[0], mfcc: of.flatMap(({ mfcc }) => mfcc).slice(0, most) })) : twoOrMore(all);
  const heard_s = speechSeconds(messages, frontend);
  const ofSound = recordings.flatMap(({ warnings }) => warnings).filter(({ code }) => !code.endsWith("-speech"));
  const isCut = recordings.some(({ warnings }) => warnings.some(({ code }) => code === "much-speech"));
  const isLong = purpose === "verification" && all.reduce((n, each) => n + each.mfcc.length, 0) > MAX_ATTEMPT_FRAMES;
  const speech_s = isCut || isLong ? Math.max(heard_s, sum("speech_s")) : heard_s;
  return { ...recordings[0], messages, speech_s, duration_s: sum("duration_s"), warnings: [...warnOfLength(speech_s, heard_s, purpose), ...ofSound] };
}

/** @param {Recording[]} recordings of conversations */
function bySide(recordings) {
  const counts = new Set(recordings.map(({ messages }) => messages.length));
  if (counts.size > 1) {
    throw new RecordingError("two-voices");
  }
  return recordings[0].messages.map((_, side) => recordings.map(({ messages }) => messages[side]));
}

/**
 * @param {import("../message.js").Message[]} messages
 * @param {Frontend} frontend
 */
function speechSeconds(messages, frontend) {
  const frames = messages.reduce((sum, { mfcc }) => sum + countSpeechFrames(mfcc), 0);
  return (frames * frontend.hop_samples) / frontend.sample_rate_hz;
}

/**
 * A voice is scored only where one take can be held against another: a single one becomes two, if it is long enough.
 * @param {import("../message.js").Message[]} messages
 */
function twoOrMore(messages) {
  const [{ mfcc, ...rest }] = messages;
  const middle = Math.floor(mfcc.length / 2);
  const halves = [mfcc.slice(0, middle), mfcc.slice(middle)].map((half) => ({ ...rest, mfcc: half }));
  return messages.length > 1 || halves[0].mfcc.length < SHORTEST_HALF ? messages : halves;
}

/**
 * @param {number} speech_s
 * @param {number} heard_s of it in the messages
 * @param {keyof typeof ADVISED_SPEECH_S} [purpose]
 * @returns {Warning[]}
 */
function warnOfLength(speech_s, heard_s, purpose) {
  if (heard_s < speech_s - 1e-6) {
    return [{ code: "much-speech", speech_s, heard_s }];
  }
  const advised_s = purpose ? ADVISED_SPEECH_S[purpose] : 0;
  return speech_s < advised_s ? [{ code: "little-speech", speech_s, advised_s }] : [];
}

/**
 * @param {number} sampleRateHz
 * @param {number} advisedHz
 * @param {number} peak
 */
function warnOfSound(sampleRateHz, advisedHz, peak) {
  /** @type {Warning[]} */
  const warnings = [];
  if (sampleRateHz < advisedHz) {
    warnings.push({ code: "narrow-band", sampleRateHz, advisedHz });
  }
  if (peak >= CLIPPED_PEAK) {
    warnings.push({ code: "clipped", peak });
  }
  return warnings;
}

/**
 * @param {Decoded & {frontend: Frontend, purpose?: Purpose}} told
 * @param {AbortSignal | undefined} signal
 * @param {(share: number) => void} onProgress
 * @returns {Promise<Cut>}
 */
function cutInWorker(told, signal, onProgress) {
  const worker = idle.pop() ?? new Worker(new URL("./recording-worker.js", import.meta.url), { type: "module" });
  let isFree = false;
  /** @type {Promise<Cut>} */
  const done = new Promise((resolve, reject) => {
    worker.onmessage = ({ data: { share, code, failure, ...result } }) => {
      isFree = share === undefined && !failure;
      if (share !== undefined) {
        onProgress(share);
      } else if (code) {
        reject(new RecordingError(code));
      } else if (failure) {
        reject(new Error(failure));
      } else {
        resolve(/** @type {Cut} */ (result));
      }
    };
    worker.onerror = (event) => reject(new Error(`The recording could not be cut: ${event.message}`));
  });
  const buffers = new Set(told.parts.flatMap(({ bytes, channels }) => [...(bytes ? [bytes] : []), ...channels.map(({ buffer }) => buffer)]));
  worker.postMessage(told, [...buffers]);
  return unlessAborted(done, signal).finally(() => (isFree ? keepForTheNext(worker) : worker.terminate()));
}

/** @param {Worker} worker that has heard its file to the end, and took a quarter of a second to start */
function keepForTheNext(worker) {
  idle.push(worker);
  setTimeout(() => {
    if (idle.includes(worker)) {
      idle.splice(idle.indexOf(worker), 1);
      worker.terminate();
    }
  }, IDLE_MS);
}
