/** The one thing that is ever sent about a voice: the frames of an utterance as plain numbers. */

export const MAX_FRAMES = 2000;
const ENERGY_DIGITS = 5;
const LPC_DECIMALS = 4;

/** @typedef {import("./features.js").Frontend} Frontend */
/** @typedef {import("./features.js").FrameFeatures} FrameFeatures */

/**
 * @typedef {object} Message
 * @property {number[][]} mfcc
 * @property {string} frontend
 * @property {number} [digit]
 * @property {number[]} [energy]
 * @property {number[]} [zcr]
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
 * @param {string[]} [wanted] `wanted_features` of the service's status; what nobody reads is not sent
 * @returns {Message}
 */
export function buildMessage(frames, frontend, digit, wanted = []) {
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
  if (wanted.includes("energy")) {
    message.energy = frames.map(({ energy }) => Number(energy.toPrecision(ENERGY_DIGITS)));
  }
  if (wanted.includes("zcr")) {
    message.zcr = frames.map(({ zcr }) => zcr);
  }
  return message;
}

/**
 * What is sent of a whole utterance, only where the service wants it.
 * @param {{lpc: number[]}} utterance
 * @param {string[]} wanted `wanted_features` of the service's status
 * @returns {{lpc?: number[]}}
 */
export function optionalFeatures({ lpc }, wanted) {
  return wanted.includes("lpc") ? { lpc: lpc.map((value) => Number(value.toFixed(LPC_DECIMALS))) } : {};
}
