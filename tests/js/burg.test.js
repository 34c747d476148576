import assert from "node:assert/strict";
import { test } from "node:test";
import { burg, LPC_ORDER, utteranceLpc } from "../../static/js/burg.js";
import { frontend } from "./front-end.js";
import { whiteNoise } from "./signals.js";

function largestDifference(found, expected) {
  return Math.max(...expected.map((value, k) => Math.abs(value - found[k])));
}

test("the predictor of a resonance is found", () => {
  const noise = whiteNoise(20_000, 3);
  const ringing = new Float64Array(noise.length);
  for (let n = 2; n < noise.length; n += 1) {
    ringing[n] = noise[n] + 1.5 * ringing[n - 1] - 0.9 * ringing[n - 2];
  }
  assert.ok(largestDifference(burg(ringing), [-1.5, 0.9, ...Array(10).fill(0)]) < 0.03);
});

test("silence and a constant have nothing to predict; loudness does not matter", () => {
  assert.deepEqual(burg(new Float32Array(400)), Array(LPC_ORDER).fill(0));
  assert.deepEqual(utteranceLpc(new Float32Array(400).fill(0.25), frontend), Array(LPC_ORDER).fill(0));
  const noise = whiteNoise(400, 4);
  assert.ok(largestDifference(burg(noise.map((value) => value / 8)), burg(noise)) < 1e-9);
});

test("too few samples are refused", () => {
  assert.throws(() => burg(new Float32Array(LPC_ORDER)), RangeError);
  assert.equal(burg(whiteNoise(LPC_ORDER + 1, 5)).length, LPC_ORDER);
});
