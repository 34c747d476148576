/**
 * How coefficients of the front end meyda-16k-1 usually lie in speech, so that c0, which spreads over hundreds,
 * and c19, which spreads over ten, can share one colour scale. Means and deviations of 23 read recordings of
 * LibriSpeech (shared/corpora/librispeech/background, every twelfth).
 */
const MEANS = [790, -28, -10, 5, -9, -6, -8, -6, -3, -4, -4, -3, -4, -2, -2, -2, -1, -1, 0, 0];
const DEVIATIONS = [204, 57, 28, 23, 19, 17, 15, 13, 12, 11, 9, 8.5, 8, 8, 7.7, 7, 6.5, 6.4, 6.2, 5.7];

/**
 * Deviations of a coefficient from what is usual; positive is more.
 * @param {number} value
 * @param {number} coefficient its number, from 0
 */
export function unusualness(value, coefficient) {
  return (value - MEANS[coefficient]) / DEVIATIONS[coefficient];
}
