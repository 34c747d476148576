// What the page's own modules and Meyda make of the samples in a file, for comparison with cepstra/frontend/.
//   node meyda_reference.mjs DEFINITION.json SAMPLES.f32  ->  {"mfcc": [[..]], "energy": [..], "zcr": [..]}
import { readFileSync } from "node:fs";
import meydaModule from "meyda";
import { createFeatureExtractor } from "../../static/js/features.js";
import { Framer } from "../../static/js/framing.js";

function readSamples(path) {
  const bytes = readFileSync(path);
  return new Float32Array(bytes.buffer, bytes.byteOffset, bytes.length / 4);
}

const [definitionPath, samplesPath] = process.argv.slice(2);
const definition = JSON.parse(readFileSync(definitionPath, "utf8"));
const extract = createFeatureExtractor(meydaModule.default ?? meydaModule, definition);
const framer = new Framer(definition.frame_samples, definition.hop_samples);
const frames = framer.push(readSamples(samplesPath)).map(extract);
process.stdout.write(
  JSON.stringify({
    mfcc: frames.map(({ mfcc }) => Array.from(mfcc)),
    energy: frames.map(({ energy }) => energy),
    zcr: frames.map(({ zcr }) => zcr),
  }),
);
