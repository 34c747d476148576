/**
 * Finds utterances in a stream of frame energies: a state machine with an adaptive noise floor.
 *
 * The floor is the smallest smoothed level of the last `floorWindowMs`, so it falls at once, rises within
 * the window when the room gets louder, and needs no knowledge of when somebody speaks (the idea of
 * R. Martin, "Noise power spectral density estimation based on optimal smoothing and minimum statistics", 2001).
 * Until the window is full it is held down to `assumedFloorDb`: then speech in the very first frames is found
 * too, and steady noise taken for speech is thrown away at its end, when the floor has caught up with it.
 */

export const ENDPOINTER_SETTINGS = Object.freeze({
  hopMs: 10,
  smoothingMs: 50,
  floorWindowMs: 1500,
  /** Levels are dB of frameLevel() with a gain of 32768; digital silence counts as this much. */
  lowestFloorDb: 30,
  assumedFloorDb: 50,
  startAboveFloorDb: 9,
  endAboveFloorDb: 5,
  startMs: 50,
  hangoverMs: 250,
  paddingBeforeMs: 150,
  paddingAfterMs: 100,
  minSpeechMs: 120,
  maxSpeechMs: 3000,
});

/** @typedef {Record<keyof typeof ENDPOINTER_SETTINGS, number>} EndpointerSettings */

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

  /** @param {Partial<EndpointerSettings>} settings */
  constructor(settings = {}) {
    this.#settings = { ...ENDPOINTER_SETTINGS, ...settings };
    const { hopMs } = this.#settings;
    const times = Object.entries(this.#settings).filter(([name]) => name.endsWith("Ms"));
    this.#frames = Object.fromEntries(times.map(([name, ms]) => [name, Math.max(1, Math.round(ms / hopMs))]));
  }

  /** Smoothed level of the last frame, dB. */
  get levelDb() {
    return this.#levels.at(-1) ?? this.#settings.lowestFloorDb;
  }

  get floorDb() {
    const floor = this.#levels.reduce((lowest, level) => Math.min(lowest, level), Infinity);
    const settled = this.#levels.length === this.#frames.floorWindowMs;
    return settled ? floor : Math.min(floor, this.#settings.assumedFloorDb);
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

  /** @param {number} energy */
  #measure(energy) {
    this.#energies.push(energy);
    if (this.#energies.length > this.#frames.smoothingMs) {
      this.#energies.shift();
    }
    const mean = this.#energies.reduce((sum, value) => sum + value, 0) / this.#energies.length;
    this.#levels.push(Math.max(this.#settings.lowestFloorDb, 10 * Math.log10(mean)));
    if (this.#levels.length > this.#frames.floorWindowMs) {
      this.#levels.shift();
    }
  }

  /** @returns {SpeechStart | null} */
  #awaitSpeech() {
    const isLoud = this.levelDb > this.floorDb + this.#settings.startAboveFloorDb;
    this.#loudRun = isLoud ? this.#loudRun + 1 : 0;
    if (this.#loudRun < this.#frames.startMs) {
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
    const isQuiet = this.levelDb < this.floorDb + this.#settings.endAboveFloorDb;
    this.#quietRun = isQuiet ? this.#quietRun + 1 : 0;
    const length = this.#count - onset;
    if (this.#quietRun < this.#frames.hangoverMs && length < this.#frames.maxSpeechMs) {
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
    const endFrame = Math.min(speechFrame + speechLength + this.#frames.paddingAfterMs, this.#count);
    const isShort = speechLength < this.#frames.minSpeechMs;
    const isProminent = this.#peakDb > this.floorDb + this.#settings.startAboveFloorDb;
    this.#onset = null;
    this.#previousEnd = endFrame;
    const measures = { speechMs: speechLength * this.#settings.hopMs, levelDb: this.#peakDb, floorDb: this.floorDb };
    const type = isShort || !isProminent ? "discarded" : "speech-end";
    return { type, firstFrame, endFrame, speechFrame, isShort, ...measures };
  }

  /** @param {number} onset */
  #firstFrame(onset) {
    return Math.max(onset - this.#frames.paddingBeforeMs, this.#previousEnd, 0);
  }
}
