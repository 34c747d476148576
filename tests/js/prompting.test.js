import assert from "node:assert/strict";
import { test } from "node:test";
import { Enrolment } from "../../static/js/enrolment.js";
import { gather } from "../../static/js/prompting.js";
import { ServiceError } from "../../static/js/errors.js";
import { judgeTake } from "../../static/js/verdicts.js";

const GOOD = { speechMs: 400, levelDb: 90, floorDb: 50, clippedSamples: 0 };
const QUIET = { ...GOOD, levelDb: 55, floorDb: 30 };
const utterance = (measures) => ({ frames: [], measures });

/** A listener that hears these measures one after the other; "click" is a sound too short to be speech. */
function hearing(sounds) {
  const left = [...sounds];
  return async (signal, onDiscarded) => {
    signal.throwIfAborted();
    while (left[0] === "click") {
      left.shift();
      onDiscarded({ isShort: true });
    }
    return utterance(left.shift() ?? GOOD);
  };
}

function enrolling(plan, { sounds = [], send = async () => ({ take: "id" }), onTake = () => {}, signal } = {}) {
  const told = [];
  const dropped = [];
  const enrolment = new Enrolment({
    plan,
    listen: hearing(sounds),
    send,
    drop: async (id) => dropped.push(id),
    signal: signal ?? new AbortController().signal,
    onPrompt: ({ digit, tries }) => told.push(`${digit}?${tries}`),
    onTake: (take) => {
      told.push(`${take.digit} ${take.verdict}${take.isKept ? "" : " again"}`);
      return onTake(take);
    },
  });
  return { enrolment, told, dropped };
}

const refusal = (field) => ServiceError.ofReply(409, { errors: { [field]: [""] } });

test("verdicts name what is wrong with a recording", () => {
  const verdicts = [
    [GOOD, "good"],
    [QUIET, "too-quiet"],
    [{ ...GOOD, speechMs: 130 }, "too-short"],
    [{ ...GOOD, floorDb: 82 }, "noisy"],
    [{ ...GOOD, clippedSamples: 40 }, "clipped"],
  ];
  for (const [measures, verdict] of verdicts) {
    assert.equal(judgeTake(measures), verdict);
  }
  assert.equal(judgeTake(QUIET, { leastLevelDb: 50 }), "good");
});

test("every digit is asked for and enrolled in order", async () => {
  const { enrolment, told } = enrolling([4, 7]);
  const takes = await enrolment.run();
  assert.deepEqual(told, ["4?0", "4 good", "7?0", "7 good"]);
  assert.deepEqual(takes.map(({ digit, id }) => [digit, id]), [[4, "id"], [7, "id"]]);
});

test("a poor recording is not sent, and the digit is asked again", async () => {
  const sent = [];
  const send = async ({ measures }) => sent.push(measures) && { take: "id" };
  const { enrolment, told } = enrolling([4], { sounds: ["click", QUIET, GOOD], send });
  await enrolment.run();
  assert.deepEqual(told, ["4?0", "4 too-short again", "4 too-quiet again", "4?1", "4 good"]);
  assert.deepEqual(sent, [GOOD]);
});

test("whoever cannot record better gets through with what there is, and is told", async () => {
  const { enrolment, told } = enrolling([4], { sounds: [QUIET, QUIET, QUIET] });
  const [take] = await enrolment.run();
  assert.deepEqual(told.at(-1), "4 too-quiet");
  assert.equal(take.isKept, true);
});

test("what the service takes for another digit is asked again, at most twice", async () => {
  const checked = [];
  const send = async (_utterance, _digit, isChecked) => {
    checked.push(isChecked);
    if (isChecked) {
      throw refusal("check_digit");
    }
    return { take: "id" };
  };
  const { enrolment, told } = enrolling([4], { send });
  await enrolment.run();
  assert.deepEqual(checked, [true, true, false]);
  assert.deepEqual(told.filter((text) => !text.includes("?")), ["4 wrong-digit again", "4 wrong-digit again", "4 good"]);
});

test("repeated frames are asked again; other refusals end the enrolment", async () => {
  const answers = [refusal("mfcc"), null, refusal("consent")];
  const send = async () => {
    const error = answers.shift();
    if (error) {
      throw error;
    }
    return { take: "id" };
  };
  const { enrolment, told } = enrolling([4, 5], { send });
  await assert.rejects(enrolment.run(), { name: "ServiceError", status: 409 });
  assert.deepEqual(told, ["4?0", "4 repeated again", "4?1", "4 good", "5?0"]);
});

test("a take that is not liked is dropped and asked again", async () => {
  const onTake = ({ tries }) => (tries === 0 ? "retake" : undefined);
  const { enrolment, told, dropped } = enrolling([4], { onTake });
  const takes = await enrolment.run();
  assert.deepEqual(told, ["4?0", "4 good", "4?1", "4 good"]);
  assert.deepEqual(dropped, ["id"]);
  assert.equal(takes.length, 1);
});

test("aborting ends an enrolment with the reason", async () => {
  const abort = new AbortController();
  const { enrolment, told } = enrolling([4, 5], { signal: abort.signal, onTake: () => abort.abort("enough") });
  await assert.rejects(enrolment.run(), (thrown) => thrown === "enough");
  assert.deepEqual(told, ["4?0", "4 good", "5?0"]);
});

test("an attempt gathers its digits in order and waits for the prompt", async () => {
  const course = [];
  const spoken = await gather([3, 1], {
    listen: hearing([GOOD, QUIET, GOOD]),
    signal: new AbortController().signal,
    onPrompt: async ({ digit }) => {
      await Promise.resolve();
      course.push(digit);
    },
    onHeard: ({ digit, isKept }) => course.push([digit, isKept]),
  });
  assert.deepEqual(spoken.map(({ digit }) => digit), [3, 1]);
  assert.deepEqual(course, [3, [3, true], 1, [1, false], 1, [1, true]]);
});
