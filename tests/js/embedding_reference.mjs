// What the browser's network makes of messages, for comparison with cepstra/neural/.
//   node embedding_reference.mjs MODELS_FOLDER FRAMES_OF_A_MESSAGE... < 32-bit cepstra, 20 a frame
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { NETWORK_FILES, VoiceEmbedder } from "../../static/js/embedding/voice-embedder.js";

const [folder, ...lengths] = process.argv.slice(2);
const bytes = readFileSync(0);
const cepstra = new Float32Array(bytes.buffer, bytes.byteOffset, bytes.length / 4);
const frames = Array.from({ length: cepstra.length / 20 }, (_, t) => [...cepstra.subarray(20 * t, 20 * t + 20)]);
const messages = lengths.map((length) => frames.splice(0, Number(length)));

const embedder = new VoiceEmbedder(NETWORK_FILES.map((name) => readFileSync(join(folder, name))));
const told = messages.map((message) => {
  const pooled = embedder.pool(message);
  return { frames: pooled.frames, sums: [...pooled.sums], embedding: [...embedder.embedding(pooled.sums)] };
});
process.stdout.write(JSON.stringify({ told, cohort: embedder.cohort.map((voice) => [...voice]) }));
