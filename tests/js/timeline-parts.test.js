/** Conversations longer than a call: what is asked for, and how the parts are joined. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { WRITERS } from "../../static/js/ui/timeline-files.js";
import { timelineInParts } from "../../static/js/ui/timeline-parts.js";

const MOST_FRAMES = 12_000;
const ANN = 1;
const BOB = 2;

/** Frames in which one voice after the other speaks for ten seconds; c0 tells the level, c1 whose it is. */
const conversation = (/** @type {number} */ n_frames) =>
  Array.from({ length: n_frames }, (_, n) => [n % 500 === 0 ? -50 : 1, Math.floor(n / 1000) % 2 ? BOB : ANN]);

/**
 * What a service would tell of frames, by c1; it counts voices anew with every call.
 * @param {number[][]} mfcc
 */
function told(mfcc) {
  const segments = [];
  const names = new Map();
  for (const [n, [, who]] of mfcc.entries()) {
    const voice = names.get(who) ?? `voice ${names.size + 1}`;
    names.set(who, voice);
    const last = segments.at(-1);
    if (last?.voice === voice) {
      last.end_s = (n + 1) / 100;
    } else {
      segments.push({ voice, other: null, start_s: n / 100, end_s: (n + 1) / 100, is_sure: true });
    }
  }
  const voices = [...names.values()].map((name) => ({ name, speaker: null, speech_s: 0 }));
  return { duration_s: mfcc.length / 100, voices, segments };
}

test("every frame is told once, by the names of the first part, and no call is too long", async () => {
  const mfcc = conversation(28_817);
  const asked = [];
  const ask = async (/** @type {number[][][]} */ [part]) => asked.push(part.length) && told(part);
  let last;
  for await (const each of timelineInParts([mfcc], ask)) {
    last = each;
  }
  assert.ok(asked.length >= 3 && Math.max(...asked) <= MOST_FRAMES);
  assert.equal(Math.round(100 * last.duration_s), mfcc.length);
  const seconds = Object.fromEntries(last.voices.map(({ name, speech_s }) => [name, speech_s]));
  assert.deepEqual(seconds, { "voice 1": 148.17, "voice 2": 140 });
});

test("a number is a voice's place among all, as the service counts, and no voice has that of another", async () => {
  const three = conversation(16_000).map(([level, who], n) => [level, n > 13_000 ? 3 : who]);
  const withAnn = async (/** @type {number[][][]} */ [part]) => {
    const { voices, segments, ...rest } = told(part);
    const name = (/** @type {string} */ old) => (old === "voice 1" ? "ann" : old);
    const named = voices.map((voice) => ({ ...voice, name: name(voice.name), speaker: voice.name === "voice 1" ? "ann" : null }));
    return { ...rest, voices: named, segments: segments.map((segment) => ({ ...segment, voice: name(segment.voice) })) };
  };
  let last;
  for await (const each of timelineInParts([three], withAnn)) {
    last = each;
  }
  assert.deepEqual(last.voices.map(({ name }) => name), ["ann", "voice 2", "voice 3"]);
});

test("of a call both sides are asked for at the same times, and a voice is found again on its own side alone", async () => {
  const left = conversation(16_000);
  const right = left.map(([level, who]) => [level, who === ANN ? BOB : ANN]); // speaks while the other does, too
  const asked = [];
  const ask = async (/** @type {number[][][]} */ sides) => {
    asked.push(sides.map(({ length }) => length));
    const [one, other] = sides.map(told);
    const rename = (/** @type {string} */ name) => `voice ${Number(name.at(-1)) + one.voices.length}`;
    const voices = [...one.voices, ...other.voices.map((voice) => ({ ...voice, name: rename(voice.name) }))];
    const segments = [
      ...one.segments.map((segment) => ({ ...segment, channel: "left" })),
      ...other.segments.map((segment) => ({ ...segment, voice: rename(segment.voice), channel: "right" })),
    ];
    return { ...one, voices, segments: segments.sort((a, b) => a.start_s - b.start_s) };
  };
  let last;
  for await (const each of timelineInParts([left, right], ask)) {
    last = each;
  }
  assert.ok(asked.length >= 3 && asked.every(([one, other]) => one === other && 2 * one <= MOST_FRAMES));
  assert.deepEqual(
    last.voices.map(({ name, speech_s }) => [name, speech_s]).sort(),
    [["voice 1", 80], ["voice 2", 80], ["voice 3", 80], ["voice 4", 80]],
  );
  const sides = new Set(last.segments.map(({ voice, channel }) => `${voice} ${channel}`));
  assert.deepEqual([...sides].sort(), ["voice 1 left", "voice 2 left", "voice 3 right", "voice 4 right"]);
});

test("who is told beside a voice, but never alone, is nobody", async () => {
  const ghost = async ([part]) => {
    const { segments, ...rest } = told(part);
    return { ...rest, segments: segments.map((segment) => ({ ...segment, other: "voice 9" })) };
  };
  for await (const { segments } of timelineInParts([conversation(3_000)], ghost)) {
    assert.deepEqual(new Set(segments.map(({ other }) => other)), new Set([null]));
  }
});

test("it ends where the asking was ended", async () => {
  const parts = [];
  for await (const part of timelineInParts([conversation(30_000)], async ([mfcc]) => (parts.length ? null : told(mfcc)))) {
    parts.push(part);
  }
  assert.equal(parts.length, 1);
});

test("no name breaks a file, as cepstra/timeline/formats.py has it", () => {
  const [voice, other] = ["<b>bob --> x\n\n&", "ann"];
  const segments = [{ start_s: 61.25, end_s: 62, voice, confidence: 0.6, other }];
  const timeline = { duration_s: 62, voices: [{ name: voice, speaker: null, speech_s: 0.75 }], segments };
  assert.equal(WRITERS.srt(timeline, ""), "1\n00:01:01,250 --> 00:01:02,000\n‹b›bob -› x &? ann?\n");
  assert.match(WRITERS.vtt(timeline, ""), /\n<v &lt;b&gt;bob -&gt; x &amp;>&lt;b&gt;bob -&gt; x &amp;\? ann\?<\/v>\n$/);
  assert.equal(WRITERS.rttm(timeline, "a b"), "SPEAKER a_b 1 61.25 0.75 <NA> <NA> <b>bob_-->_x_& 0.60 <NA>\n");
  const names = ["a b", "a_b", "a  b"];
  const alike = { ...timeline, voices: names.map((name) => ({ name, speaker: null, speech_s: 1 })), segments: names.map((name) => ({ ...segments[0], voice: name })) };
  const columns = WRITERS.rttm(alike, "").match(/a_b\w*/g);
  assert.deepEqual(columns, ["a_b_2", "a_b", "a_b_3"]);
});
