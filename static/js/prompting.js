/** Which digits are asked for, and asking for them one after the other. Knows neither page nor microphone nor HTTP. */
import { CepstraError } from "./errors.js";
import { ADVICE, judgeTake } from "./verdicts.js";

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

/**
 * @typedef {object} HeardDetails
 * @property {Verdict} verdict
 * @property {string} advice what to do about it, for people
 * @property {boolean} isKept false: the same digit is asked again
 * @property {number | null} aboveNoiseDb how far the speech stood above the noise of the room; null: no speech
 */

/** @typedef {Prompt & HeardDetails} Heard */

/**
 * @typedef {object} SpeakOptions
 * @property {(prompt: Prompt) => unknown} [onPrompt] told which digit is to be said now; awaited
 * @property {(heard: Heard) => unknown} [onHeard] told of every recording
 * @property {AbortSignal} [signal]
 */

/** @typedef {{waitedS: number}} Silence nothing was said for so long */

/** @typedef {(signal: AbortSignal, onDiscarded: (event: {isShort: boolean}) => void) => Promise<Utterance>} Listen */

const HINTS_S = [4, 10];
const GIVE_UP_S = 30;
const MOST_POOR = 10; // recordings in a row

/**
 * The next utterance. While nobody speaks, tells so after 4 and 10 s and rejects with "nothing-heard" after 30.
 * @param {Listen} listen
 * @param {object} options
 * @param {AbortSignal} options.signal
 * @param {(event: {isShort: boolean}) => void} [options.onDiscarded]
 * @param {(silence: Silence) => void} [options.onSilence]
 * @returns {Promise<Utterance>}
 */
export async function hearUtterance(listen, { signal, onDiscarded = () => {}, onSilence = () => {} }) {
  const abort = new AbortController();
  const timers = HINTS_S.map((waitedS) => setTimeout(() => onSilence({ waitedS }), 1000 * waitedS));
  timers.push(setTimeout(() => abort.abort(new CepstraError("nothing-heard")), 1000 * GIVE_UP_S));
  try {
    return await listen(AbortSignal.any([signal, abort.signal]), onDiscarded);
  } finally {
    timers.forEach((timer) => clearTimeout(timer));
  }
}

/**
 * @param {number} poor recordings in a row
 * @param {Verdict} verdict on the last one
 * @throws {CepstraError} "takes-poor" where they are too many
 */
export function limitPoor(poor, verdict) {
  if (poor >= MOST_POOR) {
    throw new CepstraError("takes-poor", { advice: ADVICE[verdict] });
  }
}

/**
 * One digit, recorded well enough; a poor recording is asked for again, up to ten times. Awaits what `onPrompt`
 * returns, so that it can hold things up.
 * @param {Prompt} prompt
 * @param {object} options
 * @param {Listen} options.listen
 * @param {AbortSignal} options.signal
 * @param {(prompt: Prompt) => unknown} options.onPrompt
 * @param {(heard: Heard) => unknown} options.onHeard told of every recording that is not used
 * @param {(silence: Silence) => void} [options.onSilence]
 * @returns {Promise<{utterance: Utterance, heard: Heard}>}
 */
export async function hearDigit(prompt, { listen, signal, onPrompt, onHeard, onSilence }) {
  for (let tries = prompt.tries; ; tries += 1) {
    const asked = { ...prompt, tries };
    signal.throwIfAborted();
    await onPrompt(asked);
    signal.throwIfAborted();
    const onDiscarded = (/** @type {{isShort: boolean}} */ { isShort }) => {
      if (isShort) {
        onHeard({ ...asked, verdict: "too-short", advice: ADVICE["too-short"], isKept: false, aboveNoiseDb: null });
      }
    };
    const utterance = await hearUtterance(listen, { signal, onDiscarded, onSilence });
    const verdict = judgeTake(utterance.measures);
    const aboveNoiseDb = utterance.measures.levelDb - utterance.measures.floorDb;
    const heard = { ...asked, verdict, advice: ADVICE[verdict], isKept: verdict === "good", aboveNoiseDb };
    if (heard.isKept) {
      return { utterance, heard };
    }
    await onHeard(heard);
    limitPoor(tries + 1, verdict);
  }
}

/**
 * @param {readonly number[]} digits in the order in which they are asked
 * @param {Parameters<typeof hearDigit>[1]} options
 * @returns {Promise<import("./message.js").SpokenDigit[]>}
 */
export async function gather(digits, options) {
  const spoken = [];
  for (const [index, digit] of digits.entries()) {
    const first = { digit, index, total: digits.length, tries: 0 };
    const { utterance, heard } = await hearDigit(first, options);
    spoken.push({ frames: utterance.frames, digit });
    await options.onHeard(heard);
  }
  return spoken;
}

/**
 * Free speech until there is enough of it, or `isEnough` is aborted; poor utterances are left out and told.
 * @param {number} frames that are enough
 * @param {object} options
 * @param {Listen} options.listen
 * @param {AbortSignal} options.signal
 * @param {(share: number, verdict: Verdict) => void} options.onSpeech told after every utterance; share is 0..1
 * @param {(silence: Silence) => void} [options.onSilence]
 * @returns {Promise<import("./features.js").FrameFeatures[]>}
 */
export async function hearSpeech(frames, { listen, signal, onSpeech, onSilence }) {
  /** @type {import("./features.js").FrameFeatures[]} */
  const spoken = [];
  for (let poor = 0; spoken.length < frames; ) {
    const utterance = await hearUtterance(listen, { signal, onSilence });
    const verdict = judgeTake(utterance.measures);
    if (verdict === "good") {
      spoken.push(...utterance.frames);
    }
    poor = verdict === "good" ? 0 : poor + 1;
    onSpeech(Math.min(1, spoken.length / frames), verdict);
    limitPoor(poor, verdict);
  }
  return spoken;
}
