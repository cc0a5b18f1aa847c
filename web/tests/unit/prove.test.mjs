import assert from "node:assert/strict";
import { createHash, generateKeyPairSync, sign, webcrypto } from "node:crypto";
import { test } from "node:test";
import { load } from "../load.mjs";

globalThis.crypto ??= webcrypto;
globalThis.localStorage ??= { getItem: () => null, setItem: () => undefined };
const { leafOf, Peaks, rootOf } = await load("prove/tree.ts");
const { keyOf, signedText, checkpointOf } = await load("prove/note.ts");
const { linesOf, signersOf, valueOf } = await load("prove/documents.ts");
const { validityWords } = await load("parts/validity.tsx");
const { hexText } = await load("prove/bytes.ts");

const sha = (...parts) => createHash("sha256").update(Buffer.concat(parts.map((p) => Buffer.from(p)))).digest();
const node = (l, r) => sha([1], l, r);
const leaves = Array.from({ length: 7 }, (_, i) => sha([0], `entry ${i}`));
/** The definition of RFC 9162, 2.1.1. */
function mth(list) {
  if (list.length === 1) return list[0];
  const k = 2 ** Math.ceil(Math.log2(list.length) - 1);
  return node(mth(list.slice(0, k)), mth(list.slice(k)));
}

test("Peaks: the root of any number of leaves is the definition's", async () => {
  const tree = new Peaks();
  assert.equal(hexText(await tree.root()), sha([]).toString("hex"));
  for (let n = 1; n <= 7; n++) {
    await tree.add(await leafOf(`entry ${n - 1}`));
    assert.equal(hexText(await tree.root()), mth(leaves.slice(0, n)).toString("hex"));
  }
});

test("rootOf: a path leads to the root from its own place only", async () => {
  const path = [leaves[5], leaves[6], mth(leaves.slice(0, 4))].map((b) => new Uint8Array(b));
  const root = await rootOf(new Uint8Array(leaves[4]), 4, 7, path);
  assert.equal(hexText(root), mth(leaves).toString("hex"));
  assert.notDeepEqual(await rootOf(new Uint8Array(leaves[4]), 5, 7, path), root);
  assert.equal(await rootOf(new Uint8Array(leaves[4]), 4, 7, path.slice(1)), undefined);
});

function signer(name) {
  const { publicKey, privateKey } = generateKeyPairSync("ed25519");
  const raw = Buffer.concat([Buffer.from([1]), publicKey.export({ format: "der", type: "spki" }).subarray(-32)]);
  const hash = sha(`${name}\n`, raw).subarray(0, 4);
  const vkey = `${name}+${hash.toString("hex")}+${raw.toString("base64")}`;
  return { vkey, note: (text) => `${text}\n\u2014 ${name} ${Buffer.concat([hash, sign(null, Buffer.from(text), privateKey)]).toString("base64")}\n` };
}

test("signedText: only what the key signed", async () => {
  const s = signer("desk.north");
  const key = await keyOf(s.vkey);
  const note = s.note("desk.north\n3\n" + leaves[0].toString("base64") + "\n");
  assert.equal(checkpointOf(await signedText(note, key)).size, 3);
  assert.equal(await signedText(note.replace("\n3\n", "\n4\n"), key), undefined);
  assert.equal(await signedText(note, await keyOf(signer("desk.north").vkey)), undefined);
  assert.equal(await keyOf(s.vkey.replace("desk.north", "desk.south")), undefined);
});

test("signersOf: the custodians that the network names, and whose signature holds", async () => {
  const [one, two, other] = ["custodian-1", "custodian-2", "custodian-2"].map(signer);
  const keyText = (s) => Buffer.from(s.vkey.split("+").slice(2).join("+"), "base64").subarray(1).toString("base64");
  const network = `ironside network 1\ncustodian custodian-1 ${keyText(one)}\ncustodian custodian-2 ${keyText(two)}\nquorum 2\n\n`;
  const text = "ironside warrant 1\nid 7\nuntil 2026-11-02\nagency north\nagency south\n";
  const sealed = (s) => s.note(text).slice(text.length + 1);
  assert.deepEqual(await signersOf(`${text}\n${sealed(one)}${sealed(two)}`, network), { names: ["custodian-1", "custodian-2"], quorum: 2, of: 2 });
  assert.deepEqual((await signersOf(`${text}\n${sealed(one)}${sealed(other)}`, network)).names, ["custodian-1"]);
  assert.deepEqual((await signersOf(`${text.replace("7", "8")}\n${sealed(one)}`, network)).names, []);
  const lines = linesOf(one.note(text));
  assert.equal(valueOf(lines, "id"), "7");
  assert.deepEqual(lines.get("agency"), ["north", "south"]);
});

test("validityWords: how long a warrant can be read, and why it can't", () => {
  const of = (state, days_left = 0, readable = state === "in-force") => validityWords({ state, readable, from: "2026-11-01", until: "2026-11-02", days_left });
  assert.equal(of("in-force", 1), "ends today");
  assert.equal(of("in-force", 2), "ends in 1 day");
  assert.equal(of("in-force", 31), "ends in 30 days");
  assert.equal(of("ended"), "ended on 2026-11-02: not readable here");
  assert.equal(of("revoked"), "revoked: not readable here");
  assert.equal(of("unnamed"), "named by the policy no more: not readable here");
  assert.equal(of("unknown"), "days not known: not readable here");
  assert.equal(of("unknown", 0, true), "days not known yet");
});
