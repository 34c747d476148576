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
