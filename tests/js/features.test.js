import assert from "node:assert/strict";
import { test } from "node:test";
import { createFeatureExtractor, prepareFrame } from "../../static/js/features.js";
import { frontend, meyda } from "./front-end.js";
import { tone, whiteNoise } from "./signals.js";

const frame = tone(440, 16000, 512, 0.3);

test("a prepared frame is free of its mean, pre-emphasised inside the frame, and amplified", () => {
  const shifted = frame.map((value) => value + 0.25);
  const mean = shifted.reduce((sum, value) => sum + value, 0) / 512;
  const prepared = prepareFrame(shifted, frontend);
  assert.ok(Math.abs(prepared[0] - (shifted[0] - mean) * (1 - 0.97) * 32768) < 1e-6);
  const expected = (shifted[100] - mean - 0.97 * (shifted[99] - mean)) * 32768;
  assert.ok(Math.abs(prepared[100] - expected) < 1e-6);
});

test("twenty finite coefficients, also of silence and of full scale", () => {
  const extract = createFeatureExtractor(meyda, frontend);
  for (const samples of [new Float32Array(512), new Float32Array(512).fill(1), whiteNoise(512, 1)]) {
    const { mfcc } = extract(samples);
    assert.equal(mfcc.length, 20);
    assert.ok([...mfcc].every(Number.isFinite));
  }
});

test("c0 follows the gain: ten times the amplitude adds 2 * 26 * ln 100", () => {
  const extract = createFeatureExtractor(meyda, frontend);
  const noise = whiteNoise(512, 2).map((value) => value * 0.01);
  const [quiet] = extract(noise).mfcc;
  const [loud] = extract(noise.map((value) => value * 10)).mfcc;
  assert.ok(Math.abs(loud - quiet - 52 * Math.log(100)) < 0.1, `${loud - quiet}`);
});

test("filter banks cached for other settings are not used, and the library is left as it was", () => {
  const expected = createFeatureExtractor(meyda, frontend)(frame);
  const used = Object.assign(Object.create(meyda), { sampleRate: 44100, bufferSize: 512, melBands: 40 });
  used.extract(["mfcc"], frame);
  const bankBefore = used.melFilterBank;
  assert.deepEqual(createFeatureExtractor(used, frontend)(frame), expected);
  assert.equal(used.melFilterBank, bankBefore);
  assert.equal(used.sampleRate, 44100);
});

test("a frame of another length is refused", () => {
  assert.throws(() => createFeatureExtractor(meyda, frontend)(new Float32Array(256)), RangeError);
});
