import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { TEXTS } from "../../static/js/errors.js";
import { Cepstra } from "../../static/js/cepstra.js";
import { UtteranceStream } from "../../static/js/utterance-stream.js";
import { ADVICE } from "../../static/js/verdicts.js";
import { frontend, meyda } from "./front-end.js";

const guide = readFileSync(new URL("../../docs/kit.md", import.meta.url), "utf8");
const source = readFileSync(new URL("../../static/js/cepstra.js", import.meta.url), "utf8");

function assertNamed(names) {
  for (const name of names) {
    assert.ok(guide.includes(`\`${name}\``) || guide.includes(`\`${name}(`), `docs/kit.md does not name ${name}`);
  }
}

test("the guide names every error, verdict and event", () => {
  assertNamed(Object.keys(TEXTS));
  assertNamed(Object.keys(ADVICE));
  assertNamed([...source.matchAll(/#(?:tell|report)\("(\w+)"/g)].map(([, name]) => name));
});

test("the guide names all that a level tells", () => {
  const { level } = new UtteranceStream({ inputHz: frontend.sample_rate_hz, frontend, meyda });
  const [told] = /^\| `level` \|.*$/m.exec(guide) ?? [""];
  assert.deepEqual(Object.keys(level).filter((field) => !new RegExp(`\\b${field}\\b`).test(told)), []);
});

test("the guide names every method", () => {
  assertNamed(["checkMicrophone", "enrol", "dropTake", "verify", "identify", "compare", "openMicrophone", "closeMicrophone"]);
  const voice = new Cepstra({ url: "http://127.0.0.1:9" });
  assert.ok(voice.client);
});
