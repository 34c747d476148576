import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { createFeatureExtractor } from "../../static/js/features.js";
import { findUtterances, groupUtterances } from "../../static/js/files/cut-recording.js";
import { MARGIN_MS, withMargins } from "../../static/js/files/margins.js";
import { Framer } from "../../static/js/utterance-stream.js";
import { Resampler } from "../../static/js/resampler.js";
import { devSpeakers, devTakes, whyNoCorpus } from "./corpus.js";
import { cutRecording, frontend, meyda } from "./front-end.js";
import { join, pinkNoise, randomNumbers, voicedSound } from "./signals.js";

const RATE_HZ = 16000;
const pause = (seconds) => new Float32Array(seconds * RATE_HZ);
const recordingOf = (samples, sampleRateHz = RATE_HZ) => ({ samples, sampleRateHz, frontend, meyda });
const lengths = (takes) => takes.map(({ frames }) => frames.length);
const sum = (values) => values.reduce((total, value) => total + value, 0);
const loud = (samples) => {
  const peak = samples.reduce((most, value) => Math.max(most, Math.abs(value)), 1e-9);
  return samples.map((value) => (0.5 * value) / peak);
};
const utterance = (length) => ({ frames: Array(length).fill({}) });

test("what is cut out are the frames of the recording with quiet around it", () => {
  const samples = join([pause(1), voicedSound(140, RATE_HZ, 8000), pause(0.1)]);
  const [take, ...others] = cutRecording(recordingOf(samples));
  assert.deepEqual(others, []);
  const [{ firstFrame, endFrame }] = findUtterances(recordingOf(samples));
  const marginFrames = (MARGIN_MS * RATE_HZ) / 1000 / 160;
  const frames = new Framer(512, 160).push(withMargins(samples, RATE_HZ)).slice(firstFrame + marginFrames, endFrame + marginFrames);
  assert.deepEqual(take.frames, frames.map(createFeatureExtractor(meyda, frontend)));
});

test("silence and nothing hold no utterance", () => {
  assert.deepEqual(cutRecording(recordingOf(pause(3))), []);
  assert.deepEqual(cutRecording(recordingOf(new Float32Array(0))), []);
});

test("a margin is of the colour of the quietest moment beside it, and as quiet as a room", () => {
  const click = new Float32Array(320);
  click[100] = -2; // as loud, over 20 ms, as 0.112 all the time
  const hum = new Float32Array(400).map((_, index) => (index % 2 ? 0.25 : -0.25));
  const samples = join([hum, hum.subarray(0, 240), click, hum]);
  const whole = withMargins(samples, RATE_HZ);
  const [before, after] = [whole.subarray(0, 4000), whole.subarray(4000 + samples.length)];
  assert.deepEqual(whole.subarray(4000, -4000), samples);
  assert.equal(after.length, 4000);
  const level = 0.0025; // 40 dB below the hum, for so quiet is one moment of seven
  assert.ok([...before, ...after].every((value) => Math.abs(Math.abs(value) - level) < 1e-6));
  for (const lag of [1, 2, 3, 10, 100]) {
    const products = Array.from(before.subarray(lag), (value, index) => value * before[index]);
    assert.ok(Math.abs(sum(products)) / products.length < 0.05 * level ** 2, `lag ${lag}`);
  }
  assert.ok(withMargins(new Float32Array(0), RATE_HZ).every((value) => value === 0));
});

test("a constant offset is no noise, and goes on in the margins", () => {
  const samples = voicedSound(140, RATE_HZ, 8000).map((value, index) => (index < 4000 ? 0.001 * (index % 2) : value));
  const shifted = withMargins(samples.map((value) => value + 0.25), RATE_HZ);
  const plain = withMargins(samples, RATE_HZ);
  assert.ok(shifted.every((value, index) => Math.abs(value - 0.25 - plain[index]) < 1e-3));
});

test("up to 2000 frames are one message", () => {
  assert.equal(groupUtterances([utterance(1000), utterance(700), utterance(300)]).length, 1);
});

test("more are shared out in order, whole, evenly, 2000 frames at most", () => {
  const random = randomNumbers(4);
  for (const count of [8, 9, 20, 60, 200]) {
    const utterances = Array.from({ length: count }, () => utterance(200 + Math.floor(120 * random())));
    const groups = groupUtterances(utterances);
    assert.deepEqual(groups.flat(), utterances);
    const sizes = groups.map((group) => sum(lengths(group)));
    const total = sum(sizes);
    if (total > 2000) {
      assert.ok(sizes.length >= 2);
      assert.ok(Math.max(...sizes) <= 2000);
      assert.ok(Math.min(...sizes) >= total / sizes.length - 325, `${sizes}`);
    }
  }
});

test("progress rises to 1", () => {
  const shares = [];
  findUtterances({ ...recordingOf(pause(3.5)), onProgress: (share) => shares.push(share) });
  assert.deepEqual(shares.map((share) => share.toFixed(2)), ["0.25", "0.50", "0.75", "1.00"]);
});

const reason = whyNoCorpus();

describe("real recordings", { skip: reason ?? false }, () => {
  test("clips of one word are one message each", (t) => {
    const clips = devSpeakers().filter((_, index) => index % 12 === 0).flatMap((speaker) => devTakes(speaker));
    const takes = clips.map((samples) => cutRecording(recordingOf(samples)));
    assert.ok(takes.every((found) => found.length <= 1));
    const heard = takes.filter((found) => found.length === 1).length;
    t.diagnostic(`${heard} of ${clips.length} clips hold a word`);
    assert.ok(heard >= 0.97 * clips.length);
  });

  test("two minutes of words is cut into messages that hold the speech and leave the pauses out", (t) => {
    const clips = devSpeakers().slice(0, 2).flatMap(devTakes).map(loud);
    const words = join(clips.flatMap((samples) => [samples, pause(1)]));
    const room = pinkNoise(words.length, 5);
    const recording = recordingOf(words.map((value, n) => value + 0.02 * room[n]));
    const found = findUtterances(recording);
    const takes = cutRecording(recording);
    const speech = sum(lengths(found));
    t.diagnostic(`${found.length} utterances of ${clips.length}, ${speech} frames of speech, messages of ${lengths(takes)}`);
    assert.ok(Math.abs(found.length - clips.length) <= 1);
    assert.ok(speech < 0.5 * (words.length / 160));
    assert.equal(sum(lengths(takes)), speech);
    assert.equal(takes.length, Math.ceil(speech / (2000 - Math.max(...lengths(found)))));
  });

  test("the same recording at 48 kHz is cut at the same places", () => {
    const clips = devTakes(devSpeakers()[3]).slice(0, 6);
    const samples = join(clips.flatMap((clip) => [clip, pause(0.4)]));
    const fine = new Resampler(RATE_HZ, 48000);
    const upsampled = join([fine.push(samples), fine.flush()]);
    const [plain, native] = [recordingOf(samples), recordingOf(upsampled, 48000)].map(findUtterances);
    assert.equal(native.length, plain.length);
    native.forEach((found, index) => {
      assert.ok(Math.abs(found.firstFrame - plain[index].firstFrame) <= 2);
      assert.ok(Math.abs(found.endFrame - plain[index].endFrame) <= 2);
    });
  });
});
