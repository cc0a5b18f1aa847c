import assert from "node:assert/strict";
import { test } from "node:test";
import { load } from "../load.mjs";

const { blank, ruleOf, sayingOf } = await load("pages/rules/written.ts");

test("ruleOf: what a form has, as the desk takes it", () => {
  assert.deepEqual(JSON.parse(ruleOf({ ...blank, name: " cash ", words: "en,cash,10", query: "pier", minutes: "60" }).rule), {
    name: "cash",
    words: "en,cash,10\n",
    query: "pier",
    minutes: 60,
  });
  assert.deepEqual(JSON.parse(ruleOf({ ...blank, name: "quiet", kind: "silence", weight: "x" }).rule), { name: "quiet", silence: { days: 3, wrote: 10 } });
});

test("ruleOf: what is wrong, and where", () => {
  assert.equal(ruleOf(blank).at, "name");
  assert.equal(ruleOf({ ...blank, name: "a" }).at, "words");
  assert.equal(ruleOf({ ...blank, name: "a", query: "b", minutes: "soon" }).at, "minutes");
  assert.equal(ruleOf({ ...blank, name: "a", kind: "silence", days: "" }).at, "days");
});

test("sayingOf: rows and languages counted, remarks and empty lines not", () => {
  assert.equal(sayingOf('{"name":"x","words":"# remark\\nen,a,10\\n\\nde,b,5\\n*,c,1","weight":12}'), "3 rows of words in 2 languages, from a weight of 12");
  assert.equal(sayingOf('{"name":"x","query":"boat"}'), "query boat");
});
