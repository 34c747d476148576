import assert from "node:assert/strict";
import { test } from "node:test";
import { ALL_DIGITS, missingDigits, shuffle } from "../../static/js/prompting.js";
import { randomNumbers } from "./signals.js";

test("shuffling keeps the digits, changes their order, and leaves the original alone", () => {
  const random = randomNumbers(1);
  const firsts = new Set();
  for (let i = 0; i < 200; i += 1) {
    const shuffled = shuffle(ALL_DIGITS, random);
    assert.deepEqual([...shuffled].sort(), [...ALL_DIGITS]);
    firsts.add(shuffled[0]);
  }
  assert.equal(firsts.size, 10);
});

test("every digit is asked for until it has its takes, no digit twice in a round", () => {
  const plan = missingDigits([], [1, 2, 3], 2, randomNumbers(2));
  assert.deepEqual([...plan.slice(0, 3)].sort(), [1, 2, 3]);
  assert.deepEqual([...plan.slice(3)].sort(), [1, 2, 3]);
});

test("takes that are there count, and others do not", () => {
  const takes = [{ digit: 1 }, { digit: 1 }, { digit: 1 }, { digit: 2 }, { digit: 7 }, { digit: null }];
  assert.deepEqual(missingDigits(takes, [1, 2, 3], 2, randomNumbers(3)).sort(), [2, 3, 3]);
  assert.deepEqual(missingDigits(takes, [1], 2), []);
});
