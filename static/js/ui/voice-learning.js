/** A voice becomes known by digits, from recordings, or from the frames of its segments of a timeline. */
import { CepstraError } from "../errors.js";
import { FRAMES_PER_SECOND, MAX_FRAMES } from "../message.js";
import { text } from "./i18n.js";
import { sideOf } from "./timeline-files.js";

/** Names the wording of consent.* in strings/; another wording needs another name. */
export const CONSENT_VERSION = "page-2";

/** @typedef {import("../api-client.js").ApiClient} ApiClient */
/** @typedef {import("./timeline-files.js").Segment} Segment */

const MOST_LEARNT = 12_000; // frames of a timeline: two minutes of a voice say enough of it
const FEWEST_TAKES = 2; // a voice is scored only where one take can be held against another

/** @typedef {import("../api-client.js").Status} Status */
/** @typedef {{voice: import("../cepstra.js").Cepstra, session: import("./recording-session.js").RecordingSession}} Tools */

export const hasNoConsent = (/** @type {Status} */ { consent }) => !consent;
export const hasNoTakes = (/** @type {Status} */ { training_log: takes }) => takes.length === 0;

/**
 * Whether everything was deleted in another tab meanwhile; then what is being said ends.
 * @param {Tools} tools
 * @param {(status: Status) => boolean} isMissing
 */
export async function isDeleted({ voice, session }, isMissing) {
  const status = await voice.client.status(voice.speaker).catch(() => null); // what is sent will tell of an outage
  const isGone = status !== null && isMissing(status);
  if (isGone) {
    await session.stop();
  }
  return isGone;
}

/**
 * Enrols digits; where consent was deleted meanwhile, what was sent since is forgotten.
 * @param {Tools} tools
 * @param {Parameters<Tools["session"]["run"]>[0]} place
 * @param {{plan: number[], device: string, onTake: (take: import("../cepstra.js").Take) => void}} options
 */
export async function learnDigits(tools, place, { plan, device, onTake }) {
  const { voice, session } = tools;
  const { client, speaker } = voice;
  /** @type {string[]} */
  const kept = [];
  const options = {
    plan,
    device,
    mode: /** @type {const} */ ("frames"),
    onPrompt: () => void isDeleted(tools, hasNoConsent), // nobody waits for it
    onTake: (/** @type {import("../cepstra.js").Take} */ take) => {
      if (take.isKept) {
        kept.push(String(take.id));
      }
      onTake(take);
    },
  };
  const result = await session.run(place, (signal) => voice.enrol({ ...options, signal }));
  const isGone = await isDeleted(tools, hasNoConsent);
  if (isGone) {
    await forgetTakes(client, speaker, kept);
  }
  return { result, isGone };
}

/**
 * Those that never came, too.
 * @param {ApiClient} client
 * @param {string} speaker
 * @param {readonly string[]} takes by name
 */
export function forgetTakes(client, speaker, takes) {
  return Promise.allSettled(takes.map((take) => client.deleteTake(speaker, take)));
}

/**
 * Where it fails the messages before are kept, and the one on its way may be: it is not called back when `signal` is
 * aborted.
 * @param {ApiClient} client
 * @param {string} speaker
 * @param {(import("../api-client.js").Message & {take: string})[]} messages of free speech
 * @param {AbortSignal} signal
 * @returns {Promise<true>}
 */
export async function learnRecordings(client, speaker, messages, signal) {
  for (const [index, message] of messages.entries()) {
    signal.throwIfAborted();
    try {
      await client.train(speaker, message);
    } catch (error) {
      if (!(error instanceof CepstraError) || error.code !== "other-voice" || index === 0) {
        throw error;
      }
      const [title, advice] = ["title", "advice"].map((part) => text(`failure.several-voices.${part}`));
      throw new CepstraError("several-voices", { title, advice, cause: error });
    }
  }
  return true;
}

/**
 * Who has takes here by that name, else by one that differs by case, accents or what is not seen; null for nobody. Who
 * may not list speakers is told of that name alone.
 * @param {ApiClient} client
 * @param {string} name
 * @returns {Promise<string | null>}
 */
export async function whoIsCalled(client, name) {
  const reply = await client.speakers({ like: name }).catch((error) => (error.status === 403 ? null : Promise.reject(error)));
  if (reply === null) {
    return hasNoTakes(await client.status(name)) ? null : name.normalize("NFC");
  }
  const { speakers } = /** @type {{speakers: import("../service.d.ts").Speaker[]}} */ (reply);
  const names = speakers.filter(({ frontend }) => frontend !== null).map(({ alias }) => alias);
  return names.find((each) => each === name.normalize("NFC")) ?? names[0] ?? null;
}

/**
 * Enrols the first two minutes that a voice says for sure; what it says for sure nowhere, by its first segment.
 * @param {ApiClient} client
 * @param {string} name that nobody has here
 * @param {import("../message.js").Message[]} sides of a telephone call those of either channel; else one
 * @param {Segment[]} segments of the voice
 * @returns {Promise<number>} seconds that are kept
 * @throws {import("../errors.js").ServiceError} nothing is kept then
 */
export async function enrolVoice(client, name, sides, segments) {
  const sure = segments.filter(({ other }) => other === null);
  const said = (sure.length ? sure : segments.slice(0, 1)).flatMap((segment) =>
    sides[sideOf(segment)].mfcc.slice(Math.round(segment.start_s * FRAMES_PER_SECOND), Math.round(segment.end_s * FRAMES_PER_SECOND)),
  );
  const frames = said.slice(0, MOST_LEARNT);
  const count = Math.max(FEWEST_TAKES, Math.ceil(frames.length / MAX_FRAMES));
  const length = Math.ceil(frames.length / count);
  await client.consent(name, CONSENT_VERSION);
  try {
    for (let start = 0; start < frames.length; start += length) {
      await client.train(name, { ...sides[0], mfcc: frames.slice(start, start + length) });
    }
  } catch (error) {
    await client.delete(name);
    throw error;
  }
  return frames.length / FRAMES_PER_SECOND;
}
