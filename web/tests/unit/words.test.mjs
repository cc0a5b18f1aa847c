import assert from "node:assert/strict";
import { test } from "node:test";
import { load } from "../load.mjs";

const { charsOf, hasWord, replaceAt, term, toggleWord, wordAt, wordsOf } = await load("pages/search/words.ts");

test("wordsOf: a quotation is one word, with what stands before it", () => {
  assert.deepEqual(wordsOf('cash from:"a b" "at the pier" -tag:x'), ["cash", 'from:"a b"', '"at the pier"', "-tag:x"]);
});

test("toggleWord: adds, and takes away the same whatever its case", () => {
  assert.equal(toggleWord("cash", "kind:reply"), "cash kind:reply");
  assert.equal(toggleWord("cash KIND:reply", "kind:reply"), "cash");
  assert.ok(hasWord("a Kind:Reply b", "kind:reply"));
});

test("toggleWord: narrows all of an OR", () => {
  assert.equal(toggleWord("cash OR gold", "lang:de"), "(cash OR gold) lang:de");
});

test("term: quotes what has blanks or parentheses", () => {
  assert.equal(term("org", "The Pier (old)"), 'org:"The Pier (old)"');
  assert.equal(term("from", "anna"), "from:anna");
});

test("wordAt, replaceAt: the word in which the caret stands", () => {
  assert.deepEqual(wordAt("cash fro more", 8), { start: 5, text: "fro" });
  assert.deepEqual(replaceAt("cash fro more", 8, "from:"), { text: "cash from: more", caret: 10 });
});

test("charsOf: bytes of UTF-8 as places in the text", () => {
  assert.deepEqual(charsOf("порт (", 9, 1), { start: 5, end: 6 });
});
