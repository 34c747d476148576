/** Cepstral features of single frames: the front end that frontend.json defines, computed by Meyda. */
import { ServiceError } from "./errors.js";

/**
 * When sound is taken for speech: times in ms, levels in dB of frameLevel(); see endpointer.js.
 * @typedef {object} Endpointing
 * @property {number} smoothing_ms
 * @property {number} floor_window_ms
 * @property {number} lowest_floor_db what digital silence counts as
 * @property {number} assumed_floor_db
 * @property {number} start_above_floor_db
 * @property {number} end_above_floor_db
 * @property {number} start_ms
 * @property {number} hangover_ms
 * @property {number} padding_before_ms
 * @property {number} padding_after_ms
 * @property {number} min_speech_ms
 * @property {number} max_speech_ms
 */

/**
 * The contents of frontend.json.
 * @typedef {object} Frontend
 * @property {string} id
 * @property {number} sample_rate_hz
 * @property {number} frame_samples
 * @property {number} hop_samples
 * @property {boolean} remove_frame_mean
 * @property {number} pre_emphasis
 * @property {number} gain
 * @property {string} window
 * @property {number} mel_bands
 * @property {number} coefficients
 * @property {number} step distance of the values that a coefficient takes in a message; 0: as computed
 * @property {Endpointing} endpointing
 */

/** @typedef {{extract: Function}} Meyda the Meyda library */

/** @typedef {{mfcc: number[]}} FrameFeatures */

/**
 * Subtracts the mean, pre-emphasises inside the frame and applies the gain; returns a Float64Array.
 * @param {Float32Array} frame
 * @param {Frontend} frontend
 */
export function prepareFrame(frame, frontend) {
  let mean = 0;
  if (frontend.remove_frame_mean) {
    for (const sample of frame) {
      mean += sample;
    }
    mean /= frame.length;
  }
  const prepared = new Float64Array(frame.length);
  let previous = frame[0] - mean;
  for (let n = 0; n < frame.length; n += 1) {
    const sample = frame[n] - mean;
    prepared[n] = (sample - frontend.pre_emphasis * previous) * frontend.gain;
    previous = sample;
  }
  return prepared;
}

/**
 * @param {Meyda} meyda handed in: a global on a page, an import in Node
 * @param {Frontend} frontend
 * @returns {(frame: Float32Array) => FrameFeatures} for one frame of `frame_samples` samples in [-1, 1]
 */
export function createFeatureExtractor(meyda, frontend) {
  // Settings go to an heir: the shared object is left alone, and filter banks that Meyda cached for
  // other settings are hidden, for it would go on using them.
  const configured = Object.assign(Object.create(meyda), {
    bufferSize: frontend.frame_samples,
    sampleRate: frontend.sample_rate_hz,
    windowingFunction: frontend.window,
    melBands: frontend.mel_bands,
    numberOfMFCCCoefficients: frontend.coefficients,
    barkScale: undefined,
    melFilterBank: undefined,
    chromaFilterBank: undefined,
  });
  return (frame) => {
    if (frame.length !== frontend.frame_samples) {
      throw new RangeError(`a frame has ${frontend.frame_samples} samples, got ${frame.length}`);
    }
    return configured.extract(["mfcc"], prepareFrame(frame, frontend));
  };
}

/**
 * @param {AbortSignal} [signal]
 * @returns {Promise<Frontend>}
 */
export async function loadFrontend(signal) {
  const url = new URL("./frontend.json", import.meta.url);
  const response = await fetch(url, { signal }).catch((cause) => {
    signal?.throwIfAborted();
    throw ServiceError.ofConnection(cause);
  });
  if (!response.ok) {
    throw ServiceError.ofReply(response.status, {});
  }
  return response.json();
}
