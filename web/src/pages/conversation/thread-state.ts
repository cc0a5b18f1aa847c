/** The part of a conversation that is in the page: a window around where one reads, which grows at the
 * end that one comes to and is cut at the other, so that a conversation may have any length. */
import { useEffect, useLayoutEffect, useRef, useState } from "preact/hooks";
import { ask } from "../../api/client.ts";
import { comeBack, messagesNews } from "../../app/live.ts";
import type { Message } from "./fold.ts";

const PAGE = 60;
/** The lowest that a line of the thread is, so that a first window is full whatever it holds. */
const LINE_LEAST_PX = 28;
/** At first, on each side: what a window shows, and little to draw. */
export const firstOf = (windowPx: number) => Math.min(PAGE, Math.ceil(windowPx / 2 / LINE_LEAST_PX));
const MOST = 360;

export interface Window {
  messages: Message[];
  /** There is more before, behind. */
  before: boolean;
  behind: boolean;
  error: unknown;
  busy: boolean;
}
const EMPTY: Window = { messages: [], before: false, behind: false, error: undefined, busy: true };

const part = (conversation: string, from: number | undefined, backwards: boolean, limit = PAGE) =>
  ask("GET /api/threads/{conversation}", {
    path: { conversation },
    query: { backwards, limit, ...(from === undefined ? {} : { from }) },
  }).then((t) => t.messages);

const byTime = (a: Message, b: Message) => a.at - b.at || a.id - b.id;

export function merge(a: readonly Message[], b: readonly Message[]): Message[] {
  const all = new Map<number, Message>();
  for (const m of [...a, ...b]) all.set(m.id, m);
  return [...all.values()].sort(byTime);
}

/** at: of the message in whose place it is opened; undefined: at its end. */
async function open(conversation: string, at: number | undefined): Promise<Window> {
  const first = at === undefined ? PAGE : firstOf(innerHeight);
  const [back, on] = await Promise.all([part(conversation, at, true, first), at === undefined ? Promise.resolve([]) : part(conversation, at + 1, false, first)]);
  return { messages: merge(back, on), before: back.length === first, behind: on.length === first, error: undefined, busy: false };
}

export function useThread(conversation: string, at: number | undefined) {
  const [w, setWindow] = useState<Window>(EMPTY);
  const loading = useRef(false);
  const now = useRef(w);
  now.current = w;
  const [turn, setTurn] = useState(0);
  // Asked before the frame is painted, not behind it.
  useLayoutEffect(() => {
    let wanted = true;
    setWindow(EMPTY);
    open(conversation, at)
      .then((x) => wanted && setWindow(x))
      .catch((error: unknown) => wanted && setWindow({ ...EMPTY, error, busy: false }));
    return () => {
      wanted = false;
    };
  }, [conversation, at, turn]);

  const grow = (backwards: boolean) => {
    const edge = backwards ? now.current.messages[0] : now.current.messages.at(-1);
    if (loading.current || edge === undefined) return;
    loading.current = true;
    part(conversation, edge.at, backwards)
      .then((found) =>
        setWindow((x) => {
          const all = merge(x.messages, found);
          const more = found.length === PAGE && all.length > x.messages.length;
          const kept = backwards ? all.slice(0, MOST) : all.slice(-MOST);
          const cut = kept.length < all.length;
          return backwards ? { ...x, messages: kept, before: more, behind: x.behind || cut } : { ...x, messages: kept, behind: more, before: x.before || cut };
        }),
      )
      .catch((error: unknown) => setWindow((x) => ({ ...x, error })))
      .finally(() => (loading.current = false));
  };
  const news = messagesNews.value + comeBack.value;
  useEffect(() => {
    if (news > 0 && !now.current.behind && now.current.messages.length > 0) grow(false);
  }, [news]);
  const change = (id: number, by: (m: Message) => Message) =>
    setWindow((x) => ({ ...x, messages: x.messages.map((m) => (m.id === id ? by(m) : m)) }));
  return { ...w, grow, change, again: () => setTurn((t) => t + 1) };
}
