/** Photos that look alike, as one: the newest of each group stands for the others. */
import type { Photos } from "../../api/schema.ts";

export type Photo = Photos["photos"][number];

export interface Group {
  first: Photo;
  others: Photo[];
}

export function groupsOf(photos: readonly Photo[]): Group[] {
  const by = new Map<number, Group>();
  for (const p of photos) {
    const there = by.get(p.group);
    if (there === undefined) by.set(p.group, { first: p, others: [] });
    else there.others.push(p);
  }
  return [...by.values()];
}
