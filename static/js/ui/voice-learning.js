/** A voice of a timeline becomes known here, from the frames of its segments. */
import { MAX_FRAMES } from "../message.js";
import { CONSENT_VERSION } from "./voice-screen.js";

/** @typedef {import("../api-client.js").ApiClient} ApiClient */
/** @typedef {import("./timeline-files.js").Segment} Segment */

const FRAMES_PER_SECOND = 100;
const FEWEST_TAKES = 2; // a voice is scored only where one take can be held against another

/**
 * Whether somebody of that name has takes here.
 * @param {ApiClient} client
 * @param {string} name
 */
export async function isTaken(client, name) {
  const { training_log: kept } = await client.status(name);
  return kept.length > 0;
}

/**
 * Enrols all that a voice says for sure; what it says for sure nowhere, by its first segment.
 * @param {ApiClient} client
 * @param {string} name that nobody has here
 * @param {import("../message.js").Message} conversation
 * @param {Segment[]} segments of the voice
 * @returns {Promise<number>} seconds that are kept
 * @throws {import("../errors.js").ServiceError} nothing is kept then
 */
export async function enrolVoice(client, name, conversation, segments) {
  const sure = segments.filter(({ other }) => other === null);
  const frames = (sure.length ? sure : segments.slice(0, 1)).flatMap(({ start_s: start, end_s: end }) =>
    conversation.mfcc.slice(Math.round(start * FRAMES_PER_SECOND), Math.round(end * FRAMES_PER_SECOND)),
  );
  const count = Math.max(FEWEST_TAKES, Math.ceil(frames.length / MAX_FRAMES));
  const length = Math.ceil(frames.length / count);
  await client.consent(name, CONSENT_VERSION);
  try {
    for (let start = 0; start < frames.length; start += length) {
      await client.train(name, { ...conversation, mfcc: frames.slice(start, start + length) });
    }
  } catch (error) {
    await client.delete(name);
    throw error;
  }
  return frames.length / FRAMES_PER_SECOND;
}
