import assert from "node:assert/strict";
import { test } from "node:test";
import { Framer } from "../../static/js/utterance-stream.js";
import { randomBlocks, whiteNoise } from "./signals.js";

const samples = whiteNoise(5000, 11);

test("frame i is samples[i * hop .. i * hop + length), only whole frames", () => {
  const frames = new Framer(512, 160).push(samples);
  assert.equal(frames.length, Math.floor((5000 - 512) / 160) + 1);
  frames.forEach((frame, i) => assert.deepEqual(frame, samples.slice(i * 160, i * 160 + 512)));
});

test("blocks of any size give the same frames", () => {
  const framer = new Framer(512, 160);
  const frames = randomBlocks(samples, 900, 5).flatMap((block) => framer.push(block));
  assert.deepEqual(frames, new Framer(512, 160).push(samples));
});

test("fewer samples than a frame give none", () => {
  const framer = new Framer(512, 160);
  assert.equal(framer.push(samples.slice(0, 511)).length, 0);
  assert.equal(framer.push(samples.slice(511, 512)).length, 1);
});

test("a hop beyond the frame is refused", () => {
  assert.throws(() => new Framer(512, 513), RangeError);
  assert.throws(() => new Framer(512, 0), RangeError);
});
