/** A conversation opened at a message: its thread, and what can be done with the message. */
import { ask } from "../../api/client.ts";
import type { Marked } from "../../api/schema.ts";
import { useKeys } from "../../app/keys.ts";
import { attempt, tell } from "../../app/toasts.ts";
import { foldThread, type Message } from "./fold.ts";
import { MessageBar } from "./message-bar.tsx";
import { Thread } from "./thread.tsx";
import { useThread } from "./thread-state.ts";

interface Props {
  conversation: string;
  /** Where it is opened; undefined: at its end. */
  at: number | undefined;
  active: number | undefined;
  select: (id: number) => void;
  changed?: (id: number, made: Marked, seen: number) => void;
}

export function Reader({ conversation, at, active, select, changed }: Props) {
  const thread = useThread(conversation, at);
  const lines = foldThread(thread.messages);
  const here = lines.findIndex((l) => l.message.id === active);
  const message = lines[here]?.message ?? thread.messages.find((m) => m.id === active);
  const take = (m: Message) => {
    thread.change(m.id, () => m);
    changed?.(m.id, m.made, m.seen);
  };
  const lookAgain = (id: number) =>
    void attempt(async () => {
      const { marks: _, ...m } = await ask("GET /api/messages/{id}", { path: { id } });
      take(m);
    });
  const seen = (id: number) => {
    const m = thread.messages.find((x) => x.id === id);
    if (m !== undefined) take({ ...m, seen: Date.now() });
  };
  const move = (by: number) => {
    const next = lines[here < 0 ? lines.length - 1 : here + by];
    if (next !== undefined) select(next.message.id);
  };
  const nextUnseen = () => {
    const next = lines.slice(here + 1).find((l) => l.message.seen === 0);
    if (next !== undefined) return select(next.message.id);
    void attempt(async () => {
      const found = await ask("GET /api/search", { query: { q: `in:${conversation} unseen:me`, order: "oldest", limit: 1 } });
      const hit = found.hits[0];
      if (hit === undefined) tell("You have seen all of this conversation.");
      else select(hit.id);
    });
  };
  useKeys("Conversation", [
    { keys: "ArrowDown", what: "Next message", run: () => move(1) },
    { keys: "ArrowUp", what: "Message before", run: () => move(-1) },
    { keys: "n", what: "Next one that you have not seen", run: nextUnseen },
  ]);
  return (
    <>
      <Thread thread={thread} active={active} select={select} seen={seen} />
      {message !== undefined && <MessageBar key={message.id} m={message} changed={() => lookAgain(message.id)} nextUnseen={nextUnseen} />}
    </>
  );
}
