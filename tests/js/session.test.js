import assert from "node:assert/strict";
import { test } from "node:test";
import { Session } from "../../static/js/session.js";
import { frontend } from "./front-end.js";

const UTTERANCE = {
  frames: Array.from({ length: 40 }, () => ({ mfcc: Array(20).fill(1.234), energy: 5, zcr: 6 })),
  lpc: Array(12).fill(0.25),
};

function sessionWith(client, listen = async () => UTTERANCE) {
  const events = [];
  const session = new Session({ client, listen, frontend, onEvent: (event) => events.push(event) });
  return { session, events };
}

test("each mode sends to its own call, for the speaker of the round's start", async () => {
  const calls = [];
  const record = (name) => async (speaker, message) => {
    calls.push([name, speaker, message.digit ?? message.segments, message.mfcc.length]);
    return { score: 1, length: 1 };
  };
  const { session } = sessionWith({ train: record("train"), test: record("test"), score: record("score") });
  session.speaker = "anna";
  for (const mode of ["train", "test", "score"]) {
    assert.equal(await session.start(mode, [9]), "completed");
  }
  assert.deepEqual(calls, [["train", "anna", 9, 40], ["test", "anna", 9, 40], ["score", "anna", [{ digit: 9, frames: 40 }], 40]]);
  assert.equal(session.isRunning, false);
});

test("a score round sends its digits so far; one that failed is not among them; the next round starts anew", async () => {
  const sent = [];
  const answers = [true, false, true, true];
  const score = async (speaker, message) => {
    sent.push(message.segments.map(({ digit }) => digit));
    assert.equal(message.mfcc.length, 40 * message.segments.length);
    if (!answers.shift()) {
      throw Object.assign(new Error("no answer"), { isTemporary: true });
    }
    return { score: 1, length: 1 };
  };
  const { session } = sessionWith({ score });
  await session.start("score", [1, 2]);
  await session.start("score", [3]);
  assert.deepEqual(sent, [[1], [1, 2], [1, 2], [3]]);
});

test("stopping and starting anew report one end each, and only the new round goes on", async () => {
  const heard = [];
  const listen = (signal) =>
    new Promise((resolve, reject) => {
      heard.push(resolve);
      signal.addEventListener("abort", () => reject(signal.reason));
    });
  const { session, events } = sessionWith({ train: async () => ({}), test: async () => ({}) }, listen);
  const first = session.start("train", [1]);
  const second = session.start("test", [2]);
  assert.equal(await first, "stopped");
  heard.at(-1)(UTTERANCE);
  assert.equal(await second, "completed");
  assert.deepEqual(events.map(({ type }) => type), ["start", "ask", "end", "start", "ask", "sending", "reply", "end"]);
  assert.equal(events.at(-1).outcome, "completed");
});

test("stop without a round says nothing", () => {
  const { session, events } = sessionWith({});
  session.stop();
  assert.deepEqual(events, []);
});

test("predictor coefficients are sent only while the service wants them", async () => {
  const sent = [];
  const record = async (speaker, message) => {
    sent.push(message.lpc ?? message.segments?.[0].lpc);
    return { score: 1, length: 1 };
  };
  const { session } = sessionWith({ train: record, test: record, score: record });
  for (const wanted of [[], ["lpc"]]) {
    session.wantedFeatures = wanted;
    for (const mode of ["train", "test", "score"]) {
      await session.start(mode, [3]);
    }
  }
  assert.deepEqual(sent, [undefined, undefined, undefined, UTTERANCE.lpc, UTTERANCE.lpc, UTTERANCE.lpc]);
});
