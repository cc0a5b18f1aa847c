import assert from "node:assert/strict";
import { test } from "node:test";
import { load } from "../load.mjs";

const { around, clusters, distanceKm } = await load("pages/map/clusters.ts");
const { bars, seenAt, trails } = await load("pages/map/moving.ts");
const { lettersOf } = await load("pages/map/country-codes.ts");
const { countries, lookAt, lookOf, projectionOf, textOfLook, WIDTH, HEIGHT } = await load("pages/map/world.ts");
const { columnsOf, dayOf, daysOf, filled } = await load("pages/timeline/bins.ts");
const { narrowCountry, narrowPlace, narrowTime } = await load("parts/narrow.ts");

const at = (id, from, ms, lat = 52, lon = 4) => ({ id, from, at: ms, lat, lon });

test("clusters: what lies in one cell is one, the fullest first, nothing is lost", () => {
  const c = clusters([{ x: 1, y: 1 }, { x: 15, y: 15 }, { x: 3, y: 5 }, { x: 2, y: 3 }], 10);
  assert.deepEqual(c.map((one) => one.of.length), [3, 1]);
  assert.deepEqual([c[0].x, c[0].y], [2, 3]);
});

test("around: reaches every one of them", () => {
  const points = [{ lat: 52.37, lon: 4.89 }, { lat: 51.92, lon: 4.48 }];
  assert.ok(Math.abs(distanceKm(...points) - 57.6) < 1);
  const a = around(points);
  for (const p of points) assert.ok(distanceKm(a, p) <= a.km);
  assert.equal(around([points[0]]).km, 1);
});

test("seenAt: the span before an instant; a span of 0 is all before it", () => {
  const of = [at(3, "b", 300), at(1, "a", 100), at(2, "a", 200)];
  assert.deepEqual(seenAt(of, 250, 0).map((p) => p.id), [1, 2]);
  assert.deepEqual(seenAt(of, 300, 100).map((p) => p.id), [3]);
  assert.deepEqual(trails(of).get("a").map((p) => p.id), [1, 2]);
  assert.deepEqual(bars(of, 100, 300, 2), [1, 2]);
  assert.deepEqual(bars([at(1, "a", 5)], 5, 5, 3), [1, 0, 0]);
});

test("a look at the map stands in the address, and what is none does not", () => {
  const look = { zoom: 12.5, lat: 52.3702, lon: -4.8952 };
  assert.equal(textOfLook(look), "12.5,52.3702,-4.8952");
  assert.deepEqual(lookOf(textOfLook(look)), look);
  for (const none of [null, "", "1,2", "1,2,3,4", "0.5,0,0", "401,0,0", "2,91,0", "2,0,181", "2,,0", "a,0,0"]) assert.equal(lookOf(none), undefined);
});

test("world: countries have their letters, what is looked at is in the picture", () => {
  assert.equal(lettersOf(276), "DE");
  assert.equal(lettersOf("004"), "AF");
  assert.ok(countries.filter((c) => c.code !== undefined).length > 170);
  const points = [{ lat: 52.37, lon: 4.89 }, { lat: 55.9, lon: 37.7 }];
  for (const p of points) {
    const [x, y] = projectionOf(lookAt(points))([p.lon, p.lat]);
    assert.ok(x > 0 && x < WIDTH && y > 0 && y < HEIGHT);
  }
});

test("filled: days without messages are there", () => {
  assert.deepEqual(filled([{ day: 5, messages: 1, people: 1 }, { day: 8, messages: 2, people: 1 }], 1).map((c) => c.messages), [1, 0, 0, 2]);
  assert.deepEqual(filled([{ day: 4, messages: 1, people: 1 }, { day: 18, messages: 2, people: 1 }], 7).map((c) => c.day), [4, 11, 18]);
});

test("daysOf: a drawn span is whole days, the last one with it", () => {
  const of = [10, 11, 12].map((day) => ({ day, messages: 1, people: 1 }));
  assert.deepEqual(daysOf(10.5 * 86400, 11.5 * 86400, of, 1), { after: "1970-01-11", before: "1970-01-13" });
  assert.equal(daysOf(0, 86400, of, 1), undefined);
  assert.deepEqual(columnsOf(of.slice(0, 1), 7), [[864000, 1468800], [1, null], [1, null]]);
  assert.equal(dayOf("1970-01-11"), 10);
  assert.equal(dayOf("yesterday"), undefined);
});

test("narrow: takes the place of what the query said of the same", () => {
  assert.equal(narrowTime("boat after:2026-01-01 on:today", "2026-02-01", "2026-03-01"), "boat after:2026-02-01 before:2026-03-01");
  assert.equal(narrowCountry("", ""), "country:unknown");
  assert.equal(narrowCountry("cash OR boat country:DE", "NL"), "(cash OR boat) country:NL");
  assert.equal(narrowTime("(boat on:today) cash", "2026-02-01", "2026-03-01"), "(boat on:today) cash after:2026-02-01 before:2026-03-01");
  assert.equal(narrowPlace("(near:1,1,1 OR boat)", 52.371, 4.89, 3), "(near:1,1,1 OR boat) near:52.3710,4.8900,3");
});
