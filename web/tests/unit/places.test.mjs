// The gazetteer: read, searched, and named on the map.
import assert from "node:assert/strict";
import { test } from "node:test";
import { placesText } from "../../tools/places.mjs";
import { load } from "../load.mjs";

const { readPlaces, nearest, kmBetween } = await load("places/places.ts");
const places = readPlaces(placesText());
const near = (lat, lon) => nearest(places, { lat, lon })?.place.name;

test("what is near a town has its name", () => {
  assert.equal(near(51.9225, 4.4792), "Rotterdam");
  assert.equal(near(-12.05, -77.04), "Lima");
  assert.equal(near(51.947, 1.288), "Harwich");
});

test("what is far from all has none", () => {
  assert.equal(near(0, -140), undefined);
  assert.equal(near(45, -30), undefined);
});

test("kilometres, across the date line, too", () => {
  assert.ok(Math.abs(kmBetween({ lat: 0, lon: 179.9 }, { lat: 0, lon: -179.9 }) - 22.2) < 0.5);
  assert.ok(Math.abs(kmBetween({ lat: 52.52, lon: 13.4 }, { lat: 48.14, lon: 11.58 }) - 504) < 6);
});
