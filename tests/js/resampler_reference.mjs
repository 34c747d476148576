// What the page's resampler makes of 32-bit floats on standard input, as such on standard output.
//   node resampler_reference.mjs RATE_HZ
import { readFileSync } from "node:fs";
import { Resampler } from "../../static/js/resampler.js";

const bytes = readFileSync(0);
const samples = new Float32Array(new Uint8Array(bytes).buffer);
const resampler = new Resampler(Number(process.argv[2]), 16000);
for (const part of [resampler.push(samples), resampler.flush()]) {
  process.stdout.write(new Uint8Array(Float32Array.from(part).buffer));
}
