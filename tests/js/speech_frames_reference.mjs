/** Prints how many frames of each message hold speech: JSON lists of frames, one a line, in the file named. */
import { readFileSync } from "node:fs";
import { countSpeechFrames } from "../../static/js/speech-frames.js";

for (const line of readFileSync(process.argv[2], "utf8").trim().split("\n")) {
  console.log(countSpeechFrames(JSON.parse(line)));
}
