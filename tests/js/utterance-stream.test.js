import assert from "node:assert/strict";
import { test } from "node:test";
import { createFeatureExtractor } from "../../static/js/features.js";
import { Framer, UtteranceStream } from "../../static/js/utterance-stream.js";
import { frontend, meyda } from "./front-end.js";
import { join, randomBlocks, voicedSound } from "./signals.js";

function recording(rateHz) {
  const pause = new Float32Array(rateHz);
  return join([pause, voicedSound(140, rateHz, rateHz / 2), pause, voicedSound(200, rateHz, rateHz / 2), pause]);
}

function utterances(rateHz, blocks) {
  const stream = new UtteranceStream({ inputHz: rateHz, frontend, meyda });
  return blocks.flatMap((block) => stream.push(block)).filter(({ type }) => type === "speech-end");
}

test("an utterance carries exactly the features of its frames", () => {
  const samples = recording(16000);
  const frames = new Framer(512, 160).push(samples);
  const extract = createFeatureExtractor(meyda, frontend);
  const found = utterances(16000, [samples]);
  assert.equal(found.length, 2);
  for (const { firstFrame, endFrame, frames: features } of found) {
    assert.equal(features.length, endFrame - firstFrame);
    assert.deepEqual(features, frames.slice(firstFrame, endFrame).map(extract));
  }
});

test("every frame is told as it is heard, with what was decided", () => {
  const samples = recording(16000);
  const extract = createFeatureExtractor(meyda, frontend);
  const stream = new UtteranceStream({ inputHz: 16000, frontend, meyda });
  const told = randomBlocks(samples, 3000, 4).map((block) => (stream.push(block), stream.level));
  const frames = told.flatMap((level) => level.frames);
  assert.deepEqual(frames.map(({ mfcc }) => mfcc), new Framer(512, 160).push(samples).map((frame) => extract(frame).mfcc));
  told.forEach(({ firstFrame, frames: heard }, index) => {
    assert.equal(firstFrame, told.slice(0, index).reduce((sum, level) => sum + level.frames.length, 0));
    assert.ok(heard.every(({ levelDb, floorDb }) => Number.isFinite(levelDb) && Number.isFinite(floorDb)));
  });
  const ends = told.flatMap(({ events }) => events).filter(({ type }) => type === "speech-end");
  assert.equal(ends.length, 2);
  assert.ok(ends.every(({ firstFrame, endFrame }) => frames.slice(firstFrame + 30, endFrame - 40).every((f) => f.isSpeech)));
});

test("blocks of any size give the same utterances", () => {
  const samples = recording(44100);
  assert.deepEqual(utterances(44100, randomBlocks(samples, 3000, 2)), utterances(44100, [samples]));
});

test("pauses are in no utterance", () => {
  const kept = utterances(48000, [recording(48000)]).reduce((sum, { frames }) => sum + frames.length, 0);
  assert.ok(kept < 2 * 85, `${kept} frames for one second of sound`);
});
