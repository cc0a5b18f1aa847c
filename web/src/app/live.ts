/** The desk's events: that there is something new. Begins anew by itself whenever it breaks off. */
import { effect, signal } from "@preact/signals";
import { boundTo, looks, session } from "./session.ts";
import { ask, reachable } from "../api/client.ts";

export interface News {
  messages?: number;
  threats?: number;
  escalated?: number;
  at: number;
}

/** "off": this role is told nothing. */
export const line = signal<"off" | "open" | "away">("off");
/** Counts up with each event about messages, and each about threats: what shows them depends on it. */
export const messagesNews = signal(0);
export const threatsNews = signal(0);
/** Counts up when the line is there again after it was away, or came long after the page: what was missed
 * is looked up. */
export const comeBack = signal(0);

const heard: ((n: News) => void)[] = [];
/** `fn` hears each event; the answer ends that. */
export function onNews(fn: (n: News) => void): () => void {
  heard.push(fn);
  return () => void heard.splice(heard.indexOf(fn), 1);
}

function take(text: string): void {
  const n = JSON.parse(text) as News;
  if (n.messages !== undefined) messagesNews.value++;
  if (n.threats !== undefined || n.escalated !== undefined) threatsNews.value++;
  for (const fn of [...heard]) fn(n);
}

const AGAIN_MS = 1500;
/** Later than this after the page, its first answers may be older than the line. */
const LATE_MS = 1000;
let wantedAt = 0;
let source: EventSource | undefined;
let timer: ReturnType<typeof setTimeout> | undefined;

function open(): void {
  const s = new EventSource("/api/events");
  source = s;
  s.onopen = () => {
    const was = line.value;
    line.value = "open";
    reachable.value = true;
    if (was === "away" || Date.now() - wantedAt > LATE_MS) comeBack.value++;
  };
  s.onmessage = (e) => take(String(e.data));
  s.onerror = () => {
    s.close();
    line.value = "away";
    clearTimeout(timer);
    timer = setTimeout(whenItAnswers, AGAIN_MS);
    void isThere();
  };
}

/** Asks whether the desk answers, so that the page says if not: a stream also breaks off when there are
 * too many of a user, which is nothing to tell. A session that has ended is asked for here. */
const isThere = () =>
  ask("GET /api/session", {}).then(
    () => true,
    () => false,
  );

async function whenItAnswers(): Promise<void> {
  const there = await isThere();
  if (source === undefined) return;
  clearTimeout(timer);
  timer = setTimeout(there ? open : () => void whenItAnswers(), AGAIN_MS);
}

function close(): void {
  clearTimeout(timer);
  source?.close();
  source = undefined;
  line.value = "off";
}

/** For as long as somebody who looks is signed in. */
export function listenToDesk(): void {
  effect(() => {
    const s = session.value;
    const wanted = s !== null && s !== "unknown" && looks() && boundTo() === undefined;
    if (wanted && source === undefined) {
      wantedAt = Date.now();
      open();
    }
    if (!wanted && source !== undefined) close();
  });
}
