/** A Merkle tree as RFC 9162 has it: leaves are hashed behind a byte 0, nodes behind a byte 1. */
import { joined, sha256, utf8, type Bytes } from "./bytes.ts";

const LEAF = new Uint8Array([0]);
const NODE = new Uint8Array([1]);

export const leafOf = (line: string) => sha256(joined(LEAF, utf8(line)));
const nodeOf = (left: Bytes, right: Bytes) => sha256(joined(NODE, left, right));

/** The roots of the whole trees that the leaves so far make, the largest first. */
export class Peaks {
  size = 0;
  private peaks: { hash: Bytes; leaves: number }[] = [];

  async add(leaf: Bytes): Promise<void> {
    let last = { hash: leaf, leaves: 1 };
    for (let before = this.peaks.at(-1); before !== undefined && before.leaves === last.leaves; before = this.peaks.at(-1)) {
      this.peaks.pop();
      last = { hash: await nodeOf(before.hash, last.hash), leaves: 2 * last.leaves };
    }
    this.peaks.push(last);
    this.size++;
  }

  async root(): Promise<Bytes> {
    const [last, ...others] = [...this.peaks].reverse();
    if (last === undefined) return sha256(new Uint8Array());
    let hash = last.hash;
    for (const p of others) hash = await nodeOf(p.hash, hash);
    return hash;
  }
}

/** The root that a leaf and its path lead to; undefined: a path of another length than its place wants. */
export async function rootOf(leaf: Bytes, place: number, size: number, path: readonly Bytes[]): Promise<Bytes | undefined> {
  let at = place;
  let last = size - 1;
  let hash = leaf;
  for (const beside of path) {
    if (last === 0) return undefined;
    if (at % 2 === 1 || at === last) {
      hash = await nodeOf(beside, hash);
      while (at % 2 === 0 && at > 0) {
        at = Math.floor(at / 2);
        last = Math.floor(last / 2);
      }
    } else hash = await nodeOf(hash, beside);
    at = Math.floor(at / 2);
    last = Math.floor(last / 2);
  }
  return last === 0 && place < size ? hash : undefined;
}
