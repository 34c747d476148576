/** Enrolment, take by take: every digit is asked for until its take is kept. No DOM, no microphone, no HTTP. */
import { hearDigit } from "./prompting.js";
import { ServiceError } from "./errors.js";
import { ADVICE } from "./verdicts.js";

/** @typedef {import("./prompting.js").Prompt} Prompt */
/** @typedef {import("./verdicts.js").Verdict} Verdict */
/** @typedef {import("./api-client.js").Training} Training */

/**
 * @typedef {object} TakeDetails
 * @property {Verdict} verdict
 * @property {string} advice what to do about it, for people
 * @property {boolean} isKept false: the same digit is asked again
 * @property {string | null} id of a take that is kept, to drop it by
 * @property {Training | null} status what the service replied to a take that is kept
 */

/** @typedef {Prompt & TakeDetails} Take */

/** @typedef {(utterance: import("./utterance-stream.js").Utterance, digit: number, isChecked: boolean) => Promise<Training>} Send */

/** After so many takes of one digit that sounded like another, the earlier ones may be wrong: the next is kept. */
const MOST_WRONG = 2;

/** @type {Map<string, Verdict>} */
const VERDICT_OF_REFUSAL = new Map([
  ["wrong-digit", "wrong-digit"],
  ["repeated-frames", "repeated"],
]);

export class Enrolment {
  #options;

  /**
   * @param {object} options
   * @param {readonly number[]} options.plan digits in the order in which they are asked
   * @param {import("./prompting.js").Listen} options.listen
   * @param {Send} options.send resolves when the service keeps the take
   * @param {(id: string) => Promise<unknown>} options.drop makes the service forget a take
   * @param {AbortSignal} options.signal
   * @param {(prompt: Prompt) => unknown} options.onPrompt awaited
   * @param {(take: Take) => unknown} options.onTake awaited; "retake" drops a take that is kept and asks again
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
    let wrong = 0;
    for (let { tries } = first; ; tries += 1) {
      const take = await this.#record({ ...first, tries }, wrong < MOST_WRONG);
      const answer = await this.#options.onTake(take);
      tries = take.tries;
      wrong += take.verdict === "wrong-digit" ? 1 : 0;
      if (take.isKept && answer === "retake") {
        await this.#options.drop(/** @type {string} */ (take.id));
      } else if (take.isKept) {
        return take;
      }
    }
  }

  /**
   * @param {Prompt} asked
   * @param {boolean} isChecked whether the service is to refuse another digit
   * @returns {Promise<Take>}
   */
  async #record(asked, isChecked) {
    const { listen, signal, onPrompt, onTake, send } = this.#options;
    const onHeard = (/** @type {import("./prompting.js").Heard} */ heard) => onTake({ ...heard, id: null, status: null });
    const { utterance, verdict, prompt } = await hearDigit(asked, { listen, signal, onPrompt, onHeard });
    try {
      const status = await send(utterance, prompt.digit, isChecked);
      return { ...prompt, verdict, advice: ADVICE[verdict], isKept: true, id: status.take ?? null, status };
    } catch (error) {
      const refusal = error instanceof ServiceError ? VERDICT_OF_REFUSAL.get(error.code) : undefined;
      if (refusal === undefined) {
        throw error;
      }
      return { ...prompt, verdict: refusal, advice: ADVICE[refusal], isKept: false, id: null, status: null };
    }
  }
}
