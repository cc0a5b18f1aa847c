/** Paths in a tree (RFC 9162, 2.1.3.2). */
import { fromHex, joined, same, sha256, type Bytes } from "./bytes.ts";

export const leafHash = (text: Bytes): Promise<Bytes> => sha256(joined(Uint8Array.of(0), text));
const nodeHash = (left: Bytes, right: Bytes): Promise<Bytes> => sha256(joined(Uint8Array.of(1), left, right));

/** The root to which the path leads from the leaf; undefined: it has another length than the tree. */
export async function rootOf(leaf: Bytes, index: number, size: number, path: readonly string[]): Promise<Bytes | undefined> {
  let at = BigInt(index);
  let last = BigInt(size) - 1n;
  let hash = leaf;
  if (at > last || at < 0n) return undefined;
  for (const step of path) {
    if (last === 0n) return undefined;
    const other = fromHex(step);
    if ((at & 1n) === 1n || at === last) {
      hash = await nodeHash(other, hash);
      while ((at & 1n) === 0n && at !== 0n) {
        at >>= 1n;
        last >>= 1n;
      }
    } else hash = await nodeHash(hash, other);
    at >>= 1n;
    last >>= 1n;
  }
  return last === 0n ? hash : undefined;
}

export async function leadsTo(root: Bytes, leaf: Bytes, index: number, size: number, path: readonly string[]): Promise<boolean> {
  const found = await rootOf(leaf, index, size, path);
  return found !== undefined && same(found, root);
}
