import assert from "node:assert/strict";
import { test } from "node:test";
import { load } from "../load.mjs";

const { foldThread, shownWith } = await load("pages/conversation/fold.ts");
const { merge } = await load("pages/conversation/thread-state.ts");
const { piecesOf } = await load("parts/snippet.tsx");

const message = (id, kind, more = {}) => ({ id, at: id * 1000, from: "anna", kind, about: 0, content: { kind, text: `m${id}` }, ...more });

test("foldThread: a correction, a retraction and a reaction stand with what they are about", () => {
  const lines = foldThread([
    message(1, "text"),
    message(2, "edit", { about: 1 }),
    message(3, "react", { about: 1, from: "bert", content: { kind: "react", text: "👍", reactions: ["👍"] } }),
    message(4, "retract", { about: 1 }),
    message(5, "reply", { about: 1 }),
  ]);
  assert.deepEqual(lines.map((l) => l.message.id), [1, 5]);
  assert.deepEqual(lines[0].versions.map((m) => m.id), [2]);
  assert.deepEqual(lines[0].reactions, [{ emoji: "👍", by: ["bert"] }]);
  assert.equal(lines[0].retracted.id, 4);
});

test("foldThread: what is about a message that is not here stands by itself", () => {
  assert.deepEqual(foldThread([message(2, "edit", { about: 1 }), message(3, "edit")]).map((l) => l.message.id), [2, 3]);
});

test("foldThread: the last reactions of a person count, none takes them back", () => {
  const react = (id, reactions) => message(id, "react", { about: 1, from: "bert", content: { kind: "react", text: "", reactions } });
  assert.deepEqual(foldThread([message(1, "text"), react(2, ["👍"]), react(3, [])])[0].reactions, []);
});

test("shownWith: a folded message is found with its target", () => {
  const list = [message(1, "text"), message(2, "edit", { about: 1 })];
  assert.equal(shownWith(list, 2), 1);
  assert.equal(shownWith(list, 1), 1);
});

test("merge: each message once, by time", () => {
  assert.deepEqual(merge([message(2, "text"), message(3, "text")], [message(1, "text"), message(2, "text")]).map((m) => m.id), [1, 2, 3]);
});

test("piecesOf: marks in bytes, and what is between them", () => {
  assert.deepEqual(piecesOf("в порт!", [[3, 8]]), [
    { text: "в ", marked: false },
    { text: "порт", marked: true },
    { text: "!", marked: false },
  ]);
});
