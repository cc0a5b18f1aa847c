/** Positions over time: which are seen at an instant, and where each person went. */
export interface Position {
  id: number;
  at: number;
  from: string;
  lat: number;
  lon: number;
}

export const DAY_MS = 86400000;

/** Those of the span that ends at `until`, oldest first; a span of 0: all up to then. */
export function seenAt(of: readonly Position[], until: number, span: number): Position[] {
  return of.filter((p) => p.at <= until && (span === 0 || p.at > until - span)).sort((a, b) => a.at - b.at || a.id - b.id);
}

/** Each person's positions in their order. */
export function trails(of: readonly Position[]): Map<string, Position[]> {
  const by = new Map<string, Position[]>();
  for (const p of [...of].sort((a, b) => a.at - b.at)) by.set(p.from, [...(by.get(p.from) ?? []), p]);
  return by;
}

/** How many positions in each of so many equal parts of the time. */
export function bars(of: readonly Position[], first: number, last: number, parts: number): number[] {
  const counts = new Array<number>(parts).fill(0);
  for (const p of of) {
    const part = last === first ? 0 : Math.min(parts - 1, Math.floor(((p.at - first) / (last - first)) * parts));
    counts[part] = (counts[part] ?? 0) + 1;
  }
  return counts;
}
