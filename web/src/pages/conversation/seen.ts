/** What stood before somebody's eyes for a moment is seen: said to the desk, one after the other. */
import { ask } from "../../api/client.ts";

const MOMENT_MS = 1200;
const waiting: { id: number; done: () => void }[] = [];
let running = false;

async function run(): Promise<void> {
  if (running) return;
  running = true;
  for (let next = waiting.shift(); next !== undefined; next = waiting.shift())
    try {
      await ask("PUT /api/messages/{id}/seen", { path: { id: next.id } });
      next.done();
    } catch {
      /* it stays unseen, and is tried again when it is shown again */
    }
  running = false;
}

/** Watches an element; `done` once its message is marked. The answer ends the watching. */
export function watchSeen(element: Element, id: number, done: () => void): () => void {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const watcher = new IntersectionObserver(
    ([entry]) => {
      clearTimeout(timer);
      if (entry?.isIntersecting !== true || document.hidden) return;
      timer = setTimeout(() => {
        watcher.disconnect();
        waiting.push({ id, done });
        void run();
      }, MOMENT_MS);
    },
    { threshold: 0.6 },
  );
  watcher.observe(element);
  return () => {
    clearTimeout(timer);
    watcher.disconnect();
  };
}
