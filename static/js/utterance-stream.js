/** From microphone samples to utterances: resampler, framing, features and endpointer in one stream. */
import { Endpointer, frameLevel } from "./endpointer.js";
import { createFeatureExtractor } from "./features.js";
import { Resampler } from "./resampler.js";

/** @typedef {import("./features.js").Frontend} Frontend */
/** @typedef {import("./features.js").FrameFeatures} FrameFeatures */
/** @typedef {import("./endpointer.js").SpeechStart} SpeechStart */
/** @typedef {import("./endpointer.js").SpeechEnd} SpeechEnd */

/**
 * What a take is judged by. Levels are dB of frameLevel().
 * @typedef {object} Measures
 * @property {number} speechMs
 * @property {number} levelDb of the loudest frame
 * @property {number} floorDb of the room
 * @property {number} clippedSamples at the limits of what the microphone delivers
 */

/**
 * A stretch of speech.
 * @typedef {object} Utterance
 * @property {FrameFeatures[]} frames
 * @property {Measures} measures
 */

/** @typedef {SpeechStart | (SpeechEnd & Partial<Utterance>)} StreamEvent */

/**
 * One frame as it is heard, for whoever draws it. Levels are dB of frameLevel().
 * @typedef {{mfcc: number[], levelDb: number, floorDb: number, isSpeech: boolean}} LiveFrame
 */

/**
 * What the last samples brought.
 * @typedef {object} Level
 * @property {number} levelDb smoothed
 * @property {number} floorDb of the room
 * @property {boolean} isSpeech
 * @property {number} clippedSamples so far
 * @property {number} firstFrame number of the first of `frames`
 * @property {LiveFrame[]} frames
 * @property {(SpeechStart | SpeechEnd)[]} events what the endpointer decided meanwhile
 */

/** @typedef {{features: FrameFeatures, clippedBefore: number}} KeptFrame */

export class UtteranceStream {
  #resampler;
  #framer;
  #extract;
  #frontend;
  #endpointer;
  /**
   * The last frames, long enough for the longest utterance.
   * @type {KeptFrame[]}
   */
  #kept = [];
  #keptFrames;
  #count = 0;
  #clipped = 0; // samples so far
  /** @type {LiveFrame[]} */
  #live = [];
  /** @type {StreamEvent[]} */
  #decided = [];

  /**
   * @param {object} options
   * @param {number} options.inputHz rate of the samples pushed
   * @param {Frontend} options.frontend
   * @param {import("./features.js").Meyda} options.meyda
   */
  constructor({ inputHz, frontend, meyda }) {
    const hopMs = (1000 * frontend.hop_samples) / frontend.sample_rate_hz;
    const settings = frontend.endpointing;
    this.#resampler = new Resampler(inputHz, frontend.sample_rate_hz);
    this.#framer = new Framer(frontend.frame_samples, frontend.hop_samples);
    this.#extract = createFeatureExtractor(meyda, frontend);
    this.#frontend = frontend;
    this.#endpointer = new Endpointer(settings, hopMs);
    const keptMs = settings.max_speech_ms + settings.padding_before_ms + settings.hangover_ms;
    this.#keptFrames = Math.ceil(keptMs / hopMs) + 1;
  }

  /** Frames seen so far. */
  get frameCount() {
    return this.#count;
  }

  /**
   * For meters and pictures.
   * @returns {Level}
   */
  get level() {
    const { levelDb, floorDb, isSpeech } = this.#endpointer;
    const firstFrame = this.#count - this.#live.length;
    const heard = { firstFrame, frames: this.#live, events: this.#decided };
    return { levelDb, floorDb, isSpeech, clippedSamples: this.#clipped, ...heard };
  }

  /**
   * Returns the endpointer's events that the samples cause; those of type "speech-end" are an Utterance too.
   * @param {Float32Array} samples in [-1, 1]
   * @returns {StreamEvent[]}
   */
  push(samples) {
    const clippedBefore = this.#clipped;
    this.#clipped += countClipped(samples);
    return this.#follow(this.#resampler.push(samples), clippedBefore);
  }

  /**
   * What is still to come when the recording has ended.
   * @returns {StreamEvent[]}
   */
  end() {
    const events = this.#follow(this.#resampler.flush(), this.#clipped);
    const last = this.#endpointer.end();
    return last ? [...events, this.#complete(last)] : events;
  }

  /**
   * @param {Float32Array} samples at the front end's rate
   * @param {number} clippedBefore
   */
  #follow(samples, clippedBefore) {
    /** @type {StreamEvent[]} */
    const events = [];
    this.#live = [];
    for (const frame of this.#framer.push(samples)) {
      const features = this.#extract(frame);
      this.#keep({ features, clippedBefore });
      const event = this.#endpointer.push(frameLevel(frame, this.#frontend.gain));
      const { levelDb, floorDb, isSpeech } = this.#endpointer;
      this.#live.push({ mfcc: features.mfcc, levelDb, floorDb, isSpeech });
      if (event) {
        events.push(this.#complete(event));
      }
    }
    this.#decided = events;
    return events;
  }

  /**
   * @param {SpeechStart | SpeechEnd} event
   * @returns {StreamEvent}
   */
  #complete(event) {
    return event.type === "speech-end" ? { ...event, ...this.#utterance(event) } : event;
  }

  /** @param {KeptFrame} frame */
  #keep(frame) {
    this.#kept.push(frame);
    this.#count += 1;
    if (this.#kept.length > this.#keptFrames) {
      this.#kept.shift();
    }
  }

  /**
   * @param {SpeechEnd} event
   * @returns {Utterance}
   */
  #utterance({ firstFrame, endFrame, speechMs, levelDb, floorDb }) {
    const offset = this.#count - this.#kept.length;
    const kept = this.#kept.slice(Math.max(0, firstFrame - offset), endFrame - offset);
    const clippedSamples = this.#clipped - kept[0].clippedBefore;
    return {
      frames: kept.map(({ features }) => features),
      measures: { speechMs, levelDb, floorDb, clippedSamples },
    };
  }
}

/** Cuts a stream of samples into overlapping frames: frame i = samples[i * hop .. i * hop + length). */
export class Framer {
  #frameSamples;
  #hopSamples;
  #held = new Float32Array(0);

  /**
   * @param {number} frameSamples
   * @param {number} hopSamples
   */
  constructor(frameSamples, hopSamples) {
    if (!(hopSamples > 0 && hopSamples <= frameSamples)) {
      throw new RangeError(`hop must be 1..${frameSamples} samples, got ${hopSamples}`);
    }
    this.#frameSamples = frameSamples;
    this.#hopSamples = hopSamples;
  }

  /**
   * Takes the next samples, returns the whole frames they complete, in order.
   * @param {Float32Array} samples
   */
  push(samples) {
    const all = new Float32Array(this.#held.length + samples.length);
    all.set(this.#held);
    all.set(samples, this.#held.length);
    const frames = [];
    let start = 0;
    while (start + this.#frameSamples <= all.length) {
      frames.push(all.slice(start, start + this.#frameSamples));
      start += this.#hopSamples;
    }
    this.#held = all.slice(start);
    return frames;
  }
}

/** Samples at the limits of what a microphone delivers. */

const LIMIT = 0.99;
const SHORTEST_RUN = 3; // one loud sample alone may just be a peak

/**
 * How many samples lie in runs at the limit.
 * @param {Float32Array} samples in [-1, 1], at the native rate
 */
export function countClipped(samples) {
  let clipped = 0;
  let run = 0;
  for (const sample of samples) {
    run = Math.abs(sample) >= LIMIT ? run + 1 : 0;
    if (run >= SHORTEST_RUN) {
      clipped += run === SHORTEST_RUN ? SHORTEST_RUN : 1;
    }
  }
  return clipped;
}
