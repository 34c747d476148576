/** Whether all sound of a file was read; cepstra/frontend/decoding.py has the same rule. */
import { RecordingError } from "./recording-error.js";

export const LOST_S = 0.1; // that much may be missing,
const LOST_SHARE = 0.05; // and of the whole beyond

/**
 * @param {import("./sound-structure.js").SoundStructure} structure
 * @param {number} read_s
 * @param {number} stated_s 0 where nothing says how long the sound should be
 * @returns {import("./read-recording.js").Warning[]} of little that is missing
 * @throws {RecordingError} much is
 */
export function judgeCompleteness(structure, read_s, stated_s) {
  const { isComplete = true, missingS = 0, leapsS = 0, endsWithinFrame } = structure;
  const missing_s = Math.max(missingS, unreadS(structure, read_s, stated_s));
  const whole_s = read_s + missing_s;
  if (missing_s > LOST_S + LOST_SHARE * whole_s) {
    throw new RecordingError("cut-short", { read_s, whole_s });
  }
  if (!isComplete && stated_s === 0) {
    throw new RecordingError("cut-short", { read_s });
  }
  if (endsWithinFrame) {
    return [{ code: "torn-end", read_s }];
  }
  const told_s = Math.max(missing_s, leapsS);
  return told_s > LOST_S || missingS > 0 ? [{ code: "partly-read", read_s, whole_s: read_s + told_s }] : [];
}

/**
 * @param {import("./sound-structure.js").SoundStructure} structure
 * @param {number} read_s
 * @param {number} stated_s
 */
function unreadS({ isComplete = true, isBinding = true }, read_s, stated_s) {
  return isBinding || !isComplete ? Math.max(0, stated_s - read_s) : 0;
}
