/** Listens whether a microphone is good enough, from the levels while somebody says a few words. */
import { ADVICE, judgeTake } from "./take-verdict.js";

/** A full-scale square wave, in dB of frameLevel(): levels are reported relative to it. */
const FULL_SCALE_DB = 117.4;

/**
 * @typedef {object} MicrophoneReport
 * @property {import("./take-verdict.js").Verdict} verdict
 * @property {string} advice for people; empty where all is well
 * @property {number} sampleRateHz native rate
 * @property {number} levelDbfs loudest speech, dB of full scale
 * @property {number} floorDbfs noise of the room
 * @property {boolean} isClipped
 */

/**
 * @param {import("./utterance-stream.js").Measures} measures of what was said
 * @param {number} sampleRateHz
 * @returns {MicrophoneReport}
 */
export function reportMicrophone(measures, sampleRateHz) {
  const verdict = judgeTake(measures);
  return {
    verdict,
    advice: ADVICE[verdict],
    sampleRateHz,
    levelDbfs: measures.levelDb - FULL_SCALE_DB,
    floorDbfs: measures.floorDb - FULL_SCALE_DB,
    isClipped: measures.clippedSamples > 0,
  };
}
