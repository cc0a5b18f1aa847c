/** What the search box offers while one writes: operators, their values, people, tags, cases. */
import { ask } from "../../api/client.ts";
import { terms } from "../../api/terms.ts";
import { countOf } from "../../app/numbers.ts";
import { reads } from "../../app/session.ts";
import { handleOf } from "../../parts/person.tsx";

export interface Offer {
  /** What comes in place of the word. */
  text: string;
  /** What is said of it. */
  help: string;
}

const MOST = 8;
const PEOPLE = ["from", "to", "with"];
const ME = [
  { text: "me", help: "you" },
  { text: "anyone", help: "whoever" },
];

/** What reviewers made of messages, which the defence does not ask for. */
const THEIRS = ["tag", "org", "case", "seen", "unseen", "assigned"];

function operators(word: string): Offer[] {
  return terms.filter((t) => t.name.startsWith(word) && (reads() || !THEIRS.includes(t.name))).map((t) => ({ text: `${t.name}:`, help: t.help }));
}

async function people(prefix: string): Promise<Offer[]> {
  const found = await ask("GET /api/people", { query: { prefix, limit: MOST } });
  return found.people.map((p) => ({
    text: handleOf(p.account),
    help: [p.name, p.organisation, `${p.sent} sent`].filter((w) => w !== "").join(" · "),
  }));
}

async function cases(prefix: string): Promise<Offer[]> {
  const found = await ask("GET /api/cases", {});
  return found.cases.filter((c) => c.word.startsWith(prefix)).map((c) => ({ text: c.word, help: c.title }));
}

async function tags(prefix: string): Promise<Offer[]> {
  const found = await ask("GET /api/tags", { query: { prefix, limit: MOST } });
  return found.tags.map((t) => ({ text: t.word, help: countOf(t.messages, "message") }));
}

async function values(name: string, prefix: string): Promise<Offer[]> {
  if (PEOPLE.includes(name)) return people(prefix);
  if (!reads() && THEIRS.includes(name)) return [];
  if (name === "case") return cases(prefix);
  if (name === "tag") return tags(prefix);
  if (name === "seen" || name === "unseen") return ME;
  const known = terms.find((t) => t.name === name)?.values ?? [];
  return known.map((text) => ({ text, help: "" }));
}

/** Of the word before the caret. */
export async function offersFor(word: string): Promise<Offer[]> {
  const minus = word.startsWith("-") ? "-" : "";
  const plain = word.slice(minus.length);
  const colon = plain.indexOf(":");
  if (plain === "") return [];
  if (colon < 0) return operators(plain.toLowerCase()).map((o) => ({ ...o, text: minus + o.text })).slice(0, MOST);
  const name = plain.slice(0, colon).toLowerCase();
  const prefix = plain.slice(colon + 1).replaceAll('"', "");
  const found = await values(name, prefix);
  return found
    .filter((o) => o.text.toLowerCase().startsWith(prefix.toLowerCase()) && o.text !== prefix)
    .slice(0, MOST)
    .map((o) => ({ ...o, text: `${minus}${name}:${o.text} ` }));
}
