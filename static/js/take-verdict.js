/** Whether a take is good enough to learn a voice from, by how it was recorded; no sound, no DOM. */

/**
 * @typedef {"good" | "too-quiet" | "too-short" | "noisy" | "clipped" | "wrong-digit" | "repeated"} Verdict
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
});

/** Set on the background speakers; docs/page.md tells what they let pass and refuse. */
const TAKE_LIMITS = Object.freeze({
  /** Levels are dB of frameLevel() with a gain of 32768; a full-scale sine has 114. */
  leastLevelDb: 70,
  leastAboveFloorDb: 12,
  leastSpeechMs: 150,
  mostClippedSamples: 12,
});

/**
 * @param {Measures} measures
 * @param {Partial<typeof TAKE_LIMITS>} [limits] that differ from TAKE_LIMITS
 * @returns {Verdict}
 */
export function judgeTake({ speechMs, levelDb, floorDb, clippedSamples }, limits = {}) {
  const { leastLevelDb, leastAboveFloorDb, leastSpeechMs, mostClippedSamples } = { ...TAKE_LIMITS, ...limits };
  if (clippedSamples > mostClippedSamples) {
    return "clipped";
  }
  if (levelDb < leastLevelDb) {
    return "too-quiet";
  }
  if (levelDb - floorDb < leastAboveFloorDb) {
    return "noisy"; // which may be why it is short, too
  }
  return speechMs < leastSpeechMs ? "too-short" : "good";
}
