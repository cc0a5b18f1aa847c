import assert from "node:assert/strict";
import { test } from "node:test";
import { load } from "../load.mjs";

globalThis.localStorage ??= { getItem: () => null, setItem: () => undefined };
globalThis.sessionStorage ??= { getItem: () => null, setItem: () => undefined };
const { firstOf, merge } = await load("pages/conversation/thread-state.ts");

test("firstOf: as many on each side as half a window shows, and never more than a page", () => {
  assert.equal(firstOf(840), 15);
  assert.equal(firstOf(1), 1);
  assert.equal(firstOf(100000), 60);
});

test("merge: each message once, by its time; what came later counts", () => {
  const m = (id, at, body = "") => ({ id, at, body });
  assert.deepEqual(merge([m(2, 20), m(1, 10)], [m(3, 20), m(2, 20, "new")]), [m(1, 10), m(2, 20, "new"), m(3, 20)]);
});
