/** From microphone samples to utterances: resampler, framing, features and endpointer in one stream. */
import { utteranceLpc } from "./burg.js";
import { countClipped } from "./clipping.js";
import { Endpointer } from "./endpointer.js";
import { createFeatureExtractor } from "./features.js";
import { frameLevel } from "./frame-level.js";
import { Framer } from "./framing.js";
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
 * @property {number[]} lpc predictor coefficients of its sound
 * @property {Measures} measures
 */

/** @typedef {Utterance & {samples: Float32Array}} SoundUtterance with its sound at the front end's rate */

/** @typedef {SpeechStart | (SpeechEnd & Partial<SoundUtterance>)} StreamEvent */

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

/** @typedef {{features: FrameFeatures, samples: Float32Array, clippedBefore: number}} KeptFrame */

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
   * @param {Partial<import("./features.js").Endpointing>} [options.endpointing] settings that differ from the front end's
   */
  constructor({ inputHz, frontend, meyda, endpointing = {} }) {
    const hopMs = (1000 * frontend.hop_samples) / frontend.sample_rate_hz;
    const settings = { ...frontend.endpointing, ...endpointing };
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
      this.#keep({ features, samples: frame, clippedBefore });
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
   * @returns {SoundUtterance}
   */
  #utterance({ firstFrame, endFrame, speechMs, levelDb, floorDb }) {
    const offset = this.#count - this.#kept.length;
    const kept = this.#kept.slice(Math.max(0, firstFrame - offset), endFrame - offset);
    const clippedSamples = this.#clipped - kept[0].clippedBefore;
    const samples = this.#samplesOf(kept);
    return {
      frames: kept.map(({ features }) => features),
      samples,
      lpc: utteranceLpc(samples, this.#frontend),
      measures: { speechMs, levelDb, floorDb, clippedSamples },
    };
  }

  /**
   * The sound that the overlapping frames were cut from.
   * @param {KeptFrame[]} utterance
   */
  #samplesOf(utterance) {
    const { hop_samples: hop, frame_samples: length } = this.#frontend;
    const sound = new Float32Array((utterance.length - 1) * hop + length);
    utterance.forEach(({ samples }, index) => sound.set(samples, index * hop));
    return sound;
  }
}
