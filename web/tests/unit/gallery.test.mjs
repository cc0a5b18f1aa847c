import assert from "node:assert/strict";
import { test } from "node:test";
import { load } from "../load.mjs";

const { groupsOf } = await load("pages/gallery/groups.ts");

test("groupsOf: alike ones behind the first of them, each once, in their order", () => {
  const photos = [[5, 5], [4, 4], [3, 5], [2, 2], [1, 5]].map(([id, group]) => ({ id, group }));
  assert.deepEqual(groupsOf(photos).map((g) => [g.first.id, ...g.others.map((p) => p.id)]), [[5, 3, 1], [4], [2]]);
});
