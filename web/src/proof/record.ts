/** A record of the archive: what the message is (T in docs/protocol.md, "Access element"), and its words. */
import { counted, fromBase64, fromHex, joined, number, sha256, utf8, type Bytes } from "./bytes.ts";
import { hashOf, readNote } from "./note.ts";

export interface ArchiveRecord {
  from: string;
  to: string[];
  id: string;
  at: string;
  bot: string;
  policy: number;
  n: number;
  prev: string;
  iv: string;
  payload: string;
  key: string;
  sig: string;
  certificate: string;
  files: [string, number, string][];
  place: string | null;
}

const list = (items: Bytes[]): Bytes => joined(number(items.length, 4), ...items);
const file = ([hash, size, path]: [string, number, string]): Bytes => joined(fromHex(hash), number(size, 8), counted(utf8(path)));

export async function transcript(r: ArchiveRecord, botKey: Bytes): Promise<Bytes> {
  return sha256(
    joined(
      utf8("ironside transcript 1\0"),
      await hashOf(readNote(r.certificate)),
      counted(utf8(r.from)),
      list(r.to.map((t) => counted(utf8(t)))),
      counted(utf8(r.id)),
      number(Date.parse(r.at), 8),
      counted(utf8(r.bot)),
      await sha256(botKey),
      number(r.policy, 4),
      number(r.n, 8),
      fromBase64(r.prev),
      counted(fromBase64(r.iv)),
      await sha256(fromBase64(r.payload)),
      list(r.files.map(file)),
      r.place === null ? new Uint8Array(32) : await sha256(utf8(r.place)),
    ),
  );
}

/** What the payload says: AES-128-GCM, whose tag stands behind the key. */
export async function words(r: ArchiveRecord): Promise<string> {
  const k = fromBase64(r.key);
  const key = await crypto.subtle.importKey("raw", k.subarray(0, 16) as Bytes, "AES-GCM", false, ["decrypt"]);
  const sealed = joined(fromBase64(r.payload), k.subarray(16) as Bytes);
  const open = await crypto.subtle.decrypt({ name: "AES-GCM", iv: fromBase64(r.iv) }, key, sealed);
  return new TextDecoder().decode(open);
}
