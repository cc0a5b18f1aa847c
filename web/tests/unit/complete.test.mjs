import assert from "node:assert/strict";
import { test } from "node:test";
import { load } from "../load.mjs";

globalThis.localStorage ??= { getItem: () => null, setItem: () => undefined };
globalThis.sessionStorage ??= { getItem: () => null, setItem: () => undefined };
const { offersFor, session } = await load("pages/search/complete.ts", "app/session.ts");

test("the desk's tags are offered by their beginning, with what they are on", async () => {
  const asked = [];
  globalThis.fetch = (address) => {
    asked.push(address);
    return Promise.resolve(Response.json({ tags: [{ word: "pier", messages: 2 }, { word: "pier-2", messages: 1 }] }));
  };
  session.value = { user: "ada", role: "reviewer", csrf: "" };
  assert.deepEqual(await offersFor("-tag:pi"), [
    { text: "-tag:pier ", help: "2 messages" },
    { text: "-tag:pier-2 ", help: "1 message" },
  ]);
  assert.deepEqual(asked, ["/api/tags?prefix=pi&limit=8"]);
});

test("who may not ask what reviewers made is offered none of it", async () => {
  globalThis.fetch = () => assert.fail("nothing is asked");
  session.value = { user: "ada", role: "defence", csrf: "" };
  assert.deepEqual(await offersFor("tag:pi"), []);
  assert.deepEqual(await offersFor("ta"), []);
});

test("what is no operator is offered nothing", async () => {
  assert.deepEqual(await offersFor("zzzz"), []);
  assert.deepEqual(await offersFor(""), []);
});
