import assert from "node:assert/strict";
import { test } from "node:test";
import { load } from "../load.mjs";

globalThis.localStorage ??= { getItem: () => null, setItem: () => undefined };
globalThis.sessionStorage ??= { getItem: () => null, setItem: () => undefined };
const { offersFor, rememberTag, tagsLike } = await load("pages/search/complete.ts");

test("tags that were seen are offered, each once, by their beginning", async () => {
  for (const tag of ["pier", "papers", "pier", "dog"]) rememberTag(tag);
  assert.deepEqual(tagsLike("p"), ["papers", "pier"]);
  assert.deepEqual(tagsLike("x"), []);
});

test("what is no operator is offered nothing", async () => {
  assert.deepEqual(await offersFor("zzzz"), []);
  assert.deepEqual(await offersFor(""), []);
});
