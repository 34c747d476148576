import assert from "node:assert/strict";
import { test } from "node:test";
import { attemptMessage, buildMessage, MAX_FRAMES } from "../../static/js/message.js";
import { frontend } from "./front-end.js";

const frame = { mfcc: Array.from({ length: 20 }, (_, k) => k + 0.123456) };

test("a message has the frames as rounded numbers, the digit and the front end, and nothing else", () => {
  const message = buildMessage([frame, frame], frontend, 7);
  assert.deepEqual(Object.keys(message).sort(), ["digit", "frontend", "mfcc"]);
  assert.ok(message.mfcc[1].every((value, k) => value % frontend.step === 0 && Math.abs(value - k) <= frontend.step));
  assert.equal(message.digit, 7);
  assert.equal(message.frontend, "meyda-16k-1");
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

const FRAME = { mfcc: Array(20).fill(1.5) };
const spoken = (digit, length) => ({ digit, frames: Array(length).fill(FRAME) });

test("the segments tell which frames belong to which digit", () => {
  const message = attemptMessage([spoken(4, 30), spoken(0, 50)], frontend);
  assert.deepEqual(message.segments, [{ digit: 4, frames: 30 }, { digit: 0, frames: 50 }]);
  assert.equal(message.mfcc.length, 80);
  assert.ok(!("digit" in message));
});

test("the oldest digits are left out where the message would get too long", () => {
  const digits = Array.from({ length: 10 }, (_, digit) => spoken(digit, 300));
  const message = attemptMessage(digits, frontend);
  assert.deepEqual(message.segments.map(({ digit }) => digit), [4, 5, 6, 7, 8, 9]);
  assert.ok(message.mfcc.length <= MAX_FRAMES);
});
