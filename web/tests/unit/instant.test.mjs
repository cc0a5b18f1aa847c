import assert from "node:assert/strict";
import { test } from "node:test";
import { load } from "../load.mjs";

const { instantOf } = await load("pages/cases/instant.ts");
const iso = (local, zone) => new Date(instantOf(local, zone)).toISOString();

test("instantOf: in its zone, summer and winter, and where a clock was set", () => {
  assert.equal(iso("2026-07-01T12:00", "Europe/Berlin"), "2026-07-01T10:00:00.000Z");
  assert.equal(iso("2026-12-01T12:00", "Europe/Berlin"), "2026-12-01T11:00:00.000Z");
  assert.equal(iso("2026-07-01T12:00", "Asia/Tehran"), "2026-07-01T08:30:00.000Z");
  assert.equal(iso("2026-10-25T02:30", "Europe/Berlin"), "2026-10-25T00:30:00.000Z");
  assert.equal(iso("2026-10-25T03:30", "Europe/Berlin"), "2026-10-25T02:30:00.000Z");
  assert.equal(instantOf("tomorrow", "UTC"), undefined);
});
