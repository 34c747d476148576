import assert from "node:assert/strict";
import { test } from "node:test";
import { buildMessage, MAX_FRAMES } from "../../static/js/message.js";
import { frontend } from "./front-end.js";

const frame = { mfcc: Array.from({ length: 20 }, (_, k) => k + 0.123456), energy: 123456789.7, zcr: 42 };

test("a message has the frames as rounded numbers, the digit and the front end, and nothing else", () => {
  const message = buildMessage([frame, frame], frontend, 7);
  assert.deepEqual(Object.keys(message).sort(), ["digit", "frontend", "mfcc"]);
  assert.ok(message.mfcc[1].every((value, k) => value % frontend.step === 0 && Math.abs(value - k) <= frontend.step));
  assert.equal(message.digit, 7);
  assert.equal(message.frontend, "meyda-16k-1");
});

test("energies and zero crossings are sent where they are wanted", () => {
  const message = buildMessage([frame, frame], frontend, 7, ["energy", "zcr"]);
  assert.deepEqual(message.energy, [123460000, 123460000]);
  assert.deepEqual(message.zcr, [42, 42]);
});

test("halfway between two steps a coefficient goes up; a step of 0 leaves it", () => {
  const halfway = { ...frame, mfcc: [-1.5, -0.5, 0.5, 1.5] };
  assert.deepEqual(buildMessage([halfway], { ...frontend, step: 1 }).mfcc, [[-1, 0, 1, 2]]);
  assert.deepEqual(buildMessage([halfway], { ...frontend, step: 0 }).mfcc, [halfway.mfcc]);
});

test("digit 0 is a digit; none is left out", () => {
  assert.equal(buildMessage([frame], frontend, 0).digit, 0);
  assert.ok(!("digit" in buildMessage([frame], frontend)));
});

test("nought and more than 2000 frames are refused", () => {
  assert.throws(() => buildMessage([], frontend), RangeError);
  assert.throws(() => buildMessage(Array(MAX_FRAMES + 1).fill(frame), frontend), RangeError);
  assert.equal(buildMessage(Array(MAX_FRAMES).fill(frame), frontend).mfcc.length, MAX_FRAMES);
});
