/** The digits of one score round, as one growing message: the more is spoken, the surer the decision. */
import { buildMessage, MAX_FRAMES } from "./message.js";

export class Attempt {
  #utterances = []; // {frames, digit}, oldest first

  /** Keeps a digit that the service has answered. */
  add(frames, digit) {
    this.#utterances.push({ frames, digit });
  }

  /**
   * The message of all kept digits and one more; the oldest are left out where it would get too long.
   * @param {object[]} frames features of the newest digit
   * @param {number} digit
   * @param {object} frontend the contents of frontend.json
   */
  messageWith(frames, digit, frontend) {
    const spoken = newest([...this.#utterances, { frames, digit }]);
    const segments = spoken.map((utterance) => ({ digit: utterance.digit, frames: utterance.frames.length }));
    return { ...buildMessage(spoken.flatMap((utterance) => utterance.frames), frontend), segments };
  }
}

function newest(utterances) {
  let room = MAX_FRAMES;
  const first = utterances.findLastIndex(({ frames }) => (room -= frames.length) < 0) + 1;
  return utterances.slice(Math.min(first, utterances.length - 1));
}
