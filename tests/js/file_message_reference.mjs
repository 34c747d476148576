// The messages that the page sends of a sound file whose samples come as 32-bit floats on standard input.
//   node file_message_reference.mjs RATE_HZ  ->  one message a line
import { readFileSync } from "node:fs";
import { buildMessage } from "../../static/js/message.js";
import { cutRecording, frontend, meyda } from "./front-end.js";

const samples = new Float32Array(new Uint8Array(readFileSync(0)).buffer);
const cuts = cutRecording({ samples, sampleRateHz: Number(process.argv[2]), frontend, meyda });
for (const { frames } of cuts) {
  process.stdout.write(`${JSON.stringify(buildMessage(frames, frontend))}\n`);
}
