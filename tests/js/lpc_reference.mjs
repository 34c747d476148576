// What the page's burg.js makes of the samples in a file, for comparison with cepstra/frontend/lpc.py.
//   node lpc_reference.mjs DEFINITION.json SAMPLES.f32  ->  [a_1, ...]
import { readFileSync } from "node:fs";
import { utteranceLpc } from "../../static/js/burg.js";

const [definitionPath, samplesPath] = process.argv.slice(2);
const bytes = readFileSync(samplesPath);
const samples = new Float32Array(bytes.buffer, bytes.byteOffset, bytes.length / 4);
const frontend = JSON.parse(readFileSync(definitionPath, "utf8"));
process.stdout.write(JSON.stringify(utteranceLpc(samples, frontend)));
