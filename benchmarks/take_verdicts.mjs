// What the page's own modules measure of takes and say of them.
//   node take_verdicts.mjs MIDDLE_S  <  for each take its number of samples (uint32) and these (float32, 16 kHz)
// A line for each take: {"verdict", "speechMs", "levelDb", "floorDb", "clippedSamples"} of the utterance that is
// spoken MIDDLE_S after the beginning, or null where none is heard there.
import { readFileSync } from "node:fs";
import { countClipped } from "../static/js/utterance-stream.js";
import { Endpointer } from "../static/js/endpointer.js";
import { frameLevel } from "../static/js/endpointer.js";
import { Framer } from "../static/js/utterance-stream.js";
import { judgeTake } from "../static/js/verdicts.js";

const frontend = JSON.parse(readFileSync(new URL("../static/js/frontend.json", import.meta.url), "utf8"));
const { frame_samples: length, hop_samples: hop, sample_rate_hz: rateHz, gain, endpointing } = frontend;
const middle = (Number(process.argv[2]) * rateHz) / hop;

function utteranceIn(samples) {
  const endpointer = new Endpointer(endpointing, (1000 * hop) / rateHz);
  const events = new Framer(length, hop).push(samples).map((frame) => endpointer.push(frameLevel(frame, gain)));
  const ends = [...events, endpointer.end()].filter((event) => event?.type === "speech-end");
  return ends.find(({ firstFrame, endFrame }) => firstFrame <= middle && middle < endFrame);
}

function heard(samples) {
  const found = utteranceIn(samples);
  if (!found) {
    return null;
  }
  const { firstFrame, endFrame, speechMs, levelDb, floorDb } = found;
  const clippedSamples = countClipped(samples.subarray(firstFrame * hop, endFrame * hop));
  const measures = { speechMs, levelDb, floorDb, clippedSamples };
  return { verdict: judgeTake(measures), ...measures };
}

const bytes = readFileSync(0);
for (let at = 0; at < bytes.length; ) {
  const end = at + 4 + 4 * bytes.readUInt32LE(at);
  const samples = new Float32Array(new Uint8Array(bytes.subarray(at + 4, end)).buffer);
  process.stdout.write(`${JSON.stringify(heard(samples))}\n`);
  at = end;
}
