import assert from "node:assert/strict";
import { test } from "node:test";
import { load } from "../load.mjs";

const { amountOf, countOf } = await load("app/numbers.ts");

test("amountOf: grouped by thousands, what stands behind the point as it was written", () => {
  assert.deepEqual(["2", "999", "40000", "1234567.8900", "0.5"].map(amountOf), ["2", "999", "40,000", "1,234,567.8900", "0.5"]);
});

test("countOf: one, and several", () => {
  assert.deepEqual([countOf(1, "person", "people"), countOf(1200, "person", "people")], ["1 person", "1,200 people"]);
});
