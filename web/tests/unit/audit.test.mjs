import assert from "node:assert/strict";
import { webcrypto } from "node:crypto";
import { test } from "node:test";
import { load } from "../load.mjs";

globalThis.crypto ??= webcrypto;
globalThis.localStorage ??= { getItem: () => null, setItem: () => undefined };
globalThis.sessionStorage ??= globalThis.localStorage;
globalThis.location ??= { pathname: "/audit", search: "", origin: "http://desk" };
const { walkLog } = await load("pages/audit/whole.ts");
const { leafOf, Peaks } = await load("prove/tree.ts");

const log = Array.from({ length: 1203 }, (_, number) => ({ number, line: `entry ${number}` }));
const readOf = (entries) => async (from, limit) => entries.filter((e) => e.number >= from).slice(0, limit);
async function checkpoint(size) {
  const tree = new Peaks();
  for (const e of log.slice(0, size)) await tree.add(await leafOf(e.line));
  return { origin: "desk", size, root: await tree.root() };
}
const wrongOf = (entries, now, kept) => walkLog(readOf(entries), now, kept, () => undefined);
const all = await checkpoint(log.length);

test("walkLog: every page of it, with a checkpoint from before", async () => {
  assert.equal(await wrongOf(log, all), undefined);
  assert.equal(await wrongOf(log, all, await checkpoint(700)), undefined);
});

test("walkLog: what was changed, left out, shortened or written anew", async () => {
  const changed = log.map((e) => (e.number === 800 ? { ...e, line: "entry 80O" } : e));
  assert.match(await wrongOf(changed, all), /not those that the desk signed/);
  assert.match(await wrongOf(log.filter((e) => e.number !== 640), all), /entry 640 is missing/);
  assert.match(await wrongOf(log.slice(0, 900), all), /entry 900 is missing/);
  assert.match(await wrongOf(log, await checkpoint(500), all), /shortened/);
  assert.match(await wrongOf(log, all, { ...(await checkpoint(700)), size: 701 }), /written anew/);
});
