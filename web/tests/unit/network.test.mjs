import assert from "node:assert/strict";
import { test } from "node:test";
import { load } from "../load.mjs";

globalThis.localStorage ??= { getItem: () => null, setItem: () => undefined };
const { bubbles } = await load("pages/network/bubbles.ts");
const { communityColours } = await load("pages/network/colours.ts");
const { discPlaces, scaled } = await load("pages/network/scene.ts");
const { communityScene, layOut, tiesShown } = await load("pages/network/community-scene.ts");
const { aroundScene, pathScene } = await load("pages/network/person-scene.ts");

const communities = Array.from({ length: 60 }, (_, i) => ({ number: i, size: 200 - 3 * i, inside: 10, members: [`m${i}@x`] }));
const ties = communities.flatMap((c) => [1, 2, 5, 11].map((by) => ({ from: c.number, to: (c.number + by) % 60, weight: 1 + ((c.number * by) % 17) }))).sort((a, b) => b.weight - a.weight);

test("bubbles: none covers another, and they lie the same each time", () => {
  const b = bubbles(communities, ties);
  for (let i = 0; i < b.length; i++) for (let k = i + 1; k < b.length; k++) assert.ok(Math.hypot(b[i].x - b[k].x, b[i].y - b[k].y) > (b[i].radius + b[k].radius) * 0.97, `${i} and ${k}`);
  assert.deepEqual(bubbles(communities, ties), b);
});

test("bubbles: what is tied lies nearer than what is not", () => {
  const eight = Array.from({ length: 8 }, (_, number) => ({ number, size: 10 }));
  const far = (ts) => {
    const b = bubbles(eight, ts);
    return Math.hypot(b[0].x - b[7].x, b[0].y - b[7].y);
  };
  assert.ok(far([{ from: 0, to: 7, weight: 100 }]) < far([]));
});

test("communityColours: the heaviest neighbours differ, all eight are used", () => {
  const colours = communityColours(communities, ties);
  assert.equal(new Set(colours.values()).size, 8);
  const nine = communityColours(communities.slice(0, 9), [{ from: 0, to: 8, weight: 9 }]);
  assert.notEqual(nine.get(0), nine.get(8));
  for (const t of ties.slice(0, 12)) assert.notEqual(colours.get(t.from), colours.get(t.to));
});

test("discPlaces: inside the disc and apart", () => {
  const spots = discPlaces(300, 10);
  assert.ok(spots.every((s) => Math.hypot(s.x, s.y) <= 10));
  const nearest = Math.min(...spots.flatMap((a, i) => spots.slice(i + 1).map((b) => Math.hypot(a.x - b.x, a.y - b.y))));
  assert.ok(nearest > 0.6);
});

test("scaled: between its bounds, also of nothing", () => {
  assert.deepEqual([scaled(0, 9, 1, 4), scaled(9, 9, 1, 4), scaled(5, 0, 1, 4)], [1, 4, 1]);
});

const network = { communities: communities.slice(0, 3), ties: [{ from: 0, to: 1, weight: 4 }], messages: 1, people: 3, pairs: 1, communities_in_all: 3, made: 0, leaders: [] };
const person = (name, community = 1) => ({ person: name, account: name, organisation: "", contacts: 1, strength: 5, pagerank: 0.1, coreness: 1, community, articulation: false });

test("communityScene: an open community has its people inside of it, and they move with it", () => {
  const people = { people: [person("a@x"), person("b@x")], people_in_all: 2, contacts: [[0, 1, 7]], contacts_in_all: 1 };
  const scene = communityScene(network, layOut(network), new Map([[1, people]]), "strength");
  const bubble = scene.circles.find((c) => c.id === "c1");
  assert.deepEqual(bubble.holds, ["pa@x", "pb@x"]);
  for (const id of bubble.holds) {
    const c = scene.circles.find((one) => one.id === id);
    assert.ok(Math.hypot(c.x - bubble.x, c.y - bubble.y) + c.radius <= bubble.radius);
  }
  assert.deepEqual(scene.lines.map((l) => [l.from, l.to]), [["c0", "c1"], ["pa@x", "pb@x"]]);
});

test("tiesShown: a few of each community, the heaviest", () => {
  const lines = tiesShown({ ...network, communities, ties });
  assert.ok(lines.length < ties.length && lines.length >= 60);
  assert.equal(lines[0].weight, 1);
});

test("aroundScene: the person in the middle, the farther the more steps", () => {
  const around = { of: person("me@x"), people: [{ ...person("near@x"), steps: 1, weight: 3 }, { ...person("far@x"), steps: 2, weight: 1 }], more: false };
  const { circles, lines } = aroundScene(around, "contacts");
  const far = (id) => Math.hypot(...["x", "y"].map((k) => circles.find((c) => c.id === id)[k]));
  assert.equal(far("pme@x"), 0);
  assert.ok(far("pfar@x") > far("pnear@x"));
  assert.deepEqual(lines.map((l) => l.to), ["pnear@x"]);
});

test("pathScene: a column for each step, each contact once", () => {
  const { circles, lines } = pathScene({ paths: [["a", "b", "d"], ["a", "c", "d"]] });
  assert.deepEqual(circles.map((c) => [c.id, c.x > 0]), [["pa", false], ["pb", true], ["pc", true], ["pd", true]]);
  assert.equal(lines.length, 4);
  assert.equal(pathScene({ paths: [["a", "b", "x", "d"], ["a", "b", "y", "d"]] }).lines.length, 5);
});
