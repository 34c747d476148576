import assert from "node:assert/strict";
import { test } from "node:test";
import { buildMessage, MAX_FRAMES } from "../../static/js/message.js";
import { frontend } from "./front-end.js";

const frame = { mfcc: Array.from({ length: 20 }, (_, k) => k + 0.123456), energy: 123456789.7, zcr: 42 };

test("a message has the frames as rounded numbers, the digit and the front end, and nothing else", () => {
  const message = buildMessage([frame, frame], frontend, 7);
  assert.deepEqual(Object.keys(message).sort(), ["digit", "energy", "frontend", "mfcc", "zcr"]);
  assert.equal(message.mfcc[1][3], 3.12);
  assert.deepEqual(message.energy, [123460000, 123460000]);
  assert.deepEqual(message.zcr, [42, 42]);
  assert.equal(message.digit, 7);
  assert.equal(message.frontend, "meyda-16k-1");
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
