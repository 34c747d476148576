// What the page cuts out of 32-bit floats on standard input, as JSON: spans, and unrounded messages.
//   node cut_reference.mjs RATE_HZ
import { readFileSync } from "node:fs";
import { findUtterances, groupUtterances, takeOf } from "../../static/js/files/cut-recording.js";
import { frontend, meyda } from "./front-end.js";

const samples = new Float32Array(new Uint8Array(readFileSync(0)).buffer);
const found = findUtterances({ samples, sampleRateHz: Number(process.argv[2]), frontend, meyda });
const numbers = ({ frames }) => ({ mfcc: frames.map(({ mfcc }) => Array.from(mfcc)) });
process.stdout.write(
  JSON.stringify({
    spans: found.map(({ firstFrame, endFrame }) => [firstFrame, endFrame]),
    cuts: groupUtterances(found).map(takeOf).map(numbers),
  }),
);
