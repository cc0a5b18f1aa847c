import assert from "node:assert/strict";
import { test } from "node:test";
import { load } from "../load.mjs";

const { frameOf, hitAt, moved, onScreen, sameFrame, whole, zoomed } = await load("pages/network/view.ts");
const { bytesOf, putDisc } = await load("pages/network/discs.ts");

const circle = (id, x, y, radius, holds) => ({ id, x, y, radius, colour: "group-1", label: id, ...(holds === undefined ? {} : { holds }) });
const circles = [circle("c", 0, 0, 10, ["a"]), circle("a", 3, 0, 0.5), circle("far", 40, -20, 2)];
const frame = frameOf(circles);

test("whole: every circle lies in the window, with an edge around", () => {
  for (const [width, height] of [[800, 500], [200, 900]]) {
    const v = whole(frame, width, height);
    for (const c of circles) {
      const { x, y } = onScreen(v, c);
      const r = c.radius * v.scale;
      assert.ok(x - r >= 19.99 && y - r >= 19.99 && x + r <= width - 19.99 && y + r <= height - 19.99, c.id);
    }
  }
});

test("zoomed: what lies under the pointer stays there, between bounds", () => {
  const all = whole(frame, 800, 500);
  const at = { x: 300, y: 200 };
  const v = zoomed(all, 3, at, all);
  assert.ok(Math.abs((at.x - v.x) / v.scale - (at.x - all.x) / all.scale) < 1e-9);
  assert.ok(Math.abs(v.scale / all.scale - 3) < 1e-9);
  assert.ok(zoomed(v, 1e9, at, all).scale < all.scale * 100);
  assert.ok(zoomed(v, 1e-9, at, all).scale > all.scale / 10);
});

test("hitAt: the uppermost, a small one by a few pixels more, and nothing where nothing is", () => {
  const v = whole(frame, 800, 500);
  const at = (c, dx = 0) => ({ x: onScreen(v, c).x + dx, y: onScreen(v, c).y });
  assert.equal(hitAt(circles, v, at(circles[1])).id, "a");
  assert.equal(hitAt(circles, v, at(circles[1], 60)).id, "c");
  const tiny = [circle("t", 0, 0, 0.01)];
  assert.equal(hitAt(tiny, { x: 100, y: 100, scale: 1 }, { x: 103, y: 100 }).id, "t");
  assert.equal(hitAt(tiny, { x: 100, y: 100, scale: 1 }, { x: 106, y: 100 }), undefined);
});

test("moved, sameFrame", () => {
  assert.deepEqual(moved({ x: 1, y: 2, scale: 3 }, { x: 4, y: -1 }), { x: 5, y: 1, scale: 3 });
  assert.ok(sameFrame(frame, frameOf([...circles])));
  assert.ok(!sameFrame(frame, frameOf(circles.slice(0, 2))));
});

const picture = (width, height) => ({ data: new Uint32Array(width * height), width, height });
const alphaOf = (p) => p.data.reduce((sum, pixel) => sum + (pixel >>> 24) / 255, 0);

test("putDisc: as large as its radius says, in its colour, softer at its edge", () => {
  for (const radius of [1, 2.5, 6, 16]) {
    const p = picture(50, 50);
    putDisc(p, 25, 25, radius, bytesOf("rgb(52, 81, 199)"));
    assert.ok(Math.abs(alphaOf(p) / (Math.PI * radius * radius) - 1) < 0.06, `${radius}: ${alphaOf(p)}`);
    assert.equal(p.data[25 * 50 + 25] & 0xffffff, 52 | (81 << 8) | (199 << 16));
    assert.ok(radius < 2 || p.data.some((pixel) => pixel >>> 24 > 0 && pixel >>> 24 < 255));
  }
});

test("putDisc: cut at the picture's edges, and left out beyond them", () => {
  const p = picture(20, 10);
  for (const [x, y] of [[0, 0], [19, 9], [-3, 4], [22, 4]]) putDisc(p, x, y, 5, 0x010203);
  const cut = alphaOf(p);
  assert.ok(cut > 40 && cut < 4 * Math.PI * 25);
  for (const [x, y] of [[-30, 4], [60, 4], [5, -30], [5, 60]]) putDisc(p, x, y, 5, 0x010203);
  assert.equal(alphaOf(p), cut);
});

test("putDisc: what comes later lies upon what was there; at its edge they mix, and nothing shows through", () => {
  const p = picture(30, 30);
  putDisc(p, 14, 14, 12, 0x0000ff);
  putDisc(p, 14, 14, 5, 0xff0000);
  assert.equal(p.data[14 * 30 + 14], 0xffff0000);
  const edge = p.data[14 * 30 + 9];
  assert.equal(edge >>> 24, 255);
  assert.ok((edge & 0xff) > 0 && ((edge >>> 16) & 0xff) > 0);
});
