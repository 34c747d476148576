/** A speaker's voice kept in this browser, to be verified without a service. */
import { CepstraError } from "../errors.js";
import { FRAMES_PER_SECOND } from "../message.js";
import { CALIBRATION_FILE, EmbeddingScorer, joinedEmbeddings } from "./embedding-scorer.js";
import * as store from "./profile-store.js";
import { seal, unseal } from "./sealed-box.js";
import { embedderOf, loadNetwork } from "./voice-embedder.js";
import { profileOf } from "./watching.js";

/** @typedef {import("./voice-embedder.js").VoiceEmbedder} VoiceEmbedder */
/** @typedef {import("./embedding-scorer.js").SpokenEmbedding} SpokenEmbedding */
/** @typedef {{mfcc: number[][]}} Heard */

/**
 * A take as `client.export()` gives it, or a message.
 * @typedef {object} Take
 * @property {number[][] | null} [mfcc]
 * @property {number[] | null} [embedding]
 * @property {number | null} [speech_frames]
 * @property {string | null} [network]
 * @property {string} [role]
 */

/**
 * @typedef {object} KeepOptions
 * @property {readonly Take[]} [takes]
 * @property {number} [falseAcceptRate] share of impostors that may be accepted; the service's, where it is left out
 * @property {AbortSignal} [signal]
 */

/**
 * @typedef {object} OfflineResult
 * @property {"accept" | "reject" | "inconclusive"} decision
 * @property {boolean} isAccepted
 * @property {number} llr natural log-likelihood ratio
 * @property {number} threshold the least llr that is accepted
 * @property {number} probability of the claim, if both answers were as likely
 * @property {number} speechS seconds of speech
 */

/**
 * A profile as it is opened.
 * @typedef {object} Kept
 * @property {string} speaker
 * @property {string} keptAt
 * @property {SpokenEmbedding} voice
 * @property {number} falseAcceptRate
 * @property {number} [thresholdShift] how far the adopted threshold lies above the shipped one; older profiles have none
 */

const FEWEST_S = 0.6; // as MIN_SPEECH_S of the service

export class OfflineProfile {
  /** Whose voice it is. */
  speaker;
  /** When it was kept, ISO 8601. */
  keptAt;
  #embedder;
  #scorer;
  #voice;
  #falseAcceptRate;
  #thresholdShift;
  #hear;

  /**
   * @param {Kept} kept
   * @param {{embedder: VoiceEmbedder, scorer: EmbeddingScorer}} network
   * @param {(options: {seconds?: number, signal?: AbortSignal}) => Promise<Heard>} hear listens to free speech
   */
  constructor({ speaker, keptAt, voice, falseAcceptRate, thresholdShift = 0 }, { embedder, scorer }, hear) {
    this.speaker = speaker;
    this.keptAt = keptAt;
    this.#voice = voice;
    this.#falseAcceptRate = falseAcceptRate;
    this.#thresholdShift = thresholdShift;
    this.#embedder = embedder;
    this.#scorer = scorer;
    this.#hear = hear;
  }

  /**
   * Listens to free speech and tells whether it is this voice; nothing is sent. A recording of the voice would do, and
   * whoever controls the browser controls the answer.
   * @param {{seconds?: number, signal?: AbortSignal}} [options] `seconds` of speech, 6
   * @returns {Promise<OfflineResult>}
   */
  async verify(options = {}) {
    return this.judge(await this.#hear(options));
  }

  /**
   * The same of a message of record() or recordSpeech().
   * @param {Heard} message
   * @returns {OfflineResult}
   */
  judge({ mfcc }) {
    const { sums, frames } = this.#embedder.pool(mfcc);
    const speechS = frames / FRAMES_PER_SECOND;
    if (frames === 0) {
      throw new CepstraError("nothing-heard");
    }
    const said = { vector: this.#embedder.embedding(sums), speechFrames: frames };
    const { llr, threshold: shipped } = this.#scorer.compare(this.#voice, said, this.#falseAcceptRate);
    const threshold = shipped + this.#thresholdShift;
    const decided = llr >= threshold ? "accept" : "reject";
    const decision = speechS < FEWEST_S ? "inconclusive" : decided;
    return { decision, isAccepted: decision === "accept", llr, threshold, probability: 1 / (1 + Math.exp(-llr)), speechS };
  }
}

/**
 * @typedef {object} Keeping
 * @property {string} speaker
 * @property {string} passphrase
 * @property {readonly Take[]} takes
 * @property {number} [falseAcceptRate]
 * @property {AbortSignal} [signal]
 */

/**
 * Seals what takes say of a voice and keeps it, with the network, in this browser.
 * @param {import("../api-client.js").ApiClient} client
 * @param {Keeping} what
 */
export async function keepProfile(client, { speaker, passphrase, takes, falseAcceptRate, signal }) {
  if (passphrase === "") {
    throw new TypeError("expected a passphrase, got none");
  }
  const network = await loadNetwork(client, signal);
  const files = [...network, await client.networkFile(CALIBRATION_FILE, { signal })];
  const embedder = await embedderOf(network);
  const { vector, speechFrames } = voiceOf(embedder, takes);
  const inForce = await client.threshold({ signal });
  const threshold = {
    falseAcceptRate: falseAcceptRate ?? inForce.false_accept_rate,
    thresholdShift: inForce.threshold - inForce.shipped_threshold,
  };
  const keptAt = new Date().toISOString();
  const content = { network: embedder.network, vector: [...vector], speechFrames, ...threshold };
  await store.keep({ speaker, keptAt, sealed: await seal(passphrase, content, speaker) }, files);
}

/**
 * @param {{speaker: string, passphrase: string, hear: (options: object) => Promise<Heard>}} what
 * @returns {Promise<OfflineProfile>}
 */
export async function openProfile({ speaker, passphrase, hear }) {
  const { profile, files } = await store.find(speaker);
  if (!profile) {
    throw new CepstraError("no-profile");
  }
  const { vector, speechFrames, network, ...rest } = await unseal(passphrase, profile.sealed, speaker);
  const calibration = files[files.length - 1];
  const embedder = await embedderOf(files.slice(0, -1));
  if (embedder.network !== network) {
    throw new CepstraError("no-profile"); // another profile came with another network since
  }
  const voice = { vector: Float32Array.from(vector), speechFrames };
  const scorer = new EmbeddingScorer(embedder.cohort, calibration);
  return new OfflineProfile({ speaker, keptAt: profile.keptAt, voice, ...rest }, { embedder, scorer }, hear);
}

export const removeProfile = store.remove;

/**
 * @param {string} speaker
 * @returns {Promise<{speaker: string, keptAt: string} | null>}
 */
export async function keptProfile(speaker) {
  const { profile } = await store.find(speaker);
  return profile ? { speaker, keptAt: profile.keptAt } : null;
}

/**
 * All speech of takes as one embedding, as the service makes it of an enrolment.
 * @param {VoiceEmbedder} embedder
 * @param {readonly Take[]} takes
 * @returns {SpokenEmbedding}
 */
function voiceOf(embedder, takes) {
  const ofTraining = takes.filter(({ role = "train" }) => role === "train");
  const { sums, frames: speechFrames } = profileOf(embedder, ofTraining);
  const parts = speechFrames > 0 ? [{ vector: embedder.embedding(sums), speechFrames }] : [];
  for (const { embedding, speech_frames: count, network } of ofTraining) {
    if (embedding && count && network === embedder.network) {
      parts.push({ vector: Float32Array.from(embedding), speechFrames: count });
    }
  }
  if (parts.length === 0) {
    throw new CepstraError("not-enrolled");
  }
  return joinedEmbeddings(parts);
}
