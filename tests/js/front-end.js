/** The front end's definition and library as tests in Node need them. */
import { readFileSync } from "node:fs";
import meydaModule from "meyda";
import { findUtterances, groupUtterances, takeOf } from "../../static/js/files/cut-recording.js";

export const meyda = meydaModule.default ?? meydaModule;

const definition = new URL("../../static/js/frontend.json", import.meta.url);
export const frontend = JSON.parse(readFileSync(definition, "utf8"));

/** What the messages of a recording are made of, one for each. */
export const cutRecording = (recording) => groupUtterances(findUtterances(recording)).map(takeOf);
