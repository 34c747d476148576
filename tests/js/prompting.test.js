import assert from "node:assert/strict";
import { test } from "node:test";
import { Enrolment } from "../../static/js/enrolment.js";
import { gather, hearSpeech, hearUtterance } from "../../static/js/prompting.js";
import { ServiceError } from "../../static/js/errors.js";
import { ADVICE, judgeTake } from "../../static/js/verdicts.js";

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

const refusal = (field, status = 409) => ServiceError.ofReply(status, { errors: { [field]: [""] } });

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

test("a poor recording is never kept, however often it is said, and the noise is told", async () => {
  const noisy = { ...GOOD, floorDb: 82 };
  const heard = [];
  const { enrolment, told } = enrolling([4], { sounds: [QUIET, noisy, noisy, noisy, GOOD], onTake: (take) => heard.push(take) && undefined });
  const [take] = await enrolment.run();
  assert.equal(told.filter((text) => text.endsWith("again")).length, 4);
  assert.deepEqual([take.verdict, take.tries], ["good", 4]);
  assert.equal(heard[1].aboveNoiseDb, 8);
});

test("what the service takes for another digit or voice is never kept, however often it is said", async () => {
  const answers = [...Array(5).fill(refusal("check_digit")), refusal("confirm_voice"), null];
  const send = async () => {
    const error = answers.shift();
    if (error) {
      throw error;
    }
    return { take: "id" };
  };
  const { enrolment, told } = enrolling([4], { send });
  await enrolment.run();
  const verdicts = told.filter((text) => !text.includes("?"));
  assert.deepEqual(verdicts, [...Array(5).fill("4 wrong-digit again"), "4 other-voice again", "4 good"]);
});

test("ten poor recordings of a digit in a row end a call, whoever refuses them, and a good one begins the count anew", async () => {
  const poor = Array(9).fill(QUIET);
  const { enrolment, told } = enrolling([4, 7], { sounds: [...poor, GOOD, ...poor, QUIET, GOOD] });
  await assert.rejects(enrolment.run(), { code: "takes-poor", advice: ADVICE["too-quiet"] });
  assert.deepEqual([told.indexOf("4 good"), told.filter((text) => text === "7 too-quiet again").length], [19, 10]);
  const send = async () => {
    throw refusal("check_digit");
  };
  const refused = enrolling([4], { send });
  await assert.rejects(refused.enrolment.run(), { code: "takes-poor", advice: ADVICE["wrong-digit"] });
  assert.equal(refused.told.at(-1), "4 wrong-digit again");
  const sounds = [...poor, GOOD, ...poor, QUIET].map((measures) => ({ frames: [{}], measures }));
  const speech = hearSpeech(100, { listen: async () => sounds.shift(), signal: new AbortController().signal, onSpeech: () => {} });
  await assert.rejects(speech, { code: "takes-poor" });
  assert.equal(sounds.length, 0);
});

test("silence is told after 4 and 10 s and given up after 30", async (context) => {
  context.mock.timers.enable({ apis: ["setTimeout"] });
  const waited = [];
  const listen = (signal) => new Promise((_resolve, reject) => signal.addEventListener("abort", () => reject(signal.reason)));
  const signal = new AbortController().signal;
  const heard = hearUtterance(listen, { signal, onSilence: ({ waitedS }) => waited.push(waitedS) });
  context.mock.timers.tick(4000);
  assert.deepEqual(waited, [4]);
  context.mock.timers.tick(6000);
  assert.deepEqual(waited, [4, 10]);
  context.mock.timers.tick(20_000);
  await assert.rejects(heard, { code: "nothing-heard" });
});

test("free speech is gathered until there is enough, without poor utterances", async () => {
  const told = [];
  const speaking = (measures) => ({ frames: Array(40).fill({}), measures });
  const sounds = [GOOD, QUIET, GOOD, GOOD].map(speaking);
  const options = { signal: new AbortController().signal, onSpeech: (share, verdict) => told.push([share, verdict]) };
  const frames = await hearSpeech(100, { listen: async () => sounds.shift(), ...options });
  assert.equal(frames.length, 120);
  assert.deepEqual(told, [[0.4, "good"], [0.4, "too-quiet"], [0.8, "good"], [1, "good"]]);
});

test("repeated frames and a take without speech are asked again; other refusals end the enrolment", async () => {
  const answers = [refusal("mfcc"), refusal("speech", 400), null, refusal("consent")];
  const send = async () => {
    const error = answers.shift();
    if (error) {
      throw error;
    }
    return { take: "id" };
  };
  const { enrolment, told } = enrolling([4, 5], { send });
  await assert.rejects(enrolment.run(), { name: "ServiceError", status: 409 });
  assert.deepEqual(told, ["4?0", "4 repeated again", "4?1", "4 no-speech again", "4?2", "4 good", "5?0"]);
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
  assert.deepEqual(told, ["4?0", "4 good"]);
});

test("a take on its way when it is aborted counts, or is dropped where nobody answers for it", async () => {
  for (const isAnswered of [true, false]) {
    const abort = new AbortController();
    const sent = [];
    const send = async (_utterance, _digit, take) => {
      sent.push(take);
      abort.abort("enough");
      if (!isAnswered) {
        throw abort.signal.reason;
      }
      return { take };
    };
    const { enrolment, told, dropped } = enrolling([4, 5], { send, signal: abort.signal });
    await assert.rejects(enrolment.run(), (thrown) => thrown === "enough");
    assert.deepEqual(told, isAnswered ? ["4?0", "4 good"] : ["4?0"]);
    assert.equal(sent.length, 1);
    assert.deepEqual(dropped, isAnswered ? [] : sent);
  }
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
