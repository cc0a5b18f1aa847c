import assert from "node:assert/strict";
import { test } from "node:test";
import { load } from "../load.mjs";

globalThis.location = { pathname: "/search", search: "?q=pier&order=oldest", origin: "http://desk" };
const { match, withQuery } = await load("app/router.ts");

test("match: the parts of an address, decoded", () => {
  assert.deepEqual(match("/people/{account}", "/people/anna%40chat.example"), { account: "anna@chat.example" });
  assert.equal(match("/people/{account}", "/people"), undefined);
  assert.equal(match("/people", "/search"), undefined);
});

test("withQuery: changes one parameter and keeps the others; none is taken out", () => {
  assert.equal(withQuery({ order: "newest" }), "/search?q=pier&order=newest");
  assert.equal(withQuery({ q: "", order: undefined }), "/search");
});
