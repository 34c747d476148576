/** Compares two embeddings as the service does where there are no frames: gmm/embedding_scoring.py, number for number. */
import { placed } from "./voice-watch.js";
import { readSafetensors } from "./weights-file.js";

/** @typedef {{vector: Float32Array, speechFrames: number}} SpokenEmbedding */

/** Beside the network's, as it lies on the service. */
export const CALIBRATION_FILE = "embedding.safetensors";

export class EmbeddingScorer {
  #cohort;
  /** @type {(name: string) => Float32Array} */
  #array;

  /**
   * @param {readonly Float32Array[]} cohort unit vectors of background speakers
   * @param {Uint8Array} file the contents of CALIBRATION_FILE
   */
  constructor(cohort, file) {
    this.#cohort = cohort;
    const arrays = readSafetensors(file);
    this.#array = (name) => /** @type {{values: Float32Array}} */ (arrays.get(`calibration.${name}`)).values;
  }

  /**
   * @param {SpokenEmbedding} enrolled
   * @param {SpokenEmbedding} attempt both of some speech
   * @param {number} falseAcceptRate share of impostors that may be accepted
   * @returns {{llr: number, threshold: number}} natural log-likelihood ratio, and the least that is accepted
   */
  compare(enrolled, attempt, falseAcceptRate) {
    const [known, tried] = [enrolled, attempt].map(({ vector }) => placed(this.#cohort, vector));
    const cosine = known.point.reduce((sum, value, k) => sum + value * tried.point[k], 0);
    const normalised = [tried, known].map(({ mean, deviation }) => (cosine - mean) / deviation);
    const amounts = [enrolled, attempt].map(({ speechFrames }) => Math.log(speechFrames));
    const inputs = [...normalised, ...amounts, known.mean, tried.mean];
    const allowance = this.#weighted(inputs, "allowance_weights") + this.#array("allowance_bias")[0];
    return {
      llr: this.#weighted(inputs, "weights") + this.#array("bias")[0],
      threshold: this.#threshold(falseAcceptRate) + allowance,
    };
  }

  /**
   * @param {readonly number[]} inputs
   * @param {string} name of the weights
   */
  #weighted(inputs, name) {
    const [weights, lowest, highest] = [name, "lowest", "highest"].map(this.#array);
    return inputs.reduce((sum, value, k) => sum + weights[k] * Math.min(highest[k], Math.max(lowest[k], value)), 0);
  }

  /**
   * What that share of impostors reached; between two tabulated shares the logarithm is interpolated.
   * @param {number} share
   */
  #threshold(share) {
    const [falling, ratios] = [this.#array("rates").map(Math.log), this.#array("rate_llrs")];
    const wanted = Math.min(falling[0], Math.max(falling[falling.length - 1], Math.log(share)));
    const after = Math.max(1, falling.findIndex((rate) => rate <= wanted + 1e-6));
    const part = (falling[after - 1] - wanted) / (falling[after - 1] - falling[after]);
    return ratios[after - 1] + part * (ratios[after] - ratios[after - 1]);
  }
}

/**
 * The direction of several embeddings together, each counting as much as it is of speech.
 * @param {readonly SpokenEmbedding[]} parts
 * @returns {SpokenEmbedding}
 */
export function joinedEmbeddings(parts) {
  const total = new Float32Array(parts[0].vector.length);
  for (const { vector, speechFrames } of parts) {
    vector.forEach((value, k) => (total[k] += speechFrames * value));
  }
  const length = Math.hypot(...total);
  const speechFrames = parts.reduce((sum, part) => sum + part.speechFrames, 0);
  return { vector: total.map((value) => value / length), speechFrames };
}
