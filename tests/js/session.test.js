import assert from "node:assert/strict";
import { test } from "node:test";
import { Session } from "../../static/js/session.js";
import { frontend } from "./front-end.js";

const FRAMES = Array.from({ length: 40 }, () => ({ mfcc: Array(20).fill(1.234), energy: 5, zcr: 6 }));

function sessionWith(client, listen = async () => FRAMES) {
  const events = [];
  const session = new Session({ client, listen, frontend, onEvent: (event) => events.push(event) });
  return { session, events };
}

test("each mode sends to its own call, for the speaker of the round's start", async () => {
  const calls = [];
  const record = (name) => async (speaker, message) => {
    calls.push([name, speaker, message.digit, message.mfcc.length]);
    return { score: 1, length: 1 };
  };
  const { session } = sessionWith({ train: record("train"), test: record("test"), score: record("score") });
  session.speaker = "anna";
  for (const mode of ["train", "test", "score"]) {
    assert.equal(await session.start(mode, [9]), "completed");
  }
  assert.deepEqual(calls, [["train", "anna", 9, 40], ["test", "anna", 9, 40], ["score", "anna", 9, 40]]);
  assert.equal(session.isRunning, false);
});

test("a score round sums its frames; the next one starts at nought", async () => {
  const replies = [{ score: 30, length: 40 }, { score: 10, length: 40 }, { score: 40, length: 40 }];
  const { session, events } = sessionWith({ score: async () => replies.shift() });
  await session.start("score", [1, 2]);
  await session.start("score", [3]);
  const totals = events.filter(({ type }) => type === "reply").map((event) => event.totals);
  assert.deepEqual(totals, [
    { matchedFrames: 30, sentFrames: 40, result_percent: 75 },
    { matchedFrames: 40, sentFrames: 80, result_percent: 50 },
    { matchedFrames: 40, sentFrames: 40, result_percent: 100 },
  ]);
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
  heard.at(-1)(FRAMES);
  assert.equal(await second, "completed");
  assert.deepEqual(events.map(({ type }) => type), ["start", "ask", "end", "start", "ask", "sending", "reply", "end"]);
  assert.equal(events.at(-1).outcome, "completed");
});

test("stop without a round says nothing", () => {
  const { session, events } = sessionWith({});
  session.stop();
  assert.deepEqual(events, []);
});
