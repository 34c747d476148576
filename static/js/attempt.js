/** The digits of one score round, as one growing message: the more is spoken, the surer the decision. */
import { buildMessage, MAX_FRAMES, optionalFeatures } from "./message.js";

export class Attempt {
  #utterances = []; // {frames, lpc, digit}, oldest first

  /** Keeps a digit that the service has answered. */
  add(utterance, digit) {
    this.#utterances.push({ ...utterance, digit });
  }

  /**
   * The message of all kept digits and one more; the oldest are left out where it would get too long.
   * @param {{frames: object[], lpc: number[]}} utterance the newest digit
   * @param {number} digit
   * @param {object} frontend the contents of frontend.json
   * @param {string[]} wanted features that the service asks for
   */
  messageWith(utterance, digit, frontend, wanted) {
    const spoken = newest([...this.#utterances, { ...utterance, digit }]);
    const segments = spoken.map((each) => ({
      digit: each.digit,
      frames: each.frames.length,
      ...optionalFeatures(each, wanted),
    }));
    return { ...buildMessage(spoken.flatMap(({ frames }) => frames), frontend), segments };
  }
}

function newest(utterances) {
  let room = MAX_FRAMES;
  const first = utterances.findLastIndex(({ frames }) => (room -= frames.length) < 0) + 1;
  return utterances.slice(Math.min(first, utterances.length - 1));
}
