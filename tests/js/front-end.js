/** The front end's definition and library as tests in Node need them. */
import { readFileSync } from "node:fs";
import meydaModule from "meyda";

export const meyda = meydaModule.default ?? meydaModule;

const definition = new URL("../../static/js/frontend.json", import.meta.url);
export const frontend = JSON.parse(readFileSync(definition, "utf8"));
