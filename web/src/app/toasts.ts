/** What happened, said once at the edge of the page; what failed stays until it is put away. */
import { signal } from "@preact/signals";
import { wordsOf } from "../api/errors.ts";

export interface Toast {
  id: number;
  kind: "done" | "failed" | "alert";
  text: string;
  action?: { label: string; run: () => void };
}

export const toasts = signal<Toast[]>([]);
const SHOWN_MS = 8000;
let last = 0;

export function dismiss(id: number): void {
  toasts.value = toasts.value.filter((t) => t.id !== id);
}

function show(t: Omit<Toast, "id">): number {
  const id = ++last;
  toasts.value = [...toasts.value.slice(-3), { ...t, id }];
  if (t.kind === "done") setTimeout(() => dismiss(id), SHOWN_MS);
  return id;
}

export function tell(text: string, action?: Toast["action"]): void {
  show(action === undefined ? { kind: "done", text } : { kind: "done", text, action });
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
