/**
 * The shipped network in the browser: frames in, a point of 192 dimensions out, as cepstra/neural/additive_embedder.py
 * has it. No library and no WebAssembly, so a strict Content-Security-Policy may stay.
 */
import { Convolution, Normalisation, rectify } from "./layers.js";
import { networkInput, speechFrames } from "../speech-frames.js";
import { readOnnxWeights, readSafetensors } from "./weights-file.js";

/** @typedef {import("./weights-file.js").Weights} Weights */
/** @typedef {import("../speech-frames.js").Cepstra} Cepstra */

/**
 * What adds up over pieces of speech: sums over time of the attention's weights, of activations weighted by them, and
 * of the squares, (3, 512); and the frames of speech that went into them.
 * @typedef {{sums: Float64Array, frames: number}} Pooled
 */

/** The files of the network, as they lie on the service. */
export const NETWORK_FILES = Object.freeze(["tdnn-frames.onnx", "tdnn-point.onnx", "tdnn.safetensors"]);
const DILATIONS = [1, 2, 3];
const POOLED = 512;
const SMALLEST_VARIANCE = 1e-5;
const SMALLEST_WEIGHT = 1e-6;

export class VoiceEmbedder {
  #entrance;
  #blocks;
  #expansion;
  #attention;
  #normalisation;
  #projection;
  #centre;
  #scale;
  /** (C, 192), unit vectors of background speakers. */
  cohort;
  /** The network's id, as the service tells it. */
  network;

  /**
   * @param {readonly Uint8Array[]} files the contents of NETWORK_FILES
   * @param {string} [network] from networkId()
   */
  constructor([frames, point, arrays], network = "") {
    this.network = network;
    const frameWeights = readOnnxWeights(frames);
    const pointWeights = readOnnxWeights(point);
    const arrayWeights = readSafetensors(arrays);
    const convolution = layerOf(frameWeights);
    this.#entrance = [
      [convolution("entrance.0"), normalisationOf(frameWeights, "entrance.2")],
      [convolution("entrance.3", { stride: 2 }), normalisationOf(frameWeights, "entrance.5")],
    ];
    this.#blocks = DILATIONS.map((dilation, k) => [
      convolution(`blocks.${k}.convolution`, { dilation }),
      normalisationOf(frameWeights, `blocks.${k}.normalisation`),
    ]);
    this.#expansion = convolution("expansion.0");
    this.#attention = [convolution("attention.0"), convolution("attention.2")];
    this.#normalisation = normalisationOf(pointWeights, "normalisation");
    this.#projection = layerOf(pointWeights)("projection");
    this.#centre = required(arrayWeights, "centre").values;
    this.#scale = required(arrayWeights, "scale").values;
    const { dims, values } = required(arrayWeights, "cohort");
    this.cohort = Array.from({ length: dims[0] }, (_, row) => values.subarray(row * dims[1], (row + 1) * dims[1]));
  }

  /**
   * Finds the speech in a message and sums it up; zeros where there is none.
   * @param {readonly Cepstra[]} message (T, 20)
   * @returns {Pooled}
   */
  pool(message) {
    return this.poolTogether([message]);
  }

  /**
   * Finds the speech in messages that were said one after the other and sums it up as one, as an attempt is.
   * @param {readonly (readonly Cepstra[])[]} messages
   * @returns {Pooled}
   */
  poolTogether(messages) {
    const speech = messages.flatMap((message) => speechFrames(message));
    return { sums: this.#pooled(speech), frames: speech.length };
  }

  /** @param {readonly Cepstra[]} speech */
  #pooled(speech) {
    const sums = new Float64Array(3 * POOLED);
    if (speech.length === 0) {
      return sums;
    }
    const hidden = this.#hidden(networkInput(speech, this.#centre, this.#scale));
    const inner = this.#attention[0].apply(hidden).map(Math.tanh);
    const weights = this.#attention[1].apply(inner);
    for (let k = 0; k < hidden.length; k += 1) {
      const weight = 1 / (1 + Math.exp(-weights[k]));
      const channel = k % POOLED;
      sums[channel] += weight;
      sums[POOLED + channel] += weight * hidden[k];
      sums[2 * POOLED + channel] += weight * hidden[k] * hidden[k];
    }
    return sums;
  }

  /** @param {Float32Array} input */
  #hidden(input) {
    let frames = input;
    for (const [convolution, normalisation] of this.#entrance) {
      frames = normalisation.apply(rectify(convolution.apply(frames)));
    }
    for (const [convolution, normalisation] of this.#blocks) {
      const changed = normalisation.apply(rectify(convolution.apply(frames)));
      frames = frames.map((value, k) => value + changed[k]);
    }
    return rectify(this.#expansion.apply(frames));
  }

  /**
   * The unit vector (192,) of the sums of one or more pieces.
   * @param {Float64Array} sums (3, 512)
   */
  embedding(sums) {
    const statistics = new Float32Array(2 * POOLED);
    for (let k = 0; k < POOLED; k += 1) {
      const total = sums[k] + SMALLEST_WEIGHT;
      const mean = sums[POOLED + k] / total;
      statistics[k] = mean;
      statistics[POOLED + k] = Math.sqrt(Math.max(SMALLEST_VARIANCE, sums[2 * POOLED + k] / total - mean * mean));
    }
    const point = this.#projection.apply(this.#normalisation.apply(statistics));
    const length = Math.max(1e-12, Math.hypot(...point));
    return point.map((value) => value / length);
  }
}

/**
 * @param {Map<string, Weights>} weights
 * @param {string} name
 */
function required(weights, name) {
  const found = weights.get(name);
  if (!found) {
    throw new TypeError(`expected "${name}" in the network's files, got ${[...weights.keys()].join(", ")}`);
  }
  return found;
}

/** @param {Map<string, Weights>} weights */
function layerOf(weights) {
  return (/** @type {string} */ name, options = {}) =>
    new Convolution(required(weights, `${name}.weight`), required(weights, `${name}.bias`), options);
}

/**
 * @param {Map<string, Weights>} weights
 * @param {string} name
 */
function normalisationOf(weights, name) {
  return new Normalisation((part) => required(weights, `${name}.${part}`));
}

/**
 * The files of a service's network, 2.6 MB; a browser that has them asks only whether they are still the same.
 * @param {import("../api-client.js").ApiClient} client
 * @param {AbortSignal} [signal]
 */
export function loadNetwork(client, signal) {
  return Promise.all(NETWORK_FILES.map((name) => client.networkFile(name, { signal })));
}

/**
 * @param {import("../api-client.js").ApiClient} client
 * @param {AbortSignal} [signal]
 */
export async function loadEmbedder(client, signal) {
  return embedderOf(await loadNetwork(client, signal));
}

/** @param {readonly Uint8Array<ArrayBuffer>[]} files the contents of NETWORK_FILES */
export async function embedderOf(files) {
  return new VoiceEmbedder(files, await networkId(files));
}

/**
 * What tells one network from another: cepstra/verification/shipped.py makes it of the same files.
 * @param {readonly Uint8Array<ArrayBuffer>[]} files
 */
async function networkId(files) {
  if (!globalThis.crypto?.subtle) {
    return ""; // of a page that is not secure: it has no microphone either, and can send no embedding
  }
  const digest = await crypto.subtle.digest("SHA-256", await new Blob([...files]).arrayBuffer());
  const hex = Array.from(new Uint8Array(digest), (byte) => byte.toString(16).padStart(2, "0")).join("");
  return `tdnn-${hex.slice(0, 16)}`;
}
