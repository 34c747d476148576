import assert from "node:assert/strict";
import { test } from "node:test";
import { attemptMessage } from "../../static/js/attempt.js";
import { MAX_FRAMES } from "../../static/js/message.js";
import { frontend } from "./front-end.js";

const LPC = Array.from({ length: 12 }, (_, k) => k / 3);
const FRAME = { mfcc: Array(20).fill(1.5), energy: 7, zcr: 3 };
const spoken = (digit, length) => ({ digit, frames: Array(length).fill(FRAME), lpc: LPC });

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

test("each digit carries its own predictor coefficients where the service wants them", () => {
  const message = attemptMessage([spoken(4, 30), spoken(0, 50)], frontend, ["lpc"]);
  const rounded = [0, 0.3333, 0.6667, 1, 1.3333, 1.6667, 2, 2.3333, 2.6667, 3, 3.3333, 3.6667];
  assert.deepEqual(message.segments.map(({ lpc }) => lpc), [rounded, rounded]);
  assert.ok(!("lpc" in message));
});
