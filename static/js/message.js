/** The one thing that is ever sent about a voice: the frames of an utterance as plain numbers. */

export const MAX_FRAMES = 2000;
const ENERGY_DIGITS = 5;
const LPC_DECIMALS = 4;

/** @typedef {import("./features.js").Frontend} Frontend */
/** @typedef {import("./features.js").FrameFeatures} FrameFeatures */

/**
 * @typedef {object} Message
 * @property {number[][]} mfcc
 * @property {number[]} energy
 * @property {number[]} zcr
 * @property {string} frontend
 * @property {number} [digit]
 */

/**
 * @param {number} value
 * @param {number} decimals
 */
function roundTo(value, decimals) {
  const scale = 10 ** decimals;
  return Math.round(value * scale) / scale;
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
    mfcc: frames.map(({ mfcc }) => mfcc.map((value) => roundTo(value, frontend.decimals))),
    energy: frames.map(({ energy }) => Number(energy.toPrecision(ENERGY_DIGITS))),
    zcr: frames.map(({ zcr }) => zcr),
    frontend: frontend.id,
  };
  if (digit !== undefined) {
    message.digit = digit;
  }
  return message;
}

/**
 * The fields of an utterance that are sent only where the service wants them.
 * @param {{lpc: number[]}} utterance
 * @param {string[]} wanted `wanted_features` of the service's status
 * @returns {{lpc?: number[]}}
 */
export function optionalFeatures({ lpc }, wanted) {
  return wanted.includes("lpc") ? { lpc: lpc.map((value) => roundTo(value, LPC_DECIMALS)) } : {};
}
