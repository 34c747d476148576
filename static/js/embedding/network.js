/** The shipped network and what the kit does with it; loaded by the first call that needs it. */
import { CepstraError } from "../errors.js";
import { unlessAborted } from "../unless-aborted.js";
import { loadEmbedder } from "./voice-embedder.js";
import { createFollower, profileOf } from "./watching.js";

const DECIMALS = 1e4; // what is lost is a tenth of what two recordings of a voice differ by, in no figure to be seen

/** @typedef {import("./voice-embedder.js").VoiceEmbedder} VoiceEmbedder */
/** @typedef {{embedder: Promise<VoiceEmbedder>, signal?: AbortSignal}} Loading */
/** @typedef {import("../message.js").Message & {segments?: {frames: number}[]}} Spoken */

/**
 * What is sent in place of a message's frames.
 * @typedef {object} EmbeddingMessage
 * @property {number[]} embedding (192,), of length one
 * @property {number} speech_frames that it is of
 * @property {string} network id
 * @property {string} frontend
 * @property {number} [digit]
 * @property {string} [device] label of what recorded it
 */

export class Network {
  #client;
  /** @type {Loading | null} */
  #loading = null;

  /** @param {import("../api-client.js").ApiClient} client */
  constructor(client) {
    this.#client = client;
  }

  /**
   * @param {AbortSignal} [signal]
   * @returns {Promise<VoiceEmbedder>}
   */
  async #load(signal) {
    const loading = (this.#loading ??= this.#begin(signal));
    try {
      return await unlessAborted(loading.embedder, signal);
    } catch (error) {
      if (loading.signal?.aborted && !signal?.aborted) {
        return this.#load(signal); // whoever began gave it up
      }
      throw error;
    }
  }

  /**
   * @param {AbortSignal} [signal]
   * @returns {Loading}
   */
  #begin(signal) {
    const loading = { embedder: loadEmbedder(this.#client, signal), signal };
    loading.embedder.catch(() => (this.#loading = null)); // the next call tries again
    return loading;
  }

  /**
   * @param {{profile?: import("./voice-watch.js").Profile, tell: import("./watching.js").Tell, signal?: AbortSignal}} options
   */
  async follower({ signal, ...options }) {
    return createFollower(await this.#load(signal), options);
  }

  /**
   * @param {readonly {mfcc?: readonly (readonly number[])[] | null}[]} messages
   * @param {AbortSignal} [signal]
   */
  async profile(messages, signal) {
    const profile = profileOf(await this.#load(signal), messages);
    if (profile.frames === 0) {
      throw new CepstraError(messages.some(({ mfcc }) => mfcc) ? "nothing-heard" : "not-enrolled"); // by frames
    }
    return profile;
  }

  /**
   * Makes of a message what is sent in its place; whatever names the take stays, the digits of segments do not.
   * @param {Spoken} message
   * @param {AbortSignal} [signal]
   * @returns {Promise<EmbeddingMessage>}
   */
  async embedded({ mfcc, segments, ...named }, signal) {
    const embedder = await this.#load(signal);
    const { sums, frames } = embedder.poolTogether(parts(mfcc, segments));
    if (frames === 0) {
      throw new CepstraError("nothing-heard");
    }
    const embedding = Array.from(embedder.embedding(sums), (value) => Math.round(value * DECIMALS) / DECIMALS);
    return { ...named, embedding, speech_frames: frames, network: embedder.network };
  }
}

/**
 * @param {number[][]} frames
 * @param {{frames: number}[]} [segments]
 */
function parts(frames, segments = [{ frames: frames.length }]) {
  let end = 0;
  return segments.map((segment) => frames.slice(end, (end += segment.frames)));
}
