/** Signed notes and checkpoints (C2SP signed-note, tlog-checkpoint), checked with the browser's own Ed25519. */
import { base64Of, joined, same, sha256, utf8, type Bytes } from "./bytes.ts";

export interface Key {
  name: string;
  hash: Bytes;
  public: Bytes;
}

const ED25519 = 1;
const HASH_BYTES = 4;
const KEY_BYTES = 32;
const DASH = "\u2014 ";

/** A vkey, "name+hash+base64"; undefined: it is none, or its hash is another's. */
export async function keyOf(vkey: string): Promise<Key | undefined> {
  const [name, hex, ...rest] = vkey.trim().split("+");
  const raw = base64Of(rest.join("+"));
  if (name === undefined || hex === undefined || raw === undefined || raw.length !== KEY_BYTES + 1 || raw[0] !== ED25519) return undefined;
  const hash = (await sha256(joined(utf8(`${name}\n`), raw))).slice(0, HASH_BYTES);
  const said = Uint8Array.from(hex.match(/../g) ?? [], (two) => parseInt(two, 16));
  return same(hash, said) ? { name, hash, public: raw.slice(1) } : undefined;
}

/** The note's text, where this key signed it; undefined: it did not. */
export async function signedText(note: string, key: Key): Promise<string | undefined> {
  const end = note.lastIndexOf("\n\n");
  if (end < 0) return undefined;
  const text = note.slice(0, end + 1);
  const verifier = await crypto.subtle.importKey("raw", key.public, "Ed25519", false, ["verify"]);
  for (const line of note.slice(end + 2).split("\n")) {
    const [name, sealed] = line.startsWith(DASH) ? line.slice(DASH.length).split(" ") : [];
    const bytes = sealed === undefined ? undefined : base64Of(sealed);
    if (name !== key.name || bytes === undefined || !same(bytes.slice(0, HASH_BYTES), key.hash)) continue;
    if (await crypto.subtle.verify("Ed25519", verifier, bytes.slice(HASH_BYTES), utf8(text))) return text;
  }
  return undefined;
}

export interface Checkpoint {
  origin: string;
  size: number;
  root: Bytes;
}

/** Undefined: the text is no checkpoint's. */
export function checkpointOf(text: string): Checkpoint | undefined {
  const [origin, size, root] = text.split("\n");
  const hash = root === undefined ? undefined : base64Of(root);
  if (origin === undefined || size === undefined || !/^\d+$/.test(size) || hash?.length !== KEY_BYTES) return undefined;
  return { origin, size: Number(size), root: hash };
}
