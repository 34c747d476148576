/**
 * How many digits the endpointer finds in real recordings: all takes of a dev speaker, each brought to the
 * same peak level, joined with 0.7 s pauses. A take is found when exactly one utterance covers the centre of
 * its speech (the median of its energy), covers no other take's, and no second one lies within the take.
 * Thresholds were chosen on every fourth speaker; a third of the others is asked here.
 */
import assert from "node:assert/strict";
import { before, describe, test } from "node:test";
import { Endpointer, frameLevel } from "../../static/js/endpointer.js";
import { devSpeakers, devTakesOfAll, whyNoCorpus } from "./corpus.js";
import { frontend } from "./front-end.js";
import { pinkNoise, whiteNoise } from "./signals.js";

const PAUSE_SAMPLES = 11200;
const FRAME = 512;
const HOP = 160;

const CONDITIONS = [
  { name: "peak 0.05, silence between", peak: 0.05 },
  { name: "peak 0.3, silence between", peak: 0.3 },
  { name: "peak 0.9, silence between", peak: 0.9 },
  { name: "peak 0.05, white noise at 15 dB SNR", peak: 0.05, noise: longNoise(whiteNoise(60 * 16000, 1)), snr_db: 15 },
  { name: "peak 0.9, pink noise at 15 dB SNR", peak: 0.9, noise: longNoise(pinkNoise(60 * 16000, 2)), snr_db: 15 },
];

function levels(samples) {
  const length = Math.floor((samples.length - FRAME) / HOP) + 1;
  return Array.from({ length }, (_, n) => frameLevel(samples.subarray(n * HOP, n * HOP + FRAME), 32768));
}

function quantile(values, share) {
  return Float64Array.from(values).sort()[Math.floor(share * (values.length - 1))];
}

/** The centre of a take's speech, in samples, and whether it holds a whole digit that can be heard. */
function describeTake(samples) {
  const energies = levels(samples).map((energy) => Math.max(energy, 1000));
  const total = energies.reduce((sum, energy) => sum + energy, 0);
  let sum = 0;
  const centreFrame = energies.findIndex((energy) => (sum += energy) >= total / 2);
  const decibels = energies.map((energy) => 10 * Math.log10(energy));
  const [low, high] = [quantile(decibels, 0.1), quantile(decibels, 1)];
  const loud = decibels.map((level) => level > (low + high) / 2);
  const isWhole = loud.indexOf(true) > 3 && loud.lastIndexOf(true) < loud.length - 4;
  return { samples, centre: centreFrame * HOP + FRAME / 2, isUsable: high - low >= 20 && isWhole };
}

/** Power of the loud tenth of the speech, as shared/tools/degrade.py measures it; every fifth sample will do. */
function speechPower(samples) {
  const spoken = [];
  for (let n = 0; n < samples.length; n += 5) {
    if (samples[n] !== 0) {
      spoken.push(samples[n] ** 2);
    }
  }
  return quantile(spoken, 0.9);
}

/** Each recording hears another stretch of the same long noise. */
function addNoise(samples, { noise, snr_db }, seed) {
  const scale = Math.sqrt(speechPower(samples) / noise.power / 10 ** (snr_db / 10));
  for (let n = 0, at = 7919 * seed; n < samples.length; n += 1, at += 1) {
    samples[n] += scale * noise.samples[at % noise.samples.length];
  }
}

function longNoise(samples) {
  return { samples, power: samples.reduce((sum, value) => sum + value * value, 0) / samples.length };
}

/** The recording as 16-bit samples, and where each take's speech centre and borders lie in it. */
function record(takes, condition, seed) {
  const length = takes.reduce((sum, { samples }) => sum + samples.length + PAUSE_SAMPLES, PAUSE_SAMPLES);
  const recording = new Float32Array(length);
  let start = PAUSE_SAMPLES;
  const places = takes.map(({ samples, centre, isUsable }) => {
    const peak = samples.reduce((most, value) => Math.max(most, Math.abs(value)), 1e-9);
    recording.set(samples.map((value) => (value * condition.peak) / peak), start);
    const place = { start, end: start + samples.length, centre: start + centre, isUsable };
    start = place.end + PAUSE_SAMPLES;
    return place;
  });
  if (condition.noise) {
    addNoise(recording, condition, seed);
  }
  for (let n = 0; n < length; n += 1) {
    recording[n] = Math.round(Math.max(-1, Math.min(1, recording[n])) * 32767) / 32767;
  }
  return { recording, places };
}

function findUtterances(recording) {
  const endpointer = new Endpointer(frontend.endpointing, 10);
  return levels(recording)
    .map((level) => endpointer.push(level))
    .filter((event) => event?.type === "speech-end")
    .map(({ firstFrame, endFrame }) => ({ start: firstFrame * HOP, end: (endFrame - 1) * HOP + FRAME }));
}

const covers = (utterance, { centre }) => utterance.start <= centre && centre <= utterance.end;

function count(places, utterances) {
  const isFound = (place) => {
    const covering = utterances.filter((utterance) => covers(utterance, place));
    const within = utterances.filter(({ start, end }) => start + end >= 2 * place.start && start + end <= 2 * place.end);
    return covering.length === 1 && within.length <= 1 && places.filter((other) => covers(covering[0], other)).length === 1;
  };
  const found = places.filter(isFound);
  return {
    all: places.length,
    allFound: found.length,
    usable: places.filter(({ isUsable }) => isUsable).length,
    usableFound: found.filter(({ isUsable }) => isUsable).length,
    extra: utterances.filter((utterance) => !places.some((place) => covers(utterance, place))).length,
  };
}

const reason = whyNoCorpus();

describe("digits found in joined dev takes", { skip: reason ?? false }, () => {
  let speakers;
  before(() => {
    const asked = devSpeakers().filter((_, n) => n % 4 === 2);
    speakers = devTakesOfAll(asked).map((takes) => takes.map(describeTake));
  });

  for (const condition of CONDITIONS) {
    test(condition.name, (t) => {
      const sums = { all: 0, allFound: 0, usable: 0, usableFound: 0, extra: 0 };
      speakers.forEach((takes, seed) => {
        const { recording, places } = record(takes, condition, seed);
        for (const [name, value] of Object.entries(count(places, findUtterances(recording)))) {
          sums[name] += value;
        }
      });
      const percent = (part, whole) => `${((100 * part) / whole).toFixed(2)}%`;
      t.diagnostic(
        `found ${percent(sums.usableFound, sums.usable)} of ${sums.usable} whole takes, ` +
          `${percent(sums.allFound, sums.all)} of all ${sums.all}; ${sums.extra} utterances too many`,
      );
      assert.ok(sums.usableFound >= 0.97 * sums.usable);
      assert.ok(sums.allFound >= 0.97 * sums.all);
      assert.ok(sums.extra <= 0.03 * sums.all);
    });
  }
});
