import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { test } from "node:test";
import { TEXTS } from "../../static/js/errors.js";
import { RECORDING_CODES } from "../../static/js/files/recording-error.js";
import de from "../../static/js/strings/de.js";
import en from "../../static/js/strings/en.js";
import { choose, LANGUAGES } from "../../static/js/ui/i18n.js";
import { OPERATORS_WORDS } from "../../static/js/ui/operators-words.js";
import { TIMELINE_WORDS } from "../../static/js/ui/timeline-words.js";

const root = new URL("../../static/", import.meta.url);
const modules = readdirSync(new URL("js/", root), { recursive: true }).filter((name) => /^(ui\/|operators|main).*js$/.test(name));
const pages = ["operators.html", "index.html"];
const sources = [...modules.map((name) => `js/${name}`), ...pages].map((name) => readFileSync(new URL(name, root), "utf8"));

const placeholders = (words) => [...new Set(words.match(/\{\w+\}/g) ?? [])].sort();

test("both languages have the same keys", () => {
  assert.deepEqual(Object.keys(de).sort(), Object.keys(en).sort());
  assert.deepEqual([...LANGUAGES].sort(), readdirSync(new URL("js/strings/", root)).map((name) => name.slice(0, -3)).sort());
});

test("words of one page or screen say the same in both, and none is added twice", () => {
  for (const { en: ofEn, de: ofDe } of [OPERATORS_WORDS, TIMELINE_WORDS]) {
    assert.deepEqual(Object.keys(ofDe), Object.keys(ofEn));
    assert.deepEqual(Object.keys(ofEn).filter((key) => key in en), []);
    for (const [key, words] of Object.entries(ofEn)) {
      assert.deepEqual(placeholders(ofDe[key]), placeholders(words), key);
    }
  }
  const screen = sources[modules.indexOf("ui/timeline-screen.js")];
  const keys = Object.keys(TIMELINE_WORDS.en).filter((key) => key.startsWith("timeline."));
  assert.deepEqual(keys.filter((key) => !screen.includes(`"${key.replace(/\.(one|other)$/, "")}"`)), []);
});

test("every failure and every refusal of a recording has words in both", () => {
  const failures = Object.keys(TEXTS).flatMap((code) => [`failure.${code}.title`, `failure.${code}.advice`]);
  const keys = [...failures, ...RECORDING_CODES.map((code) => `recording.${code}`)];
  for (const language of [en, de]) {
    assert.deepEqual(keys.filter((key) => !(key in language)), []);
  }
});

test("a translation takes the same values and is not left empty", () => {
  for (const [key, words] of Object.entries(en)) {
    assert.deepEqual(placeholders(de[key]), placeholders(words), key);
    assert.ok(de[key].trim() && words.trim(), key);
  }
});

test("every key that the page names has words, and no words are left over", () => {
  const named = new Set(sources.flatMap((source) => source.match(/[\w-]+(?:\.[\w-]+)+/g)));
  const templates = sources.flatMap((source) => [...source.matchAll(/`([^`\n]*\$\{[^`\n]*)`/g)]).map(([, each]) => each);
  const patterns = templates
    .filter((each) => /^[\w.${}-]+$/.test(each.replace(/\$\{[^}]*\}/g, "")))
    .map((each) => new RegExp(`^${each.replaceAll(".", "\\.").replace(/\$\{[^}]*\}/g, "[\\w-]+")}$`));
  const isNamed = (key) => named.has(key) || patterns.some((pattern) => pattern.test(key));
  const unused = Object.keys({ ...en, ...OPERATORS_WORDS.en }).filter((key) => !isNamed(key) && !isNamed(key.replace(/\.(one|other)$/, "")));
  assert.deepEqual(unused, []);
  const html = sources.slice(-pages.length).join("");
  const asked = [...html.matchAll(/data-(?:text|label)="([^"]+)"/g)].map(([, key]) => key);
  assert.deepEqual(asked.filter((key) => !(key in en) && !(key in OPERATORS_WORDS.en)), []);
});

test("the first language that a browser prefers and the page speaks is chosen, else English", () => {
  assert.equal(choose(["fr-CH", "de-CH", "en"]), "de");
  assert.equal(choose(["pt-BR"]), "en");
  assert.equal(choose(["", "EN-us"]), "en");
});
