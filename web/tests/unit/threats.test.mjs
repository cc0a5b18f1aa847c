import assert from "node:assert/strict";
import { test } from "node:test";
import { load } from "../load.mjs";

const { clockOf, heaviestFirst, spanOf } = await load("pages/threats/clock.ts");
const { foundPieces } = await load("parts/found-words.tsx");
const MIN = 60000;
const waits = { due: 100 * MIN, escalated: 0, acknowledged_by: "", decision: "undecided" };

test("spanOf: in the unit that one reads at a glance", () => {
  assert.deepEqual([30000, 14 * MIN, 120 * MIN, 125 * MIN, 4000 * MIN].map(spanOf), ["under a minute", "14 min", "2 h", "2 h 5 min", "2 days"]);
});

test("clockOf: urgent is what has little time or none", () => {
  assert.deepEqual(clockOf(waits, 80 * MIN), { text: "20 min left", tone: "warn" });
  assert.equal(clockOf(waits, 97 * MIN).tone, "danger");
  assert.deepEqual(clockOf(waits, 103 * MIN), { text: "3 min too late", tone: "danger" });
  assert.deepEqual(clockOf({ ...waits, acknowledged_by: "bo" }, 103 * MIN), { text: "bo answers for it", tone: "accent" });
});

const marked = (text, words) => foundPieces(text, words).filter((p) => p.marked).map((p) => p.text);

test("foundPieces: without accents and case, whole words only, the text stays whole", () => {
  assert.deepEqual(marked("BRÛLEZ la maison de Julien", ["brulez la maison"]), ["BRÛLEZ la maison"]);
  assert.deepEqual(marked("the skill him", ["kill him"]), []);
  assert.deepEqual(marked("kill … him tonight", ["kill … him"]), ["kill", "him"]);
  assert.deepEqual(marked("今晚杀了他吧", ["杀了他"]), ["杀了他"]);
  const text = "İsmail bu gece ölecek";
  assert.equal(foundPieces(text, ["olecek"]).map((p) => p.text).join(""), text);
  assert.deepEqual(marked(text, ["olecek"]), ["ölecek"]);
});

test("heaviestFirst: the heaviest of those that fall due in one minute, else as the desk has them", () => {
  const threat = (id, due, weight, more = {}) => ({ id, due, weight, decision: "undecided", escalated: 0, acknowledged_by: "", ...more });
  const order = (...of) => heaviestFirst(of).map((t) => t.id).join(" ");
  assert.equal(order(threat(1, 1000, 10), threat(2, 1400, 20), threat(3, 200000, 99)), "2 1 3");
  assert.equal(order(threat(1, 1000, 10, { escalated: 5 }), threat(2, 1400, 20)), "1 2");
  assert.equal(order(threat(1, 1000, 10), threat(2, 1400, 20, { acknowledged_by: "vera" })), "1 2");
});
