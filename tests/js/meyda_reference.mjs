// What the page's own modules and Meyda make of 32-bit floats on standard input, for comparison with cepstra/frontend/.
//   node meyda_reference.mjs '{"id": ..}'  ->  {"mfcc": [[..]], "energy": [..], "zcr": [..]}
import { readFileSync } from "node:fs";
import meydaModule from "meyda";
import { createFeatureExtractor, prepareFrame } from "../../static/js/features.js";
import { Framer } from "../../static/js/utterance-stream.js";

const samples = new Float32Array(new Uint8Array(readFileSync(0)).buffer);
const definition = JSON.parse(process.argv[2]);
const meyda = meydaModule.default ?? meydaModule;
const extract = createFeatureExtractor(meyda, definition);
const { frame_samples: bufferSize, sample_rate_hz: sampleRate, window: windowingFunction } = definition;
const plain = Object.assign(Object.create(meyda), { bufferSize, sampleRate, windowingFunction });
const framer = new Framer(definition.frame_samples, definition.hop_samples);
const frames = framer.push(samples);
const others = frames.map((frame) => plain.extract(["energy", "zcr"], prepareFrame(frame, definition)));
process.stdout.write(
  JSON.stringify({
    mfcc: frames.map((frame) => Array.from(extract(frame).mfcc)),
    energy: others.map(({ energy }) => energy),
    zcr: others.map(({ zcr }) => zcr),
  }),
);
