/**
 * The cutting rule: which parts of a whole recording are sent, and in which messages. No Web Audio.
 *
 * 1. The samples, one channel, go through the resampler and, with quiet before and after them (margins.js), through
 *    framing, features and endpointer as the microphone's do (utterance-stream.js); at the end an utterance that is
 *    still open ends with the recording. What the endpointer calls "speech-end" is an utterance: its frames
 *    [firstFrame, endFrame), at most max_speech_ms and the paddings long. The pauses between utterances are in none.
 *    A recording shorter than min_speech_ms holds no utterance: the quiet made of it would be all that is heard.
 * 2. Let S be the frames of all utterances together and L those of the longest. With S <= 2000 all go into
 *    one message, one behind the other. Otherwise n = ceil(S / (2000 - L)) messages are made, and an
 *    utterance with B frames of speech before it goes, whole, into message floor(B * n / S), counted from
 *    0. No message then holds more than S / n + L <= 2000 frames, and none is much shorter than the others.
 *
 * cepstra/frontend/ holds the same rule in Python, for the command line.
 */
import { MAX_FRAMES } from "../message.js";
import { createFeatureExtractor } from "../features.js";
import { Resampler } from "../resampler.js";
import { Framer, UtteranceStream } from "../utterance-stream.js";
import { MARGIN_MS, withMargins } from "./margins.js";

const BLOCK_S = 1;
export const MAX_ATTEMPT_FRAMES = 6000; // a minute of speech, as cepstra/frontend/message.py

/**
 * @typedef {object} Recording
 * @property {Float32Array} samples one channel, in [-1, 1]
 * @property {number} sampleRateHz 8000..192000
 * @property {import("../features.js").Frontend} frontend
 * @property {import("../features.js").Meyda} meyda
 * @property {(share: number) => void} [onProgress] told after every second of sound, 0..1
 */

/** @typedef {import("../endpointer.js").SpeechEnd & import("../utterance-stream.js").Utterance} Found */

/**
 * Rule 1.
 * @param {Recording} recording
 * @returns {Found[]} utterances in the order spoken; none in silence. Frames before the first are of the margin.
 */
export function findUtterances({ samples, sampleRateHz, frontend, meyda, onProgress = () => {} }) {
  const inputHz = frontend.sample_rate_hz;
  const own = resampled(samples, sampleRateHz, inputHz);
  if (own.length < Math.round((frontend.endpointing.min_speech_ms / 1000) * inputHz)) {
    return [];
  }
  const heard = withMargins(own, inputHz);
  const stream = new UtteranceStream({ inputHz, frontend, meyda });
  const blockSamples = BLOCK_S * inputHz;
  /** @type {import("../utterance-stream.js").StreamEvent[]} */
  const events = [];
  for (let start = 0; start < heard.length; start += blockSamples) {
    events.push(...stream.push(heard.subarray(start, start + blockSamples)));
    onProgress(Math.min(1, (start + blockSamples) / heard.length));
  }
  const found = /** @type {Found[]} */ ([...events, ...stream.end()].filter(({ type }) => type === "speech-end"));
  const before = (MARGIN_MS * inputHz) / 1000 / frontend.hop_samples;
  return found.map((each) => ({ ...each, firstFrame: each.firstFrame - before, endFrame: each.endFrame - before }));
}

/**
 * A whole recording at another rate.
 * @param {Float32Array} samples
 * @param {number} inputHz
 * @param {number} outputHz
 */
export function resampled(samples, inputHz, outputHz) {
  const resampler = new Resampler(inputHz, outputHz);
  return joined([resampler.push(samples), resampler.flush()]);
}

/**
 * Rule 2.
 * @template {{frames: unknown[]}} T
 * @param {T[]} utterances
 * @returns {T[][]} those of each message
 */
export function groupUtterances(utterances) {
  const lengths = utterances.map(({ frames }) => frames.length);
  const total = lengths.reduce((sum, length) => sum + length, 0);
  const longest = lengths.reduce((most, length) => Math.max(most, length), 0);
  const count = total <= MAX_FRAMES ? 1 : Math.ceil(total / (MAX_FRAMES - longest));
  /** @type {T[][]} */
  const groups = Array.from({ length: count }, () => []);
  let before = 0;
  for (const utterance of utterances) {
    groups[Math.floor((before * count) / total)].push(utterance);
    before += utterance.frames.length;
  }
  return groups.filter((group) => group.length > 0);
}

/**
 * What a conversation is told by: all frames, pauses too.
 * @param {Recording} recording
 * @returns {Take}
 */
export function allFrames({ samples, sampleRateHz, frontend, meyda, onProgress = () => {} }) {
  const resampler = new Resampler(sampleRateHz, frontend.sample_rate_hz);
  const framer = new Framer(frontend.frame_samples, frontend.hop_samples);
  const extract = createFeatureExtractor(meyda, frontend);
  const blockSamples = BLOCK_S * sampleRateHz;
  /** @type {import("../features.js").FrameFeatures[]} */
  const frames = [];
  for (let start = 0; start < samples.length; start += blockSamples) {
    const end = start + blockSamples;
    const block = resampler.push(samples.subarray(start, end));
    const last = end >= samples.length ? resampler.flush() : new Float32Array(0);
    frames.push(...[...framer.push(block), ...framer.push(last)].map(extract));
    onProgress(Math.min(1, end / samples.length));
  }
  return { frames };
}

/**
 * What an attempt, which is one message of at most a minute, holds of a recording: its first utterances.
 * @template {{frames: unknown[]}} T
 * @param {T[]} utterances
 */
export function firstUtterances(utterances) {
  let room = MAX_ATTEMPT_FRAMES;
  const end = utterances.findIndex(({ frames }) => (room -= frames.length) < 0);
  return end < 0 ? utterances : utterances.slice(0, end);
}

/** @typedef {{frames: import("../features.js").FrameFeatures[]}} Take what a message is made of */

/**
 * @param {Found[]} utterances of one message
 * @returns {Take}
 */
export function takeOf(utterances) {
  return { frames: utterances.flatMap(({ frames }) => frames) };
}

/**
 * Samples one behind the other.
 * @param {Float32Array[]} parts
 */
export function joined(parts) {
  const whole = new Float32Array(parts.reduce((length, part) => length + part.length, 0));
  parts.reduce((at, part) => {
    whole.set(part, at);
    return at + part.length;
  }, 0);
  return whole;
}
