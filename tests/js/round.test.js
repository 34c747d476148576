import assert from "node:assert/strict";
import { test } from "node:test";
import { Round } from "../../static/js/round.js";

const failure = (isTemporary) => Object.assign(new Error("no"), { isTemporary });

function roundOf(digits, { listen = async () => "utterance", send = async () => "reply" } = {}) {
  const events = [];
  const round = new Round({ digits, listen, send, onEvent: (event) => events.push(event) });
  return { round, events, types: () => events.map(({ type, digit }) => `${type} ${digit}`) };
}

/** A listener that never hears anything and obeys its signal. */
function deaf(signal) {
  return new Promise((resolve, reject) => {
    signal.addEventListener("abort", () => reject(signal.reason));
  });
}

test("every digit is asked, sent and answered in order", async () => {
  const { round, types } = roundOf([4, 0]);
  assert.equal(await round.run(), "completed");
  assert.deepEqual(types(), ["ask 4", "sending 4", "reply 4", "ask 0", "sending 0", "reply 0"]);
});

test("a digit whose sending failed is asked again and none is lost", async () => {
  const answers = [failure(true), failure(true), "ok", "ok"];
  const sent = [];
  const send = async (utterance, digit) => {
    sent.push(digit);
    const answer = answers.shift();
    if (answer instanceof Error) {
      throw answer;
    }
    return answer;
  };
  const { round, types } = roundOf([7, 8], { send });
  assert.equal(await round.run(), "completed");
  assert.deepEqual(sent, [7, 7, 7, 8]);
  assert.deepEqual(types().filter((type) => /reply|failure/.test(type)), ["failure 7", "failure 7", "reply 7", "reply 8"]);
});

test("a refusal that asking again cannot mend ends the round", async () => {
  const send = async () => {
    throw failure(false);
  };
  const { round, types } = roundOf([7, 8], { send });
  assert.equal(await round.run(), "failed");
  assert.deepEqual(types(), ["ask 7", "sending 7", "failure 7"]);
});

test("stopping while listening ends the round silently", async () => {
  const { round, types } = roundOf([1, 2], { listen: deaf });
  const outcome = round.run();
  round.stop();
  assert.equal(await outcome, "stopped");
  assert.deepEqual(types(), ["ask 1"]);
});

test("an answer that comes after the stop is not reported", async () => {
  let release;
  const send = () => new Promise((resolve) => (release = resolve));
  const { round, types } = roundOf([1, 2], { send });
  const outcome = round.run();
  await new Promise(setImmediate);
  round.stop();
  release("late");
  assert.equal(await outcome, "stopped");
  assert.deepEqual(types(), ["ask 1", "sending 1"]);
});
