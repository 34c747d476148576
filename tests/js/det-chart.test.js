import assert from "node:assert/strict";
import { test } from "node:test";
import { detectionCurve, equalErrorRate, probit } from "../../static/js/ui/det-chart.js";
import { ticks } from "../../static/js/ui/separation-charts.js";

test("rates of known scores: accept means at or above the threshold", () => {
  const curve = detectionCurve([1, 2, 3, 4], [0, 1]);
  assert.deepEqual(curve[0], { threshold: 0, frr: 0, far: 1 });
  assert.deepEqual(curve[1], { threshold: 1, frr: 0, far: 0.5 });
  assert.deepEqual(curve[2], { threshold: 2, frr: 0.25, far: 0 });
  assert.deepEqual(curve.at(-1), { threshold: Infinity, frr: 1, far: 0 });
});

test("equal error rate: separable 0, reversed 1, mixed between", () => {
  const rate = (own, others) => equalErrorRate(detectionCurve(own, others));
  assert.equal(rate([3, 4], [1, 2]), 0);
  assert.equal(rate([1, 2], [3, 4]), 1);
  assert.equal(rate([1, 3], [0, 2]), 0.5);
  assert.equal(rate([5, 5], [5, 5]), 0.5);
});

test("too few scores have no curve", () => {
  assert.deepEqual(detectionCurve([], [1]), []);
  assert.deepEqual(detectionCurve([1], []), []);
  assert.equal(equalErrorRate([]), null);
});

test("probit undoes the normal distribution", () => {
  for (const [share, deviate] of [[0.5, 0], [0.975, 1.959964], [0.001, -3.090232], [0.2, -0.841621]]) {
    assert.ok(Math.abs(probit(share) - deviate) < 1e-5, `${share}`);
  }
});

test("ticks are round and within the axis", () => {
  assert.deepEqual(ticks(-3.2, 7.9), [0, 5]);
  assert.deepEqual(ticks(0, 1), [0, 0.2, 0.4, 0.6, 0.8, 1]);
  assert.deepEqual(ticks(0, 0.31, 4), [0, 0.1, 0.2, 0.3]);
});
