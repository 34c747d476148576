/** Enrolment, take by take: every digit is asked for until its take is kept. No DOM, no microphone, no HTTP. */
import { newTakeName } from "./message.js";
import { hearDigit, limitPoor } from "./prompting.js";
import { ServiceError } from "./errors.js";
import { ADVICE } from "./verdicts.js";

/** @typedef {import("./prompting.js").Prompt} Prompt */
/** @typedef {import("./verdicts.js").Verdict} Verdict */
/** @typedef {import("./api-client.js").Training} Training */

/**
 * @typedef {object} TakeDetails
 * @property {string | null} id of a take that is kept, to drop it by
 * @property {Training | null} status what the service replied to a take that is kept
 */

/** @typedef {import("./prompting.js").Heard & TakeDetails} Take */

/** @typedef {(utterance: import("./utterance-stream.js").Utterance, digit: number, take: string) => Promise<Training>} Send */

/**
 * @typedef {object} EnrolOptions
 * @property {readonly number[]} [digits] those to enrol; all ten
 * @property {number} [takesPerDigit] 2; takes that are there count, so calling again resumes
 * @property {readonly number[]} [plan] exactly these digits, in this order, in place of those that are missing
 * @property {string} [device] label of another device; takes are counted for it alone
 * @property {string} [consent] version of the text that the speaker agreed to; recorded before the first take
 * @property {(prompt: Prompt) => unknown} [onPrompt] told which digit is to be said now; awaited
 * @property {(take: Take) => unknown} [onTake] told of every take; "retake" drops one that is kept
 * @property {"frames" | "embedding"} [mode] in place of the kit's
 * @property {AbortSignal} [signal]
 */

/** @type {Map<string, Verdict>} */
const VERDICT_OF_REFUSAL = new Map([
  ["wrong-digit", "wrong-digit"],
  ["repeated-frames", "repeated"],
  ["other-voice", "other-voice"],
  ["nothing-heard", "no-speech"],
]);

export class Enrolment {
  #options;

  /**
   * @param {object} options
   * @param {readonly number[]} options.plan digits in the order in which they are asked
   * @param {import("./prompting.js").Listen} options.listen
   * @param {Send} options.send resolves when the service keeps the take by the name `take`; once it is on its
   *   way its answer is awaited, also after `signal` is aborted, for the service would keep it all the same
   * @param {(id: string) => Promise<unknown>} options.drop makes the service forget a take
   * @param {AbortSignal} options.signal
   * @param {(prompt: Prompt) => unknown} options.onPrompt awaited
   * @param {(take: Take) => unknown} options.onTake awaited; "retake" drops a take that is kept and asks again
   * @param {(silence: import("./prompting.js").Silence) => void} [options.onSilence]
   */
  constructor(options) {
    this.#options = options;
  }

  /** Resolves to the takes that are kept. */
  async run() {
    const { plan } = this.#options;
    /** @type {Take[]} */
    const kept = [];
    for (const [index, digit] of plan.entries()) {
      kept.push(await this.#ask({ digit, index, total: plan.length, tries: 0 }));
    }
    return kept;
  }

  /**
   * @param {Prompt} first
   * @returns {Promise<Take>}
   */
  async #ask(first) {
    for (let { tries } = first; ; tries += 1) {
      const take = await this.#record({ ...first, tries });
      const answer = await this.#options.onTake(take);
      tries = take.tries;
      if (take.isKept && answer === "retake") {
        await this.#options.drop(/** @type {string} */ (take.id));
      } else if (take.isKept) {
        return take;
      } else {
        limitPoor(tries + 1, take.verdict);
      }
    }
  }

  /**
   * @param {Prompt} asked
   * @returns {Promise<Take>}
   */
  async #record(asked) {
    const { onTake, send, drop, ...options } = this.#options;
    const onHeard = (/** @type {import("./prompting.js").Heard} */ poor) => onTake({ ...poor, id: null, status: null });
    const { utterance, heard } = await hearDigit(asked, { ...options, onHeard });
    const take = newTakeName();
    try {
      const status = await send(utterance, heard.digit, take);
      return { ...heard, id: status.take ?? null, status };
    } catch (error) {
      if (options.signal.aborted) {
        await drop(take).catch(() => {}); // where no answer came, the service may keep it
      }
      const refusal = error instanceof ServiceError ? VERDICT_OF_REFUSAL.get(error.code) : undefined;
      if (refusal === undefined) {
        throw error;
      }
      return { ...heard, verdict: refusal, advice: ADVICE[refusal], isKept: false, id: null, status: null };
    }
  }
}
