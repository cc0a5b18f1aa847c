/** What a mark covers, in words. */
import type { Privileges } from "../../api/schema.ts";
import { handleOf } from "../../parts/person.tsx";

type Mark = Privileges["marks"][number];

export const kinds: Record<Mark["kind"], string> = {
  messages: "messages",
  conversation: "a conversation",
  person: "a person",
  pair: "between two",
};

/** Accounts by their handles; what a search finds as it was written. */
export function whatOf(m: Pick<Mark, "kind" | "what">): string {
  return m.kind === "person" || m.kind === "pair" ? m.what.split(/[\s,]+/).map(handleOf).join(" and ") : m.what;
}
