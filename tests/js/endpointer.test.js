import assert from "node:assert/strict";
import { test } from "node:test";
import { Endpointer, frameLevel } from "../../static/js/endpointer.js";
import { Framer } from "../../static/js/utterance-stream.js";
import { frontend } from "./front-end.js";
import { join, pinkNoise, tone, voicedSound, whiteNoise } from "./signals.js";

/** Levels in dB, [duration in frames, level] after each other, as energies with a ripple of +-1 dB. */
function energies(...stretches) {
  let n = 0;
  return stretches.flatMap(([frames, levelDb]) =>
    Array.from({ length: frames }, () => 10 ** ((levelDb + Math.sin((n += 1))) / 10)),
  );
}

function run(values, settings) {
  const endpointer = new Endpointer({ ...frontend.endpointing, ...settings }, 10);
  return values.map((energy) => endpointer.push(energy)).filter(Boolean);
}

const ends = (events) => events.filter((event) => event.type === "speech-end");

test("one burst is one utterance, padded on both sides", () => {
  const events = run(energies([200, 45], [50, 90], [100, 45]));
  assert.deepEqual(events.map((event) => event.type), ["speech-start", "speech-end"]);
  const [{ firstFrame, endFrame, speechFrame }] = ends(events);
  assert.ok(Math.abs(speechFrame - 200) <= 2, `speech noticed at ${speechFrame}`);
  assert.equal(firstFrame, speechFrame - 15);
  assert.ok(endFrame >= 255 && endFrame <= 270, `ended at ${endFrame}`);
});

test("a gap shorter than the hang-over does not split, a longer one does", () => {
  const word = [30, 90];
  assert.equal(ends(run(energies([200, 45], word, [15, 45], word, [100, 45]))).length, 1);
  assert.equal(ends(run(energies([200, 45], word, [60, 45], word, [100, 45]))).length, 2);
});

test("an utterance that is open at the end of a recording ends there; in a pause nothing does", () => {
  const endpointer = new Endpointer(frontend.endpointing, 10);
  energies([200, 45], [50, 90], [12, 45]).forEach((energy) => endpointer.push(energy));
  const { type, endFrame } = endpointer.end();
  assert.deepEqual([type, endFrame], ["speech-end", 262]);
  assert.equal(endpointer.end(), null);
});

test("paddings of neighbours do not overlap", () => {
  const [first, second] = ends(run(energies([200, 45], [30, 90], [35, 45], [30, 90], [100, 45])));
  assert.ok(second.firstFrame >= first.endFrame);
});

test("a click is discarded", () => {
  const events = run(energies([200, 45], [3, 90], [100, 45]), { min_speech_ms: 150 });
  assert.deepEqual(ends(events), []);
});

test("very long speech is cut at the maximum", () => {
  const wobble = Array.from({ length: 12 }, (_, k) => [40, k % 2 ? 70 : 90]);
  const [first] = ends(run(energies([200, 45], ...wobble, [100, 45]), { floor_window_ms: 6000 }));
  assert.equal(first.endFrame - first.speechFrame, 300);
});

test("start and end thresholds differ: a level between them neither starts nor ends speech", () => {
  const between = 45 + 7;
  assert.deepEqual(run(energies([200, 45], [100, between], [100, 45])), []);
  const [only] = ends(run(energies([200, 45], [30, 90], [60, between], [100, 45])));
  assert.ok(only.endFrame > 290);
});

test("speech in the very first frames is found", () => {
  assert.equal(ends(run(energies([40, 90], [150, 35], [40, 90], [100, 35]))).length, 2);
});

test("after digital silence, and between digits in it, speech is found", () => {
  const silence = Array(150).fill(0);
  const word = energies([50, 80]);
  assert.equal(ends(run([...silence, ...word, ...silence, ...word, ...silence])).length, 2);
});

test("steady noise that begins suddenly is not taken for an utterance", () => {
  assert.deepEqual(ends(run(energies([300, 70]))), []);
  assert.deepEqual(ends(run(energies([200, 40], [600, 60]))), []);
});

test("a louder room raises the floor and speech above it is found", () => {
  const events = run(energies([200, 40], [400, 60], [50, 95], [100, 60]));
  const [last] = ends(events).slice(-1);
  assert.ok(Math.abs(last.speechFrame - 600) <= 2);
});

test("a minute of white or pink noise holds no utterance", () => {
  for (const noise of [whiteNoise, pinkNoise]) {
    for (const amplitude of [0.0001, 0.003, 0.05]) {
      const samples = noise(60 * 16000, 5).map((value) => amplitude * value);
      const levels = new Framer(512, 160).push(samples).map((frame) => frameLevel(frame, 32768));
      assert.deepEqual(ends(run(levels)), [], `${noise.name} at ${amplitude}`);
    }
  }
});

for (const amplitude of [0.05, 0.9]) {
  for (const noiseShare of [0, 0.18]) {
    test(`ten sounds of peak ${amplitude}, ${noiseShare ? "15 dB above noise" : "clean"}, are ten utterances`, () => {
      const sound = voicedSound(130, 16000, 8000, 4000);
      const peak = sound.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
      const pause = new Float32Array(11200);
      const clean = join([pause, ...Array.from({ length: 10 }, () => [sound, pause]).flat()]);
      const level = noiseShare * Math.sqrt(sound.reduce((sum, value) => sum + value * value, 0) / 8000);
      const noise = pinkNoise(clean.length, 9);
      const scale = Math.sqrt(noise.reduce((sum, value) => sum + value * value, 0) / noise.length);
      const noisy = clean.map((value, n) => ((value + (level / scale) * noise[n]) * amplitude) / peak);
      const levels = new Framer(512, 160).push(noisy).map((frame) => frameLevel(frame, 32768));
      assert.equal(ends(run(levels)).length, 10);
    });
  }
}

test("the level of a frame ignores an offset and follows the gain", () => {
  const frame = tone(500, 16000, 512, 0.1);
  const shifted = frame.map((value) => value + 0.5);
  const level = frameLevel(frame, 1);
  assert.ok(Math.abs(frameLevel(shifted, 1) / level - 1) < 1e-3);
  assert.ok(Math.abs(frameLevel(frame, 100) / level - 1e4) < 1);
});
