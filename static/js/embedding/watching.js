/** Follows an open microphone with a VoiceWatch and tells what becomes of the voice. */
import { FRAMES_PER_SECOND } from "../message.js";
import { SpeechPieces } from "./speech-pieces.js";
import { joined, VoiceWatch } from "./voice-watch.js";

/** @typedef {import("../utterance-stream.js").Level} Level */
/** @typedef {import("./voice-watch.js").Ratio} Ratio */

const SILENCES_S = [4, 10, 30];

/**
 * What a watch tells: `ratio` after every second of speech, `same` and `changed` where the state becomes that, and
 * `silence` after 4, 10 and 30 s in which nobody spoke.
 * @callback Tell
 * @param {"ratio" | "same" | "changed" | "silence"} type
 * @param {any} detail
 */

/**
 * @param {import("./voice-embedder.js").VoiceEmbedder} embedder
 * @param {object} options
 * @param {import("./voice-watch.js").Profile} [options.profile]
 * @param {Tell} options.tell
 * @returns {(level: Level) => void} takes what is heard, block after block
 */
export function createFollower(embedder, { profile, tell }) {
  const watch = new VoiceWatch(embedder, { profile });
  const pieces = new SpeechPieces();
  /** @type {Ratio["state"]} */
  let state = "learning";
  let quietFrames = 0;

  /** @param {readonly import("../utterance-stream.js").LiveFrame[]} frames */
  const measureSilence = (frames) => {
    for (const { isSpeech } of frames) {
      quietFrames = isSpeech ? 0 : quietFrames + 1;
      const waitedS = quietFrames / FRAMES_PER_SECOND;
      if (SILENCES_S.includes(waitedS)) {
        tell("silence", { waitedS });
      }
    }
  };

  return (level) => {
    for (const piece of pieces.push(level)) {
      const ratio = watch.push(piece);
      if (ratio) {
        tell("ratio", ratio);
        if (ratio.state !== state && (ratio.state === "same" || ratio.state === "changed")) {
          tell(ratio.state, ratio);
        }
        state = ratio.state;
      }
    }
    measureSilence(level.frames);
  };
}

/**
 * Follows what `source` hears until `signal` is aborted; then rejects with its reason.
 * @param {(level: Level) => void} follow
 * @param {EventTarget} source of `level` events
 * @param {AbortSignal} signal
 * @returns {Promise<never>}
 */
export function followUntil(follow, source, signal) {
  return new Promise((_resolve, reject) => {
    signal.throwIfAborted();
    const stop = (/** @type {unknown} */ reason) => {
      source.removeEventListener("level", listen);
      reject(reason);
    };
    const listen = (/** @type {Event} */ event) => {
      try {
        follow(/** @type {CustomEvent<Level>} */ (event).detail);
      } catch (error) {
        stop(error);
      }
    };
    source.addEventListener("level", listen);
    signal.addEventListener("abort", () => stop(signal.reason), { once: true });
  });
}

/**
 * What messages say of a voice, to watch for it later.
 * @param {import("./voice-embedder.js").VoiceEmbedder} embedder
 * @param {readonly {mfcc?: readonly (readonly number[])[] | null}[]} messages
 * @returns {import("./voice-watch.js").Profile}
 */
export function profileOf(embedder, messages) {
  return joined(messages.flatMap(({ mfcc }) => (mfcc ? [embedder.pool(mfcc)] : []))); // takes may be embeddings
}
