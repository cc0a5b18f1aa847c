/** What happened, said once at the edge of the page; what failed stays until it is put away. */
import { signal } from "@preact/signals";
import { wordsOf } from "../api/errors.ts";

export interface Toast {
  id: number;
  kind: "done" | "failed" | "alert";
  text: string;
  /** undoes: `z` runs it, too. */
  action?: { label: string; run: () => void; undoes?: boolean };
}

export const toasts = signal<Toast[]>([]);
const SHOWN_MS = 8000;
/** What can be undone stays long enough to be read out, and thought about. */
const SHOWN_WITH_ACTION_MS = 60000;
const MOST = 4;
let last = 0;

export function dismiss(id: number): void {
  toasts.value = toasts.value.filter((t) => t.id !== id);
}

function show(t: Omit<Toast, "id">): number {
  const id = ++last;
  const others = toasts.value.filter((o) => o.kind !== "alert").slice(1 - MOST);
  // An alert is put away by hand alone, however much is done meanwhile.
  toasts.value = [...toasts.value.filter((o) => o.kind === "alert" || others.includes(o)), { ...t, id }];
  if (t.kind === "done") setTimeout(() => dismiss(id), t.action === undefined ? SHOWN_MS : SHOWN_WITH_ACTION_MS);
  return id;
}

export function tell(text: string, action?: Toast["action"]): void {
  show(action === undefined ? { kind: "done", text } : { kind: "done", text, action });
}

/** Does what a toast offers, once. */
export function take(t: Toast): void {
  dismiss(t.id);
  t.action?.run();
}

export function undoLast(): void {
  const last = toasts.value.filter((t) => t.action?.undoes === true).at(-1);
  if (last === undefined) tell("There is nothing to undo.");
  else take(last);
}

/** The toast's number, to put it away again. */
export function alarm(text: string, action?: Toast["action"]): number {
  return show(action === undefined ? { kind: "alert", text } : { kind: "alert", text, action });
}

export function complain(e: unknown): void {
  show({ kind: "failed", text: wordsOf(e) });
}

/** Does it and says so; says what is wrong if it fails. True: done. */
export async function attempt(work: () => Promise<unknown>, done?: string): Promise<boolean> {
  try {
    await work();
    if (done !== undefined) tell(done);
    return true;
  } catch (e) {
    complain(e);
    return false;
  }
}
