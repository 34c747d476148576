/** Which digits are asked for, and asking for them one after the other. Knows neither page nor microphone nor HTTP. */
import { CepstraError } from "./errors.js";
import { ADVICE, judgeTake } from "./verdicts.js";

/** Which digits are asked for, and in which order. */

export const ALL_DIGITS = Object.freeze([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);

/**
 * Fisher-Yates; returns a new array.
 * @template T
 * @param {readonly T[]} items
 * @param {() => number} [random] gives numbers in [0, 1)
 */
export function shuffle(items, random = Math.random) {
  const shuffled = [...items];
  for (let i = shuffled.length - 1; i > 0; i -= 1) {
    const j = Math.floor(random() * (i + 1));
    [shuffled[i], shuffled[j]] = [shuffled[j], shuffled[i]];
  }
  return shuffled;
}

/**
 * The digits still to be said until each of `digits` has `takesPerDigit` takes: in rounds, each in random
 * order, so that takes of one digit are not said one after the other.
 * @param {readonly {digit: number | null}[]} takes those that are there
 * @param {readonly number[]} digits
 * @param {number} takesPerDigit
 * @param {() => number} [random]
 * @returns {number[]}
 */
export function missingDigits(takes, digits, takesPerDigit, random = Math.random) {
  const plan = [];
  for (let round = 1; round <= takesPerDigit; round += 1) {
    const short = digits.filter((digit) => takes.filter((take) => take.digit === digit).length < round);
    plan.push(...shuffle(short, random));
  }
  return plan;
}

/** @typedef {import("./utterance-stream.js").Utterance} Utterance */
/** @typedef {import("./verdicts.js").Verdict} Verdict */

/**
 * @typedef {object} Prompt
 * @property {number} digit to be said now
 * @property {number} index of the digit among those that are asked for, from 0
 * @property {number} total how many are asked for
 * @property {number} tries that failed at this digit so far
 * @property {number} [part] of a comparison: 1 or 2
 */

/** @typedef {Prompt & {verdict: Verdict, advice: string, isKept: boolean}} Heard */

/** @typedef {(signal: AbortSignal, onDiscarded: (event: {isShort: boolean}) => void) => Promise<Utterance>} Listen */

/** After so many poor recordings of one digit the next is taken as it is, but for one that is too short. */
const MOST_POOR = 2;

/**
 * One digit, recorded well enough. Awaits what `onPrompt` returns, so that it can hold things up.
 * @param {Prompt} prompt
 * @param {object} options
 * @param {Listen} options.listen
 * @param {AbortSignal} options.signal
 * @param {(prompt: Prompt) => unknown} options.onPrompt
 * @param {(heard: Heard) => unknown} options.onHeard told of every recording, `isKept` false where it is not used
 * @returns {Promise<{utterance: Utterance, verdict: Verdict, prompt: Prompt}>}
 */
export async function hearDigit(prompt, { listen, signal, onPrompt, onHeard }) {
  for (let tries = prompt.tries; ; tries += 1) {
    const asked = { ...prompt, tries };
    await onPrompt(asked);
    signal.throwIfAborted();
    const utterance = await listen(signal, ({ isShort }) => {
      if (isShort) {
        onHeard({ ...asked, verdict: "too-short", advice: ADVICE["too-short"], isKept: false });
      }
    });
    const verdict = judgeTake(utterance.measures);
    if (verdict === "good" || (tries >= MOST_POOR && verdict !== "too-short")) {
      return { utterance, verdict, prompt: asked };
    }
    await onHeard({ ...asked, verdict, advice: ADVICE[verdict], isKept: false });
  }
}

/**
 * @param {readonly number[]} digits in the order in which they are asked
 * @param {object} options
 * @param {Listen} options.listen
 * @param {AbortSignal} options.signal
 * @param {(prompt: Prompt) => unknown} options.onPrompt
 * @param {(heard: Heard) => unknown} options.onHeard
 * @returns {Promise<import("./message.js").SpokenDigit[]>}
 */
export async function gather(digits, options) {
  const spoken = [];
  for (const [index, digit] of digits.entries()) {
    const first = { digit, index, total: digits.length, tries: 0 };
    const { utterance, verdict, prompt } = await hearDigit(first, options);
    spoken.push({ ...utterance, digit });
    await options.onHeard({ ...prompt, verdict, advice: ADVICE[verdict], isKept: true });
  }
  return spoken;
}

/**
 * Rejects where `promise` takes longer than that after the last sound of life.
 * @param {number} ms
 */
export function silenceLimit(ms) {
  const abort = new AbortController();
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let timer;
  return {
    signal: abort.signal,
    /** Begins to count again. */
    restart() {
      clearTimeout(timer);
      timer = setTimeout(() => abort.abort(new CepstraError("nothing-heard")), ms);
    },
    stop: () => clearTimeout(timer),
  };
}
