/** The page asks for digits, or for the words that an operator wants said in their place. */
import assert from "node:assert/strict";
import { after, test } from "node:test";
import de from "../../static/js/strings/de.js";
import en from "../../static/js/strings/en.js";
import { addWords, promptWith, text, toSay } from "../../static/js/ui/i18n.js";

const WORDS = ["moon", "river", "window", "apple", "garden", "silver", "bread", "tiger", "lamp", "yellow"];
const OF_A_NAME = "device.wrong"; // letters, digits, dots: no prompt

globalThis.document = { body: { dataset: {} }, querySelectorAll: () => [] };
after(() => delete globalThis.document);

test("a digit is shown as itself, or as its word", () => {
  promptWith([]);
  assert.equal(toSay(7)(), "7");
  assert.equal(toSay(4, 0, 7)(), "4 0 7");
  promptWith(WORDS);
  assert.equal(toSay(7)(), "tiger");
  assert.equal(toSay(4, 0, 7)(), "garden, moon, tiger");
  assert.equal(toSay(null)(), "·");
});

test("a word that is written from right to left does not turn round what stands beside it", () => {
  promptWith(["قمر", ...WORDS.slice(1)]);
  assert.equal(toSay(0)(), "\u2068قمر\u2069");
});

test("where words are asked for no digit is spoken of, and no word where digits are", () => {
  for (const strings of [en, de]) {
    addWords({ en: strings, de: strings });
    const both = Object.keys(strings).filter((key) => key !== OF_A_NAME && /\bdigits?\b|Ziffer/i.test(strings[key].replace(/\{\w+\}/g, "")));
    assert.ok(both.length > 35);
    for (const key of both) {
      promptWith([]);
      const ofDigits = text(key);
      promptWith(WORDS);
      const ofWords = text(key);
      assert.match(ofDigits, /digit|Ziffer/i, key);
      assert.doesNotMatch(ofWords, /digit|Ziffer|[{}|]/i, key);
      assert.notEqual(ofWords, ofDigits, key);
    }
  }
});
