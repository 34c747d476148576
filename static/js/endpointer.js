/**
 * Finds utterances in a stream of frame energies: a state machine with an adaptive noise floor.
 *
 * The floor is the smallest smoothed level of the last `floor_window_ms`, so it falls at once, rises within
 * the window when the room gets louder, and needs no knowledge of when somebody speaks (the idea of
 * R. Martin, "Noise power spectral density estimation based on optimal smoothing and minimum statistics", 2001).
 * Until the window is full it is held down to `assumed_floor_db`: then speech in the very first frames is found
 * too, and steady noise taken for speech is thrown away at its end, when the floor has caught up with it.
 */

/** @typedef {import("./features.js").Endpointing} Endpointing */

/**
 * `speechFrame` is where speech was noticed, `firstFrame` is earlier by the padding; levels in dB.
 * @typedef {{type: "speech-start", firstFrame: number}} SpeechStart
 * @typedef {object} SpeechEnd
 * @property {"speech-end" | "discarded"} type
 * @property {number} firstFrame
 * @property {number} endFrame
 * @property {number} speechFrame
 * @property {number} speechMs duration without the paddings
 * @property {number} levelDb of the loudest frame
 * @property {number} floorDb of the room
 * @property {boolean} isShort it was discarded for its length
 */

/** Frame indices count from the first energy pushed; ranges are [firstFrame, endFrame). */
export class Endpointer {
  #settings;
  #hopMs;
  #frames;
  /**
   * The last smoothing window, linear.
   * @type {number[]}
   */
  #energies = [];
  /**
   * The last floor window, smoothed, dB.
   * @type {number[]}
   */
  #levels = [];
  #count = 0;
  #loudRun = 0;
  #quietRun = 0;
  /** @type {number | null} */
  #onset = null;
  #peakDb = -Infinity;
  #previousEnd = 0;

  /**
   * @param {Endpointing} settings
   * @param {number} hopMs distance of two frames
   */
  constructor(settings, hopMs) {
    this.#settings = settings;
    this.#hopMs = hopMs;
    const times = Object.entries(settings).filter(([name]) => name.endsWith("_ms"));
    this.#frames = Object.fromEntries(times.map(([name, ms]) => [name, Math.max(1, Math.round(ms / hopMs))]));
  }

  /** Smoothed level of the last frame, dB. */
  get levelDb() {
    return this.#levels.at(-1) ?? this.#settings.lowest_floor_db;
  }

  get floorDb() {
    const floor = this.#levels.reduce((lowest, level) => Math.min(lowest, level), Infinity);
    const settled = this.#levels.length === this.#frames.floor_window_ms;
    return settled ? floor : Math.min(floor, this.#settings.assumed_floor_db);
  }

  get isSpeech() {
    return this.#onset !== null;
  }

  /**
   * @param {number} energy of the next frame, not negative
   * @returns {null | SpeechStart | SpeechEnd}
   */
  push(energy) {
    this.#measure(energy);
    this.#count += 1;
    return this.#onset === null ? this.#awaitSpeech() : this.#followSpeech(this.#onset);
  }

  /** Nothing follows: ends the utterance that is open, if any, and returns its event, or null. */
  end() {
    return this.#onset === null ? null : this.#finish(this.#onset, this.#count - this.#onset - this.#quietRun);
  }

  /** @param {number} energy */
  #measure(energy) {
    this.#energies.push(energy);
    if (this.#energies.length > this.#frames.smoothing_ms) {
      this.#energies.shift();
    }
    const mean = this.#energies.reduce((sum, value) => sum + value, 0) / this.#energies.length;
    this.#levels.push(Math.max(this.#settings.lowest_floor_db, 10 * Math.log10(mean)));
    if (this.#levels.length > this.#frames.floor_window_ms) {
      this.#levels.shift();
    }
  }

  /** @returns {SpeechStart | null} */
  #awaitSpeech() {
    const isLoud = this.levelDb > this.floorDb + this.#settings.start_above_floor_db;
    this.#loudRun = isLoud ? this.#loudRun + 1 : 0;
    if (this.#loudRun < this.#frames.start_ms) {
      return null;
    }
    this.#onset = this.#count - this.#loudRun;
    this.#peakDb = this.levelDb;
    this.#loudRun = this.#quietRun = 0;
    return { type: "speech-start", firstFrame: this.#firstFrame(this.#onset) };
  }

  /** @param {number} onset */
  #followSpeech(onset) {
    this.#peakDb = Math.max(this.#peakDb, this.levelDb);
    const isQuiet = this.levelDb < this.floorDb + this.#settings.end_above_floor_db;
    this.#quietRun = isQuiet ? this.#quietRun + 1 : 0;
    const length = this.#count - onset;
    if (this.#quietRun < this.#frames.hangover_ms && length < this.#frames.max_speech_ms) {
      return null;
    }
    return this.#finish(onset, length - this.#quietRun);
  }

  /**
   * @param {number} speechFrame
   * @param {number} speechLength
   * @returns {SpeechEnd}
   */
  #finish(speechFrame, speechLength) {
    const firstFrame = this.#firstFrame(speechFrame);
    const endFrame = Math.min(speechFrame + speechLength + this.#frames.padding_after_ms, this.#count);
    const isShort = speechLength < this.#frames.min_speech_ms;
    const isProminent = this.#peakDb > this.floorDb + this.#settings.start_above_floor_db;
    this.#onset = null;
    this.#previousEnd = endFrame;
    const measures = { speechMs: speechLength * this.#hopMs, levelDb: this.#peakDb, floorDb: this.floorDb };
    const type = isShort || !isProminent ? "discarded" : "speech-end";
    return { type, firstFrame, endFrame, speechFrame, isShort, ...measures };
  }

  /** @param {number} onset */
  #firstFrame(onset) {
    return Math.max(onset - this.#frames.padding_before_ms, this.#previousEnd, 0);
  }
}

/**
 * Energy of the frame without its mean, in units of Meyda's: the samples are multiplied by `gain`.
 * @param {Float32Array} frame
 * @param {number} gain
 */
export function frameLevel(frame, gain) {
  let sum = 0;
  let squares = 0;
  for (const sample of frame) {
    sum += sample;
    squares += sample * sample;
  }
  return Math.max(0, squares - (sum * sum) / frame.length) * gain * gain;
}
