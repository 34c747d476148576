import assert from "node:assert/strict";
import { test } from "node:test";
import { createFeatureExtractor } from "../../static/js/features.js";
import { Framer } from "../../static/js/utterance-stream.js";
import { Resampler } from "../../static/js/resampler.js";
import { frontend, meyda } from "./front-end.js";
import { voicedSound, whiteNoise } from "./signals.js";

const SECONDS = 2;

/** The same sound, sampled at `rateHz`, with steady noise of the room 50 dB below. */
function mfccs(rateHz) {
  const sound = voicedSound(120, rateHz, SECONDS * rateHz);
  const samples = new Resampler(rateHz, 16000).push(sound);
  const room = whiteNoise(samples.length, 3);
  const noisy = samples.map((value, n) => value + 0.001 * room[n]);
  const extract = createFeatureExtractor(meyda, frontend);
  return new Framer(512, 160).push(noisy).map((frame) => extract(frame).mfcc);
}

function deviation(values) {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  return Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length);
}

const reference = mfccs(16000);
const scales = reference[0].map((_, k) => deviation(reference.map((frame) => frame[k])));

for (const rateHz of [22050, 32000, 44100, 48000, 96000, 192000]) {
  test(`${rateHz} Hz: the coefficients are those of 16 kHz`, (t) => {
    // The first frames hear the filter swing in, for the sound begins suddenly.
    const frames = mfccs(rateHz).slice(3);
    const differences = frames.flatMap((frame, i) =>
      frame.map((value, k) => Math.abs(value - reference[i + 3][k]) / scales[k]),
    );
    differences.sort((a, b) => a - b);
    const [median, p95] = [0.5, 0.95].map((share) => differences[Math.floor(share * differences.length)]);
    t.diagnostic(`difference in standard deviations: median ${median.toExponential(1)}, p95 ${p95.toExponential(1)}`);
    assert.ok(median < 0.01 && p95 < 0.05, `median ${median}, p95 ${p95}`);
  });
}
