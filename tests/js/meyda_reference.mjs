// What the page's own modules and Meyda make of the samples in a file, for comparison with cepstra/frontend/.
//   node meyda_reference.mjs DEFINITION.json SAMPLES.f32  ->  {"mfcc": [[..]], "energy": [..], "zcr": [..]}
import { readFileSync } from "node:fs";
import meydaModule from "meyda";
import { createFeatureExtractor, prepareFrame } from "../../static/js/features.js";
import { Framer } from "../../static/js/utterance-stream.js";

function readSamples(path) {
  const bytes = readFileSync(path);
  return new Float32Array(bytes.buffer, bytes.byteOffset, bytes.length / 4);
}

const [definitionPath, samplesPath] = process.argv.slice(2);
const definition = JSON.parse(readFileSync(definitionPath, "utf8"));
const meyda = meydaModule.default ?? meydaModule;
const extract = createFeatureExtractor(meyda, definition);
const { frame_samples: bufferSize, sample_rate_hz: sampleRate, window: windowingFunction } = definition;
const plain = Object.assign(Object.create(meyda), { bufferSize, sampleRate, windowingFunction });
const framer = new Framer(definition.frame_samples, definition.hop_samples);
const frames = framer.push(readSamples(samplesPath));
const others = frames.map((frame) => plain.extract(["energy", "zcr"], prepareFrame(frame, definition)));
process.stdout.write(
  JSON.stringify({
    mfcc: frames.map((frame) => Array.from(extract(frame).mfcc)),
    energy: others.map(({ energy }) => energy),
    zcr: others.map(({ zcr }) => zcr),
  }),
);
