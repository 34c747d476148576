/** Round numbers along an axis. */

/**
 * @param {number} low
 * @param {number} high
 * @returns {number[]} multiples of 1, 2 or 5 times a power of ten within [low, high], about `count` of them
 */
export function ticks(low, high, count = 5) {
  const rough = (high - low || 1) / count;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 5].map((factor) => factor * power).find((candidate) => candidate >= rough) ?? 10 * power;
  const first = Math.ceil(low / step);
  const last = Math.floor(high / step);
  return Array.from({ length: Math.max(0, last - first + 1) }, (_, k) => Number(((first + k) * step).toPrecision(6)));
}
