/**
 * What is sent about a voice: the frames of what was said, as plain numbers; or, in the mode "embedding", what
 * embedding/network.js makes of such a message.
 */

export const MAX_FRAMES = 2000;
export const FRAMES_PER_SECOND = 100;

/** @typedef {import("./features.js").Frontend} Frontend */
/** @typedef {import("./features.js").FrameFeatures} FrameFeatures */

/** A name for a take, so that a call that is sent twice is kept once; also where a page is not served over https. */
export function newTakeName() {
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, "0")).join("");
}

/**
 * @typedef {object} Message
 * @property {number[][]} mfcc
 * @property {string} frontend
 * @property {number} [digit]
 * @property {string} [device] label of what recorded it
 */

/**
 * The multiple of `step` that is nearest, the upper one of two; cepstra/frontend/message.py rounds alike.
 * @param {number} value
 * @param {number} step 0 leaves the value as it is
 */
function toStep(value, step) {
  return step === 0 ? value : Math.floor(value / step + 0.5) * step;
}

/**
 * @param {FrameFeatures[]} frames features of the utterance, 1..2000 frames
 * @param {Frontend} frontend
 * @param {number} [digit] the digit that was asked for, 0..9
 * @returns {Message}
 */
export function buildMessage(frames, frontend, digit) {
  if (frames.length < 1 || frames.length > MAX_FRAMES) {
    throw new RangeError(`a message has 1..${MAX_FRAMES} frames, got ${frames.length}`);
  }
  /** @type {Message} */
  const message = {
    mfcc: frames.map(({ mfcc }) => mfcc.map((value) => toStep(value, frontend.step))),
    frontend: frontend.id,
  };
  if (digit !== undefined) {
    message.digit = digit;
  }
  return message;
}

/** @typedef {{frames: FrameFeatures[], digit: number}} SpokenDigit */

/**
 * One message with a segment a digit; the oldest digits are left out where it would get too long.
 * @param {SpokenDigit[]} digits in the order in which they were said
 * @param {Frontend} frontend
 */
export function attemptMessage(digits, frontend) {
  const spoken = newest(digits);
  const segments = spoken.map(({ digit, frames }) => ({ digit, frames: frames.length }));
  return { ...buildMessage(spoken.flatMap(({ frames }) => frames), frontend), segments };
}

/** @param {SpokenDigit[]} utterances */
function newest(utterances) {
  let room = MAX_FRAMES;
  const first = utterances.findLastIndex(({ frames }) => (room -= frames.length) < 0) + 1;
  return utterances.slice(Math.min(first, utterances.length - 1));
}

const WORTHWHILE_BYTES = 1000;

/**
 * @typedef {object} Packed
 * @property {string | Uint8Array<ArrayBuffer>} body
 * @property {Record<string, string>} headers that say what it is
 */

/**
 * The body of a request: JSON, gzipped where the browser can and where it pays.
 * @param {unknown} value
 * @returns {Promise<Packed>}
 */
export async function packJson(value) {
  const text = JSON.stringify(value);
  const plain = new TextEncoder().encode(text);
  const headers = { "Content-Type": "application/json" };
  if (plain.length < WORTHWHILE_BYTES || !globalThis.CompressionStream) {
    return { body: text, headers };
  }
  const stream = new Blob([plain]).stream().pipeThrough(new CompressionStream("gzip"));
  const body = new Uint8Array(await new Response(stream).arrayBuffer());
  return { body, headers: { ...headers, "Content-Encoding": "gzip" } };
}
