/** Several digits as one message: the more is spoken, the surer the decision. */
import { buildMessage, MAX_FRAMES, optionalFeatures } from "./message.js";

/** @typedef {import("./utterance-stream.js").Utterance} Utterance */
/** @typedef {Pick<Utterance, "frames" | "lpc"> & {digit: number}} SpokenDigit */

/**
 * One message with a segment a digit; the oldest digits are left out where it would get too long.
 * @param {SpokenDigit[]} digits in the order in which they were said
 * @param {import("./features.js").Frontend} frontend
 * @param {string[]} [wanted] features that the service asks for
 */
export function attemptMessage(digits, frontend, wanted = []) {
  const spoken = newest(digits);
  const segments = spoken.map((each) => ({
    digit: each.digit,
    frames: each.frames.length,
    ...optionalFeatures(each, wanted),
  }));
  return { ...buildMessage(spoken.flatMap(({ frames }) => frames), frontend, undefined, wanted), segments };
}

/** @param {SpokenDigit[]} utterances */
function newest(utterances) {
  let room = MAX_FRAMES;
  const first = utterances.findLastIndex(({ frames }) => (room -= frames.length) < 0) + 1;
  return utterances.slice(Math.min(first, utterances.length - 1));
}
