/** What the network is made of, in plain typed arrays. Frames lie one after the other: (T, C), row-major. */

/** @typedef {import("./weights-file.js").Weights} Weights */

const TILE = 4; // outputs and frames at a time: sixteen sums in registers, each number read once for four of them
const EPSILON = 1e-5;

/** A convolution over time, or a plain matrix where the kernel has one tap. */
export class Convolution {
  #weights;
  #bias;
  #inputs;
  #outputs;
  #taps;
  #stride;
  #dilation;

  /**
   * @param {Weights} weights (O, C, K) as PyTorch has them, O a multiple of 4
   * @param {Weights} bias (O,)
   * @param {{stride?: number, dilation?: number}} [options]
   */
  constructor({ dims: [outputs, inputs, taps = 1], values }, bias, { stride = 1, dilation = 1 } = {}) {
    this.#outputs = outputs;
    this.#inputs = inputs;
    this.#taps = taps;
    this.#stride = stride;
    this.#dilation = dilation;
    this.#bias = bias.values;
    this.#weights = tapsFirst(values, inputs, taps);
  }

  /**
   * (ceil(T / stride), O) of (T, C): as long as the input, with zeros beyond its ends.
   * @param {Float32Array} frames
   */
  apply(frames) {
    const length = Math.ceil(frames.length / this.#inputs / this.#stride);
    const rows = this.#windows(frames, length);
    const result = products(this.#weights, rows, { outputs: this.#outputs, width: this.#taps * this.#inputs });
    const sums = result.subarray(0, length * this.#outputs);
    const bias = this.#bias;
    for (let at = 0; at < sums.length; at += bias.length) {
      for (let k = 0; k < bias.length; k += 1) {
        sums[at + k] += bias[k];
      }
    }
    return sums;
  }

  /**
   * The frames that each output sees, in a row; rows of zeros fill the last tile.
   * @param {Float32Array} frames
   * @param {number} length
   */
  #windows(frames, length) {
    const width = this.#inputs;
    const rows = new Float32Array(Math.ceil(length / TILE) * TILE * this.#taps * width);
    const reach = ((this.#taps - 1) / 2) * this.#dilation;
    for (let t = 0; t < length; t += 1) {
      for (let tap = 0; tap < this.#taps; tap += 1) {
        const from = (t * this.#stride - reach + tap * this.#dilation) * width;
        if (from >= 0 && from < frames.length) {
          rows.set(frames.subarray(from, from + width), (t * this.#taps + tap) * width);
        }
      }
    }
    return rows;
  }
}

/**
 * (O, C, K) to (O, K, C), so that a window's numbers lie as its weights do.
 * @param {Float32Array} values
 * @param {number} inputs
 * @param {number} taps
 */
function tapsFirst(values, inputs, taps) {
  const size = inputs * taps;
  return values.map((_, k) => {
    const [output, rest] = [Math.floor(k / size), k % size];
    return values[output * size + (rest % inputs) * taps + Math.floor(rest / inputs)];
  });
}

/**
 * (T, O) products of rows (T, W) and weights (O, W); T and O are multiples of 4.
 * @param {Float32Array} weights
 * @param {Float32Array} rows
 * @param {{outputs: number, width: number}} shape
 */
function products(weights, rows, { outputs, width }) {
  const result = new Float32Array((rows.length / width) * outputs);
  for (let output = 0; output < outputs; output += TILE) {
    for (let row = 0; row * width < rows.length; row += TILE) {
      tile(weights, rows, { weight: output * width, row: row * width, width }, result, row * outputs + output, outputs);
    }
  }
  return result;
}

/**
 * Sixteen products at once. Written out, for engines keep variables in registers and no arrays.
 * @param {Float32Array} weights
 * @param {Float32Array} rows
 * @param {{weight: number, row: number, width: number}} from
 * @param {Float32Array} result
 * @param {number} at
 * @param {number} stride of the result's rows
 */
function tile(weights, rows, { weight, row, width }, result, at, stride) {
  const [w1, w2, w3] = [weight + width, weight + 2 * width, weight + 3 * width];
  const [r1, r2, r3] = [row + width, row + 2 * width, row + 3 * width];
  let [a0, a1, a2, a3, b0, b1, b2, b3] = [0, 0, 0, 0, 0, 0, 0, 0];
  let [c0, c1, c2, c3, d0, d1, d2, d3] = [0, 0, 0, 0, 0, 0, 0, 0];
  for (let k = 0; k < width; k += 1) {
    const p = weights[weight + k];
    const q = weights[w1 + k];
    const r = weights[w2 + k];
    const s = weights[w3 + k];
    let value = rows[row + k];
    a0 += p * value;
    a1 += q * value;
    a2 += r * value;
    a3 += s * value;
    value = rows[r1 + k];
    b0 += p * value;
    b1 += q * value;
    b2 += r * value;
    b3 += s * value;
    value = rows[r2 + k];
    c0 += p * value;
    c1 += q * value;
    c2 += r * value;
    c3 += s * value;
    value = rows[r3 + k];
    d0 += p * value;
    d1 += q * value;
    d2 += r * value;
    d3 += s * value;
  }
  write(result, at, a0, a1, a2, a3);
  write(result, at + stride, b0, b1, b2, b3);
  write(result, at + 2 * stride, c0, c1, c2, c3);
  write(result, at + 3 * stride, d0, d1, d2, d3);
}

/**
 * @param {Float32Array} result
 * @param {number} at
 * @param {number} first
 * @param {number} second
 * @param {number} third
 * @param {number} fourth
 */
function write(result, at, first, second, third, fourth) {
  result[at] = first;
  result[at + 1] = second;
  result[at + 2] = third;
  result[at + 3] = fourth;
}

/** Batch normalisation as it is after training: a factor and a constant for each channel. */
export class Normalisation {
  #factors;
  #constants;

  /**
   * @param {(part: string) => Weights} part of the layer: weight, bias, running_mean, running_var, each (C,)
   */
  constructor(part) {
    const [weight, bias, mean, variance] = ["weight", "bias", "running_mean", "running_var"].map((name) => part(name).values);
    this.#factors = weight.map((value, k) => value / Math.sqrt(variance[k] + EPSILON));
    this.#constants = bias.map((value, k) => value - mean[k] * this.#factors[k]);
  }

  /**
   * In place; returns what it was given.
   * @template {Float32Array | Float64Array} Values
   * @param {Values} values (T, C)
   */
  apply(values) {
    const [factors, constants] = [this.#factors, this.#constants];
    for (let at = 0; at < values.length; at += factors.length) {
      for (let k = 0; k < factors.length; k += 1) {
        values[at + k] = values[at + k] * factors[k] + constants[k];
      }
    }
    return values;
  }
}

/**
 * In place; returns what it was given.
 * @param {Float32Array} values
 */
export function rectify(values) {
  for (let k = 0; k < values.length; k += 1) {
    values[k] = Math.max(0, values[k]);
  }
  return values;
}
