import assert from "node:assert/strict";
import { test } from "node:test";
import { load } from "../load.mjs";

globalThis.localStorage ??= { getItem: () => null, setItem: () => undefined };
globalThis.sessionStorage ??= globalThis.localStorage;
globalThis.location ??= { pathname: "/exports", search: "", origin: "http://desk" };
const { joinPages } = await load("pages/exports/whole.ts");

const pages = { "": { of: 3, from: 1, to: 2, withheld: 1, text: "a\nb\n", after: "x" }, x: { of: 3, from: 3, to: 3, withheld: 0, text: "c\n", after: null } };
const joined = (of, messages = 3) => joinPages(async (after) => of[after ?? ""], messages, () => undefined);

test("joinPages: all of it", async () => {
  assert.deepEqual(await joined(pages), { parts: ["a\nb\n", "c\n"], withheld: 1 });
});

test("joinPages: no file where a page is lacking, early or at the end", async () => {
  await assert.rejects(joined({ ...pages, "": { ...pages[""], after: null } }), /2 of 3 messages came/);
  await assert.rejects(joined({ ...pages, x: { ...pages.x, from: 4, to: 4 } }), /not whole/);
  await assert.rejects(joined({ ...pages, x: { ...pages.x, from: 2, to: 3 } }), /not whole/);
  await assert.rejects(joined(pages, 4), /not whole/);
});
