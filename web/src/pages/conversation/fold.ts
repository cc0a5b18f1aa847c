/** A conversation as people read it: corrections, retractions, reactions and read marks stand with the
 * message that they are about, when that is here; else by themselves. */
import type { Thread } from "../../api/schema.ts";

export type Message = Thread["messages"][number];

export interface Line {
  message: Message;
  /** Its corrections, the oldest first. */
  versions: Message[];
  retracted: Message | undefined;
  /** Each with who said so: the last word of each person counts. */
  reactions: { emoji: string; by: string[] }[];
  readBy: string[];
}

const FOLDED = new Set(["edit", "retract", "react", "read"]);

function reactionsOf(list: Message[]): Line["reactions"] {
  const last = new Map<string, string[]>();
  for (const m of list) last.set(m.from, m.content.reactions ?? []);
  const by = new Map<string, string[]>();
  for (const [from, emojis] of last) for (const e of emojis) by.set(e, [...(by.get(e) ?? []), from]);
  return [...by].map(([emoji, people]) => ({ emoji, by: people }));
}

function lineOf(message: Message, about: Message[]): Line {
  const of = (kind: string) => about.filter((m) => m.kind === kind);
  return {
    message,
    versions: of("edit"),
    retracted: of("retract")[0],
    reactions: reactionsOf(of("react")),
    readBy: [...new Set(of("read").map((m) => m.from))],
  };
}

/** messages: in their order. */
export function foldThread(messages: readonly Message[]): Line[] {
  const here = new Set(messages.map((m) => m.id));
  const about = new Map<number, Message[]>();
  for (const m of messages)
    if (FOLDED.has(m.kind) && here.has(m.about)) about.set(m.about, [...(about.get(m.about) ?? []), m]);
  return messages.filter((m) => !(FOLDED.has(m.kind) && here.has(m.about))).map((m) => lineOf(m, about.get(m.id) ?? []));
}

/** The message with whose line this one is shown. */
export function shownWith(messages: readonly Message[], id: number): number {
  const m = messages.find((x) => x.id === id);
  return m !== undefined && FOLDED.has(m.kind) && messages.some((x) => x.id === m.about) ? m.about : id;
}
