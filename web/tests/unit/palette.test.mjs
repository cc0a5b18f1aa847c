// What the palette offers first.
import assert from "node:assert/strict";
import { test } from "node:test";
import { load } from "../load.mjs";

const { matching } = await load("app/matching.ts");
const all = ["Search", "Saved searches", "Threats", "Undo what was done last", "Read them"].map((text) => ({ text }));
const found = (text) => matching(all, text).map((c) => c.text);

test("what begins a word comes first", () => {
  assert.deepEqual(found("sea"), ["Search", "Saved searches"]);
  assert.deepEqual(found("rea"), ["Read them", "Threats"]);
  assert.deepEqual(found("DONE"), ["Undo what was done last"]);
});

test("nothing is found by another word", () => assert.deepEqual(found("nosuch"), []));
