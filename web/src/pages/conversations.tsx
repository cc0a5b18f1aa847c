/** All conversations, the newest first. */
import { useEffect, useState } from "preact/hooks";
import { ask } from "../api/client.ts";
import type { Conversations as Answer } from "../api/schema.ts";
import { countOf, numberOf } from "../app/numbers.ts";
import { comeBack } from "../app/live.ts";
import { handleOf } from "../parts/person.tsx";
import { PageHead } from "../parts/page-head.tsx";
import { Failed, Skeleton, State } from "../parts/states.tsx";
import { Time } from "../parts/time.tsx";
import { VirtualList } from "../parts/virtual.tsx";

type One = Answer["conversations"][number];
const PAGE = 100;

export function nameOf(c: One): string {
  return c.group === "" ? c.members.map(handleOf).join(", ") : c.group;
}

export function ConversationRow({ of }: { of: One }) {
  return (
    <a class="list-row" href={`/conversations/${of.id}`}>
      <span class="grow">
        <strong class="cut" dir="auto">
          {nameOf(of)}
        </strong>
        <span class="faint cut">{of.group === "" ? "" : of.members.map(handleOf).join(", ")}</span>
      </span>
      <span class="number faint">{countOf(of.messages, "message")}</span>
      <span class="list-time">
        <Time at={of.last} />
      </span>
    </a>
  );
}

/** With one account, or all; page after page. */
export function useConversations(account: string | undefined) {
  const [state, setState] = useState<{ list: One[]; after: string | null; error: unknown; busy: boolean }>({ list: [], after: null, error: undefined, busy: true });
  const [turn, setTurn] = useState(0);
  const load = (after: string | null) =>
    ask("GET /api/conversations", { query: { limit: PAGE, ...(account === undefined ? {} : { with: account }), ...(after === null ? {} : { after }) } })
      .then((a) => setState((s) => ({ list: after === null ? a.conversations : [...s.list, ...a.conversations], after: a.after, error: undefined, busy: false })))
      .catch((error: unknown) => setState((s) => ({ ...s, error, busy: false })));
  useEffect(() => {
    setState((s) => ({ ...s, busy: true }));
    void load(null);
  }, [account, turn, comeBack.value]);
  const more = () => {
    if (state.after === null || state.busy) return;
    setState((s) => ({ ...s, busy: true }));
    void load(state.after);
  };
  return { ...state, more, again: () => setTurn((t) => t + 1) };
}

export function Conversations() {
  const c = useConversations(undefined);
  const body =
    c.list.length > 0 ? (
      <VirtualList class="list" label="Conversations" count={c.list.length} estimate={56} keyOf={(i) => c.list[i]?.id ?? i} near={c.more} row={(i) => (c.list[i] === undefined ? null : <ConversationRow of={c.list[i]} />)} />
    ) : c.error !== undefined ? (
      <Failed error={c.error} again={c.again} />
    ) : c.busy ? (
      <Skeleton lines={12} />
    ) : (
      <State icon="conversation" title="Nobody has written yet">
        <p>Conversations appear here with their first message.</p>
      </State>
    );
  return (
    <div class="list-page">
      <PageHead title="Conversations" about={c.list.length > 0 ? `The newest first${c.after === null ? `: ${numberOf(c.list.length)} in all` : ""}` : undefined} />
      {body}
    </div>
  );
}
