/** Signed notes (C2SP): a text of lines "key value", an empty line, a line for each signature. */
import { ed25519, fromBase64, joined, same, sha256, toHex, utf8, type Bytes } from "./bytes.ts";

export interface Note {
  text: string;
  signatures: { name: string; keyHash: Bytes; signature: Bytes }[];
}

export function readNote(note: string): Note {
  const at = note.indexOf("\n\n");
  const text = note.slice(0, at + 1);
  const signatures = note
    .slice(at + 2)
    .split("\n")
    .flatMap((line) => {
      const m = /^— (\S+) (\S+)$/.exec(line);
      if (m === null) return [];
      const bytes = fromBase64(m[2] ?? "");
      return [{ name: m[1] ?? "", keyHash: bytes.subarray(0, 4) as Bytes, signature: bytes.subarray(4) as Bytes }];
    });
  return { text, signatures };
}

export const hashOf = (n: Note): Promise<Bytes> => sha256(utf8(n.text));
export const nameOf = async (n: Note): Promise<string> => toHex(await hashOf(n));

/** Has NAME signed it with the key? */
export async function signedBy(n: Note, name: string, key: Bytes): Promise<boolean> {
  const want = (await sha256(joined(utf8(`${name}\n`), Uint8Array.of(1), key))).subarray(0, 4) as Bytes;
  for (const s of n.signatures)
    if (s.name === name && same(s.keyHash, want) && (await ed25519(key, s.signature, utf8(n.text)))) return true;
  return false;
}

/** What stands behind a line's first words: ["ADDRESS KEY default"] for "bot". */
export const lines = (n: Note, key: string): string[] =>
  n.text.split("\n").flatMap((l) => (l.startsWith(`${key} `) ? [l.slice(key.length + 1)] : []));
export const line = (n: Note, key: string): string => lines(n, key)[0] ?? "";
