/** Checks the proof of a message in the browser, from the raw record, as docs/protocol.md, "Proof", has
 * it. Believes nothing that the desk says of it: what it trusts is the network note, whose custodians a
 * person compares with what they know from elsewhere. */
import type { Proof } from "../api/schema.ts";
import { ed25519, fromBase64, joined, same, sha256, toHex, utf8, type Bytes } from "./bytes.ts";
import { hashOf, line, lines, nameOf, readNote, signedBy, type Note } from "./note.ts";
import { transcript, words, type ArchiveRecord } from "./record.ts";
import { leadsTo, leafHash } from "./tree.ts";

export interface Finding {
  what: string;
  good: boolean;
  /** Who signed, which place: what one may want to compare. */
  detail: string;
}

interface Parts {
  proof: Proof;
  record: ArchiveRecord;
  network: Note;
  policy: Note;
  warrant: Note;
  certificate: Note;
  botKey: Bytes;
}

function partsOf(proof: Proof): Parts {
  const policy = readNote(proof.documents.policy);
  const bot = lines(policy, "bot").find((l) => l.startsWith(`${proof.bot} `)) ?? "";
  return {
    proof,
    record: JSON.parse(proof.record.text) as ArchiveRecord,
    network: readNote(proof.documents.network),
    policy,
    warrant: readNote(proof.documents.warrant),
    certificate: readNote(proof.documents.certificate),
    botKey: fromBase64(bot.split(" ")[1] ?? ""),
  };
}

/** The names of those of the network's custodians who signed; enough of them, or none. */
async function quorum({ network }: Parts, note: Note): Promise<string[]> {
  const signers: string[] = [];
  for (const c of lines(network, "custodian")) {
    const [name = "", key = ""] = c.split(" ");
    if (await signedBy(note, name, fromBase64(key))) signers.push(name);
  }
  return signers.length >= Number(line(network, "quorum")) ? signers : [];
}

async function signedByQuorum(p: Parts, what: string, note: Note): Promise<Finding> {
  const signers = await quorum(p, note);
  return { what, good: signers.length > 0, detail: signers.join(", ") };
}

async function warrantInForce({ policy, warrant, proof }: Parts): Promise<Finding> {
  const want = `${proof.warrant} ${await nameOf(warrant)}`;
  return { what: "The policy names the warrant", good: lines(policy, "warrant").includes(want) && line(warrant, "id") === proof.warrant, detail: `policy ${line(policy, "serial")}, warrant ${proof.warrant}` };
}

async function certified({ network, certificate, record }: Parts): Promise<Finding> {
  const domain = line(network, "domain");
  const good = (await signedBy(certificate, `registrar.${domain}`, fromBase64(line(network, "registrar")))) && line(certificate, "account") === record.from && readNote(record.certificate).text === certificate.text;
  return { what: "The registrar certified the sender's device", good, detail: `${line(certificate, "account")}, certificate ${line(certificate, "serial")}` };
}

async function signedByDevice(p: Parts): Promise<Finding> {
  const s = fromBase64(p.proof.signed);
  const t = await transcript(p.record, p.botKey);
  const is = same(s.subarray(19, 51) as Bytes, t);
  const good = is && (await ed25519(fromBase64(line(p.certificate, "key")), fromBase64(p.record.sig), s));
  return { what: "The device signed this very message", good, detail: `${p.record.from}, ${p.record.at}` };
}

async function saysSo(p: Parts, body: string): Promise<Finding> {
  const said = await words(p.record);
  return { what: "The sealed words are those that are shown", good: said === body, detail: `${utf8(said).length} bytes` };
}

async function verdictHolds({ proof, record, certificate, botKey }: Parts): Promise<Finding> {
  const v = proof.verdict;
  const over = fromBase64(v.signed);
  const root = over.subarray(-32) as Bytes;
  const row = fromBase64(v.line);
  const digest = await sha256(joined(utf8("ironside digest 1\0"), fromBase64(proof.signed), fromBase64(record.sig)));
  const good =
    same(row.subarray(0, 32) as Bytes, digest) &&
    same(row.subarray(32, 64) as Bytes, await hashOf(certificate)) &&
    row[72] === 1 &&
    (await leadsTo(root, await leafHash(row), v.index, v.count, v.path)) &&
    (await ed25519(botKey, fromBase64(v.signature), over)) &&
    proof.round.text === `ironside verdicts 1 ${toHex(root)} ${v.count}`;
  return { what: "The archive signed that it has it", good, detail: proof.bot };
}

function inBatch({ proof }: Parts): Finding {
  const [, , , warrant, , first = "", count = ""] = proof.batch.text.split(" ");
  const leaf = proof.record.leaf;
  const good = proof.batch.text.startsWith("ironside batch 2 ") && warrant === proof.warrant && leaf >= Number(first) && leaf < Number(first) + Number(count);
  return { what: "It lies in a batch of this warrant", good, detail: `batch of leaf ${proof.batch.leaf}` };
}

async function inTree({ proof, botKey }: Parts): Promise<Finding> {
  const what = "It has its place in the archive's tree";
  if (proof.checkpoint === "") return { what, good: false, detail: "no checkpoint yet: one comes within a minute" };
  const note = readNote(proof.checkpoint);
  const [origin, size = "", root = ""] = note.text.split("\n");
  let good = origin === proof.bot && (await signedBy(note, proof.bot, botKey));
  for (const leaf of [proof.record, proof.batch, proof.round]) good &&= await leadsTo(fromBase64(root), await leafHash(utf8(leaf.text)), leaf.leaf, Number(size), leaf.path);
  return { what, good, detail: `leaf ${proof.record.leaf} of ${size}` };
}

/** Of what the public log has; nothing is said where the desk has no copy of it. */
async function logged({ proof, network, certificate, policy }: Parts): Promise<Finding> {
  const registrar = `registrar.${line(network, "domain")}`;
  const note = readNote(proof.log.checkpoint);
  const [origin, size = "", root = ""] = note.text.split("\n");
  let good = origin === `${registrar}/log` && (await signedBy(note, registrar, fromBase64(line(network, "registrar"))));
  for (const [word, leaf, of] of [["device", proof.log.certificate, certificate], ["policy", proof.log.policy, policy]] as const)
    good &&= leaf.text.startsWith(`ironside log 1 ${word} ${await nameOf(of)} `) && (await leadsTo(fromBase64(root), await leafHash(utf8(leaf.text)), leaf.leaf, Number(size), leaf.path));
  return { what: "The public log has the certificate and the policy", good, detail: `entries ${proof.log.certificate.leaf} and ${proof.log.policy.leaf} of ${size}` };
}

/** body: what the page shows. Never throws: what cannot be read does not hold. */
export async function checkProof(proof: Proof, body: string): Promise<Finding[]> {
  const p = partsOf(proof);
  const steps: (() => Promise<Finding> | Finding)[] = [
    () => saysSo(p, body),
    () => signedByDevice(p),
    () => certified(p),
    () => verdictHolds(p),
    () => inBatch(p),
    () => inTree(p),
    () => warrantInForce(p),
    () => signedByQuorum(p, "A quorum of custodians signed the warrant", p.warrant),
    () => signedByQuorum(p, "A quorum of custodians signed the policy", p.policy),
    () => signedByQuorum(p, "They are the network's own custodians", p.network),
    ...(proof.log.checkpoint === "" ? [] : [() => logged(p)]),
  ];
  const found: Finding[] = [];
  for (const step of steps)
    try {
      found.push(await step());
    } catch (e) {
      found.push({ what: "A part of the proof cannot be read", good: false, detail: String(e) });
    }
  return found;
}
