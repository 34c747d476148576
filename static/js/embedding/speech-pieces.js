/** Cuts speech into pieces of a second while it is being spoken, however long somebody goes on. */

/** @typedef {import("../utterance-stream.js").Level} Level */

const PIECE_FRAMES = 100;
const SHORTEST_FRAMES = 20;
const KEPT_FRAMES = 200; // longer than an utterance begins before it is noticed, and than blocks of samples are

export class SpeechPieces {
  /**
   * The last frames heard.
   * @type {number[][]}
   */
  #kept = [];
  /** Number of the frame after the last one. */
  #count = 0;
  /** Number of the frame that the next piece begins with; pieces do not overlap. */
  #next = 0;
  #isSpeech = false;

  /**
   * Takes what was heard meanwhile; returns the pieces that are complete, each the cepstra (T, 20) of its frames.
   * @param {Pick<Level, "firstFrame" | "frames" | "events">} level as the stream tells it, block after block
   * @returns {number[][][]}
   */
  push({ firstFrame, frames, events }) {
    if (firstFrame !== this.#count) {
      this.#begin(firstFrame); // another microphone, or the first block
    }
    this.#kept.push(...frames.map(({ mfcc }) => mfcc));
    this.#count += frames.length;
    const pieces = events.flatMap((event) =>
      event.type === "speech-start" ? this.#open(event.firstFrame) : this.#close(event.type === "speech-end" ? event.endFrame : 0),
    );
    pieces.push(...this.#whole(this.#isSpeech ? this.#count : 0));
    const needed = this.#isSpeech ? this.#count - this.#next : 0;
    this.#kept.splice(0, this.#kept.length - Math.max(KEPT_FRAMES, needed));
    return pieces;
  }

  /** @param {number} firstFrame */
  #begin(firstFrame) {
    this.#kept = [];
    this.#count = this.#next = firstFrame;
    this.#isSpeech = false;
  }

  /**
   * @param {number} firstFrame
   * @returns {number[][][]}
   */
  #open(firstFrame) {
    this.#isSpeech = true;
    this.#next = Math.max(this.#next, firstFrame, this.#count - this.#kept.length);
    return [];
  }

  /** @param {number} endFrame */
  #close(endFrame) {
    const pieces = this.#whole(endFrame);
    this.#isSpeech = false;
    return endFrame - this.#next < SHORTEST_FRAMES ? pieces : [...pieces, this.#take(endFrame - this.#next)];
  }

  /** @param {number} endFrame */
  #whole(endFrame) {
    const pieces = [];
    while (endFrame - this.#next >= PIECE_FRAMES) {
      pieces.push(this.#take(PIECE_FRAMES));
    }
    return pieces;
  }

  /** @param {number} length */
  #take(length) {
    const start = this.#next - (this.#count - this.#kept.length);
    this.#next += length;
    return this.#kept.slice(start, start + length);
  }
}
