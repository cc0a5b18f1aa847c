/** Eight colours over communities: those that have much to do with each other get different ones, and each
 * colour is used about as often. */
const COLOURS = 8;

export function communityColours(communities: readonly { number: number }[], ties: readonly { from: number; to: number; weight: number }[]): Map<number, number> {
  const beside = new Map<number, { other: number; weight: number }[]>();
  for (const t of ties)
    for (const [one, other] of [
      [t.from, t.to],
      [t.to, t.from],
    ] as const)
      beside.set(one, [...(beside.get(one) ?? []), { other, weight: t.weight }]);
  const used = new Array<number>(COLOURS).fill(0);
  const most = Math.max(1, ...ties.map((t) => t.weight));
  const ret = new Map<number, number>();
  for (const c of communities) {
    const cost = used.map((n) => n / (1 + communities.length / COLOURS));
    for (const n of beside.get(c.number) ?? []) {
      const its = ret.get(n.other);
      if (its !== undefined) cost[its - 1] = (cost[its - 1] ?? 0) + 1 + (4 * n.weight) / most;
    }
    const best = cost.indexOf(Math.min(...cost));
    used[best] = (used[best] ?? 0) + 1;
    ret.set(c.number, best + 1);
  }
  return ret;
}
