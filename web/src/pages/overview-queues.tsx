/** What is assigned to who looks, a queue each, with how much of it they have not seen. Counts stand in the access
 * log: they are asked once a purpose was said. */
import type { Assignments } from "../api/schema.ts";
import { useAsk } from "../api/use-ask.ts";
import { countOf } from "../app/numbers.ts";
import { purpose, roleOf } from "../app/session.ts";
import { Card } from "../parts/card.tsx";
import { term } from "./search/words.ts";

type Assigned = Assignments["assignments"][number];
const MOST = 12;

export function queryOf(of: Pick<Assigned, "kind" | "object" | "query">): string {
  if (of.kind === "conversation") return `in:${of.object} unseen:me`;
  if (of.kind === "organisation") return `${term("org", of.object)} unseen:me`;
  return of.query.trim() === "" ? "unseen:me" : `(${of.query.trim()}) unseen:me`;
}

function Queue({ of, counts }: { of: Assigned; counts: boolean }) {
  const q = queryOf(of);
  const left = useAsk("GET /api/count", counts ? { query: { q } } : undefined);
  const name = of.kind === "search" ? of.name : of.object;
  return (
    <a class="list-row" href={`/search?q=${encodeURIComponent(q)}&order=oldest`}>
      <span class="grow cut">
        <strong dir="auto">{name}</strong> <span class="faint">{of.kind}, from {of.by}</span>
      </span>
      <span class="number">{left.data === undefined ? "…" : `${left.data.exact ? "" : "at least "}${countOf(left.data.total, "message")} not seen`}</span>
    </a>
  );
}

export function Queues() {
  const asked = useAsk("GET /api/assignments", {});
  const of = asked.data?.assignments ?? [];
  if (of.length === 0) return null;
  return (
    <Card title="Your queues" flush>
      {of.slice(0, MOST).map((a) => (
        <Queue key={`${a.kind} ${a.object}`} of={a} counts={purpose.value !== "" || roleOf() === "supervisor"} />
      ))}
    </Card>
  );
}
