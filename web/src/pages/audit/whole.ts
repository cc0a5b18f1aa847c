/** The access log verified as a whole: every entry hashed, the tree's root compared with the one that the desk
 * signs, and with one that was kept from before. */
import { ask } from "../../api/client.ts";
import { same } from "../../prove/bytes.ts";
import { checkpointOf, keyOf, signedText, type Checkpoint } from "../../prove/note.ts";
import { leafOf, Peaks } from "../../prove/tree.ts";

const PAGE = 500;

export interface Verified {
  note: string;
  key: string;
  size: number;
  /** What is wrong, one line; undefined: nothing. */
  wrong: string | undefined;
  /** The kept checkpoint's size, where one was given and it is of this log. */
  kept: number | undefined;
}

export type Entry = { number: number; line: string };
export type Read = (from: number, limit: number) => Promise<Entry[]>;

const readLog: Read = async (from, limit) => (await ask("GET /api/log", { query: { order: "oldest", from, limit } })).entries;

/** What is wrong with the entries up to the checkpoint's size; undefined: nothing. `kept` is an older one. */
export async function walkLog(read: Read, now: Checkpoint, kept: Checkpoint | undefined, told: (done: number) => void): Promise<string | undefined> {
  const tree = new Peaks();
  if (kept !== undefined && kept.size > now.size) return `the log was shortened: the kept checkpoint has ${kept.size} entries, the log has ${now.size}`;
  while (tree.size < now.size) {
    const entries = (await read(tree.size, Math.min(PAGE, now.size - tree.size))).slice(0, now.size - tree.size);
    if (entries.length === 0) return `entry ${tree.size} is missing`;
    const leaves = await Promise.all(entries.map((e) => leafOf(e.line)));
    for (const [i, leaf] of leaves.entries()) {
      if (entries[i]?.number !== tree.size) return `entry ${tree.size} is missing`;
      await tree.add(leaf);
      if (tree.size === kept?.size && !same(await tree.root(), kept.root)) return `the log was written anew: its first ${kept.size} entries are not those of the kept checkpoint`;
    }
    told(tree.size);
  }
  return same(await tree.root(), now.root) ? undefined : "the entries are not those that the desk signed";
}

async function readKept(text: string, key: string): Promise<Checkpoint | string> {
  const known = await keyOf(key);
  const signed = known === undefined ? undefined : await signedText(text.replaceAll("\r\n", "\n").trimStart(), known);
  const checkpoint = signed === undefined ? undefined : checkpointOf(signed);
  return checkpoint ?? "the kept checkpoint is none that this desk's key signed";
}

/** `kept`: the text of a checkpoint from before; "": none. */
export async function verifyLog(kept: string, told: (done: number, of: number) => void): Promise<Verified> {
  const { note, key } = await ask("GET /api/log/checkpoint", {});
  const known = await keyOf(key);
  const text = known === undefined ? undefined : await signedText(note, known);
  const now = text === undefined ? undefined : checkpointOf(text);
  const result = { note, key, size: now?.size ?? 0, wrong: undefined, kept: undefined };
  if (now === undefined) return { ...result, wrong: "the desk's signature under the checkpoint does not hold" };
  const before = kept.trim() === "" ? undefined : await readKept(kept, key);
  if (typeof before === "string") return { ...result, wrong: before };
  const wrong = await walkLog(readLog, now, before, (done) => told(done, now.size));
  return { ...result, wrong, kept: before?.size };
}
