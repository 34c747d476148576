/** What takes, microphones and attempts are found to be, and in words why. No sound, no DOM. */

/**
 * @typedef {"good" | "too-quiet" | "too-short" | "noisy" | "clipped" | "wrong-digit" | "repeated" | "other-voice" | "no-speech"} Verdict
 * @typedef {import("./utterance-stream.js").Measures} Measures
 */

/** What to do about each verdict, for people. */
export const ADVICE = Object.freeze({
  good: "",
  "too-quiet": "Too quiet: come closer to the microphone or speak up.",
  "too-short": "Too short: say the whole digit.",
  noisy: "Too noisy: go where it is quieter, or closer to the microphone.",
  clipped: "Too loud: the recording is distorted. Move away from the microphone.",
  "wrong-digit": "That sounded like another digit.",
  repeated: "This recording was sent before.",
  "other-voice": "That sounded like another voice than the takes before.",
  "no-speech": "Nobody was heard in it: say the digit, or turn off what hums.",
});

// Set on the background speakers; docs/page.md tells what they let pass and refuse.
const LEAST_LEVEL_DB = 70; // of frameLevel() with a gain of 32768; a full-scale sine has 114
const LEAST_ABOVE_FLOOR_DB = 12;
const LEAST_SPEECH_MS = 150;
const MOST_CLIPPED_SAMPLES = 12;

/**
 * @param {Measures} measures
 * @returns {Verdict}
 */
export function judgeTake({ speechMs, levelDb, floorDb, clippedSamples }) {
  if (clippedSamples > MOST_CLIPPED_SAMPLES) {
    return "clipped";
  }
  if (levelDb < LEAST_LEVEL_DB) {
    return "too-quiet";
  }
  if (levelDb - floorDb < LEAST_ABOVE_FLOOR_DB) {
    return "noisy"; // which may be why it is short, too
  }
  return speechMs < LEAST_SPEECH_MS ? "too-short" : "good";
}

/** A full-scale square wave, in dB of frameLevel(): levels are reported relative to it. */
export const FULL_SCALE_DB = 117.4;

/**
 * @typedef {object} MicrophoneReport
 * @property {Verdict} verdict
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

/**
 * @typedef {object} VerifyResult
 * @property {"accept" | "reject" | "inconclusive"} decision
 * @property {boolean} isAccepted
 * @property {string | null} reason why it was not accepted: "too-little-speech", "wrong-digits", "repeated",
 *   "another-voice", "not-enrolled", or "not-accepted" where the service does not tell
 * @property {string} explanation the same for people
 * @property {number | null} llr natural log-likelihood ratio
 * @property {number | null} threshold the least llr that is accepted
 * @property {number | null} probability
 * @property {string | null} assertion the signed outcome, for the relying party's backend
 * @property {string} challenge its id
 */

/** @type {Record<string, string>} */
export const EXPLANATIONS = {
  "too-little-speech": "Too little speech: say the digits slowly and clearly.",
  "wrong-digits": "Other digits were heard than those shown.",
  repeated: "This was heard before: a recording is no voice.",
  "another-voice": "This is another voice.",
  "not-enrolled": "Nobody is enrolled by this name.",
  "not-accepted": "The voice was not recognised.",
};

/**
 * @param {import("./api-client.js").Reply} reply of /score to an attempt with a challenge
 * @param {import("./api-client.js").Reply} challenge
 * @returns {VerifyResult}
 */
export function asVerdict(reply, { challenge }) {
  const { decision, llr = null, probability = null, threshold = null, assertion = null } = reply;
  const isAccepted = decision === "accept";
  const untold = decision === "inconclusive" ? "too-little-speech" : "not-accepted";
  const reason = isAccepted ? null : (reply.reason ?? untold);
  const explanation = reason === null ? "" : (EXPLANATIONS[reason] ?? EXPLANATIONS["not-accepted"]);
  return { decision, isAccepted, reason, explanation, llr, threshold, probability, assertion, challenge };
}
