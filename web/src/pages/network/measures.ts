/** What people can be sized and sorted by. */
import type { NetworkPeople } from "../../api/schema.ts";
import { numberOf } from "../../app/numbers.ts";

export type Member = NetworkPeople["people"][number];
export type Measure = "contacts" | "strength" | "pagerank" | "coreness" | "betweenness";

export const measures: readonly (readonly [Measure, string, string])[] = [
  ["contacts", "Contacts", "with how many people"],
  ["strength", "Messages", "written and received"],
  ["pagerank", "PageRank", "who has contacts that count"],
  ["coreness", "Coreness", "how deep inside"],
  ["betweenness", "Betweenness", "who lies between others; sampled"],
];

export const isMeasure = (text: string | null): text is Measure => measures.some(([m]) => m === text);

export const valueOf = (m: Pick<Member, "contacts" | "strength" | "pagerank" | "coreness" | "betweenness">, by: Measure): number => (by === "betweenness" ? (m.betweenness?.value ?? 0) : m[by]);

/** As it is written: of what is sampled with its error. */
export function writtenOf(m: Member, by: Measure): string {
  if (by === "pagerank") return m.pagerank.toFixed(4);
  if (by !== "betweenness") return numberOf(m[by]);
  if (m.betweenness === undefined) return "not yet";
  return m.betweenness.error === 0 ? numberOf(Math.round(m.betweenness.value)) : `${numberOf(Math.round(m.betweenness.value))} ± ${numberOf(Math.round(m.betweenness.error))}`;
}
