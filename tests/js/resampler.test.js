import assert from "node:assert/strict";
import { test } from "node:test";
import { Resampler } from "../../static/js/resampler.js";
import { join, randomBlocks, rms, tone, whiteNoise } from "./signals.js";

const RATES_HZ = [8000, 11025, 16000, 22050, 32000, 44100, 48000, 88200, 96000, 176400, 192000, 44099];

function resample(samples, inputHz, outputHz = 16000) {
  const resampler = new Resampler(inputHz, outputHz);
  return join([resampler.push(samples), resampler.flush()]);
}

function gainDb(frequencyHz, inputHz) {
  const output = resample(tone(frequencyHz, inputHz, inputHz), inputHz);
  return 20 * Math.log10(rms(output, 4000, 12000) / (0.5 / Math.SQRT2));
}

for (const inputHz of RATES_HZ) {
  test(`${inputHz} Hz: the pass band is flat to 0.05 dB`, () => {
    const edgeHz = 0.94 * (Math.min(inputHz, 16000) / 2);
    for (const share of [0.01, 0.25, 0.5, 0.75, 0.9, 1]) {
      const gain = gainDb(Math.round(share * edgeHz), inputHz);
      assert.ok(Math.abs(gain) < 0.05, `${gain} dB at ${share} of the pass band`);
    }
  });

  test(`${inputHz} Hz: one second in is one second out`, () => {
    const output = resample(new Float32Array(inputHz), inputHz);
    assert.ok(Math.abs(output.length - 16000) <= 1, `${output.length} samples`);
  });

  test(`${inputHz} Hz: blocks of any size give the same samples`, () => {
    const samples = whiteNoise(Math.round(inputHz / 5), 7).map((value) => value * 0.1);
    const whole = new Resampler(inputHz, 16000).push(samples);
    const resampler = new Resampler(inputHz, 16000);
    const pieces = join(randomBlocks(samples, 700, 3).map((block) => resampler.push(block)));
    assert.deepEqual(pieces, whole);
  });
}

for (const inputHz of RATES_HZ.filter((rate) => rate > 17000)) {
  test(`${inputHz} Hz: nothing above 8 kHz folds back, at least 75 dB down`, () => {
    for (const frequencyHz of [8010, 8400, Math.min(12000, inputHz / 2 - 200)]) {
      const gain = gainDb(frequencyHz, inputHz);
      assert.ok(gain < (inputHz === 44099 ? -55 : -75), `${gain} dB at ${frequencyHz} Hz`);
    }
  });
}

test("the filter is of linear phase: a tone comes out in time with the same tone at 16 kHz", () => {
  for (const inputHz of [8000, 44100, 48000]) {
    const output = resample(tone(997, inputHz, inputHz), inputHz);
    const expected = tone(997, 16000, 16000);
    const difference = output.slice(4000, 12000).map((value, n) => value - expected[4000 + n]);
    assert.ok(rms(difference) < 2e-4, `${inputHz} Hz: ${rms(difference)}`);
  }
});

test("rates that no sound card has are refused", () => {
  for (const rate of [0, 7999, 192001, 44100.5, NaN]) {
    assert.throws(() => new Resampler(rate, 16000), RangeError);
  }
});
