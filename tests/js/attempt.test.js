import assert from "node:assert/strict";
import { test } from "node:test";
import { Attempt } from "../../static/js/attempt.js";
import { MAX_FRAMES } from "../../static/js/message.js";
import { frontend } from "./front-end.js";

const utterance = (length) => Array(length).fill({ mfcc: Array(20).fill(1.5), energy: 7, zcr: 3 });

test("the segments tell which frames belong to which digit", () => {
  const attempt = new Attempt();
  attempt.add(utterance(30), 4);
  const message = attempt.messageWith(utterance(50), 0, frontend);
  assert.deepEqual(message.segments, [{ digit: 4, frames: 30 }, { digit: 0, frames: 50 }]);
  assert.equal(message.mfcc.length, 80);
  assert.ok(!("digit" in message));
});

test("the oldest digits are left out where the message would get too long", () => {
  const attempt = new Attempt();
  for (let digit = 0; digit < 9; digit += 1) {
    attempt.add(utterance(300), digit);
  }
  const message = attempt.messageWith(utterance(300), 9, frontend);
  assert.deepEqual(message.segments.map(({ digit }) => digit), [4, 5, 6, 7, 8, 9]);
  assert.ok(message.mfcc.length <= MAX_FRAMES);
});
