/** Signed documents as the network has them (docs/protocol.md): a line each of a word and its values. */
import { base64Of, joined, sha256, utf8 } from "./bytes.ts";
import { signedText, type Key } from "./note.ts";

/** The values behind each word, in their order. */
export function linesOf(note: string): Map<string, string[]> {
  const lines = new Map<string, string[]>();
  for (const line of note.slice(0, note.lastIndexOf("\n\n") + 1).split("\n").slice(1)) {
    const at = line.indexOf(" ");
    const [word, value] = at < 0 ? [line, ""] : [line.slice(0, at), line.slice(at + 1)];
    if (word !== "") lines.set(word, [...(lines.get(word) ?? []), value]);
  }
  return lines;
}

export const valueOf = (lines: Map<string, string[]>, word: string) => lines.get(word)?.[0];

const ED25519 = new Uint8Array([1]);

/** "custodian-1 BASE64", as a network's document names its custodians; undefined: it is no key. */
async function custodianOf(value: string): Promise<Key | undefined> {
  const [name, text] = value.split(" ");
  const key = text === undefined ? undefined : base64Of(text);
  if (name === undefined || key?.length !== 32) return undefined;
  return { name, hash: (await sha256(joined(utf8(`${name}\n`), ED25519, key))).slice(0, 4), public: key };
}

export interface Signers {
  /** Custodians whose signature holds. */
  names: string[];
  /** How many the network wants. */
  quorum: number;
  of: number;
}

/** Who of the network's custodians has signed the note. */
export async function signersOf(note: string, network: string): Promise<Signers> {
  const lines = linesOf(network);
  const custodians = await Promise.all((lines.get("custodian") ?? []).map(custodianOf));
  const names: string[] = [];
  for (const c of custodians) if (c !== undefined && (await signedText(note, c)) !== undefined) names.push(c.name);
  return { names, quorum: Number(valueOf(lines, "quorum") ?? Infinity), of: custodians.length };
}
