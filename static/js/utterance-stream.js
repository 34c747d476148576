/** From microphone samples to utterances: resampler, framing, features and endpointer in one stream. */
import { utteranceLpc } from "./burg.js";
import { Endpointer, ENDPOINTER_SETTINGS } from "./endpointer.js";
import { createFeatureExtractor } from "./features.js";
import { frameLevel } from "./frame-level.js";
import { Framer } from "./framing.js";
import { Resampler } from "./resampler.js";

export class UtteranceStream {
  #resampler;
  #framer;
  #extract;
  #frontend;
  #endpointer;
  #kept = []; // {features, samples} of the last frames, long enough for the longest utterance
  #keptFrames;
  #count = 0;

  /**
   * @param {object} options
   * @param {number} options.inputHz rate of the samples pushed
   * @param {object} options.frontend the contents of frontend.json
   * @param {object} options.meyda the Meyda library
   * @param {object} [options.endpointing] settings that differ from ENDPOINTER_SETTINGS
   */
  constructor({ inputHz, frontend, meyda, endpointing = {} }) {
    const hopMs = (1000 * frontend.hop_samples) / frontend.sample_rate_hz;
    const settings = { ...ENDPOINTER_SETTINGS, hopMs, ...endpointing };
    this.#resampler = new Resampler(inputHz, frontend.sample_rate_hz);
    this.#framer = new Framer(frontend.frame_samples, frontend.hop_samples);
    this.#extract = createFeatureExtractor(meyda, frontend);
    this.#frontend = frontend;
    this.#endpointer = new Endpointer(settings);
    const keptMs = settings.maxSpeechMs + settings.paddingBeforeMs + settings.hangoverMs;
    this.#keptFrames = Math.ceil(keptMs / hopMs) + 1;
  }

  /** Frames seen so far. */
  get frameCount() {
    return this.#count;
  }

  /** Smoothed level and noise floor, dB, for a meter. */
  get level() {
    const { levelDb, floorDb, isSpeech } = this.#endpointer;
    return { levelDb, floorDb, isSpeech };
  }

  /**
   * Takes samples in [-1, 1]; returns the endpointer's events they cause, those of type "speech-end" with
   * `frames`, the features of the utterance, and `lpc`, its predictor coefficients.
   */
  push(samples) {
    const events = [];
    for (const frame of this.#framer.push(this.#resampler.push(samples))) {
      const features = this.#extract(frame);
      this.#keep({ features, samples: frame });
      const event = this.#endpointer.push(frameLevel(frame, this.#frontend.gain));
      if (event?.type === "speech-end") {
        const utterance = this.#slice(event.firstFrame, event.endFrame);
        event.frames = utterance.map((kept) => kept.features);
        event.lpc = utteranceLpc(this.#samplesOf(utterance), this.#frontend);
      }
      if (event) {
        events.push(event);
      }
    }
    return events;
  }

  #keep(frame) {
    this.#kept.push(frame);
    this.#count += 1;
    if (this.#kept.length > this.#keptFrames) {
      this.#kept.shift();
    }
  }

  #slice(firstFrame, endFrame) {
    const offset = this.#count - this.#kept.length;
    return this.#kept.slice(Math.max(0, firstFrame - offset), endFrame - offset);
  }

  /** The sound that the overlapping frames were cut from. */
  #samplesOf(utterance) {
    const { hop_samples: hop, frame_samples: length } = this.#frontend;
    const sound = new Float32Array((utterance.length - 1) * hop + length);
    utterance.forEach(({ samples }, index) => sound.set(samples, index * hop));
    return sound;
  }
}
