// The message that the page makes of features on standard input, for comparison with cepstra/frontend/message.py.
//   node message_reference.mjs DEFINITION.json < [{"mfcc": [..]}, ..]
import { readFileSync } from "node:fs";
import { buildMessage } from "../../static/js/message.js";

const definition = JSON.parse(readFileSync(process.argv[2], "utf8"));
const frames = JSON.parse(readFileSync(0, "utf8"));
process.stdout.write(JSON.stringify(buildMessage(frames, definition, 7)));
