// Prints what the page makes of a file's structure, after it was read cut off anywhere and with bytes changed.
import { readFileSync } from "node:fs";
import { fromBeginning, readSoundStructure } from "../../static/js/files/sound-structure.js";
import { randomNumbers } from "./signals.js";

const CHANGED_BYTES = 600;
const buffer = (bytes) => bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length);
const random = randomNumbers(8);

for (const path of process.argv.slice(2)) {
  const bytes = readFileSync(path);
  for (let length = 0; length < Math.min(bytes.length, 1500); length += 11) {
    readSoundStructure(fromBeginning(buffer(bytes.subarray(0, length))));
  }
  for (let round = 0; round < 40; round += 1) {
    const changed = Buffer.from(bytes);
    for (let change = 0; change < 20; change += 1) {
      changed[Math.floor(random() * Math.min(bytes.length, CHANGED_BYTES))] = Math.floor(256 * random());
    }
    readSoundStructure(fromBeginning(buffer(changed)));
  }
  const { format, parts, isComplete = true, missingS = 0 } = readSoundStructure(fromBeginning(buffer(bytes)));
  console.log(JSON.stringify({ format, parts: parts.length, isComplete, missingS }));
}
