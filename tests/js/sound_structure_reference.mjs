// Prints what the page makes of a file's structure, after it was read cut off anywhere and with bytes changed.
import { readFileSync } from "node:fs";
import { containersOf } from "../../static/js/files/containers.js";
import { readSoundStructure } from "../../static/js/files/sound-structure.js";
import { randomNumbers } from "./signals.js";

const CHANGED_BYTES = 600;
const LONGEST_BYTES = 20_000;
const buffer = (bytes) => bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length);
const random = randomNumbers(8);

for (const path of process.argv.slice(2)) {
  const bytes = readFileSync(path);
  for (let length = 0; length < Math.min(bytes.length, 1500); length += 11) {
    containersOf(buffer(bytes.subarray(0, length))).forEach(readSoundStructure);
  }
  for (let round = 0; round < 40; round += 1) {
    const changed = Buffer.from(bytes.subarray(0, LONGEST_BYTES));
    for (let change = 0; change < 20; change += 1) {
      changed[Math.floor(random() * Math.min(bytes.length, CHANGED_BYTES))] = Math.floor(256 * random());
    }
    containersOf(buffer(changed)).forEach(readSoundStructure);
  }
  const { format, parts, isComplete = true, missingS = 0 } = readSoundStructure(containersOf(buffer(bytes))[0]);
  const [{ sampleRateHz = null } = {}] = parts;
  console.log(JSON.stringify({ format, parts: parts.length, sampleRateHz, isComplete, missingS }));
}
