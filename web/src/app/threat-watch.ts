/** Threats on every screen: counted in the rail and in the title, said and sounded when one comes. */
import { effect } from "@preact/signals";
import { ask } from "../api/client.ts";
import { threatCount } from "./counts.ts";
import { kept } from "./kept.ts";
import { line, onNews, type News } from "./live.ts";
import { countOf } from "./numbers.ts";
import { navigate, path } from "./router.ts";
import { looks, session } from "./session.ts";
import { sounded } from "./sound.ts";
import { alarm, dismiss } from "./toasts.ts";
import { clockOf, zoneLabel } from "./zone.ts";

export const sound = kept<"on" | "off">("sound", "on");

let shown: number | undefined;

function say(n: News, due: number): void {
  const until = due === 0 ? "" : `: answer until ${clockOf(due)} ${zoneLabel(due)}`;
  const what = (n.escalated ?? 0) > 0 ? `${countOf(n.escalated ?? 0, "threat")} that nobody answered in time` : `${countOf(n.threats ?? 0, "new threat")}${until}`;
  if (shown !== undefined) dismiss(shown);
  shown = alarm(what, path.value === "/threats" ? undefined : { label: "Open", run: () => navigate("/threats") });
  if (sound.value === "on") sounded((n.escalated ?? 0) > 0);
}

/** How many nobody answers for, and until when the first of them waits. */
async function lookUp(): Promise<number> {
  const t = await ask("GET /api/threats", { query: { open: true, limit: 1 } });
  threatCount.value = t.unacknowledged;
  return t.next_due;
}

async function hear(n: News): Promise<void> {
  if (n.threats === undefined && n.escalated === undefined) return;
  say(n, await lookUp().catch(() => 0));
}

/** Whoever changed the queue says so here. */
export const lookAtThreats = () => void lookUp().catch(() => 0);

/** What came while the line was away no event tells: it is said when it is there again. */
async function catchUp(first: boolean): Promise<void> {
  const before = threatCount.peek();
  const due = await lookUp().catch(() => 0);
  const missed = threatCount.peek() - before;
  if (!first && missed > 0) say({ threats: missed, at: Date.now() }, due);
}

/** For as long as somebody who looks is signed in: looked up whenever the line to the desk changes. */
export function watchThreats(): void {
  onNews((n) => void hear(n));
  let first = true;
  effect(() => {
    const now = line.value;
    const s = session.value;
    if (s === null || s === "unknown" || !looks()) {
      threatCount.value = 0;
      first = true;
    } else if (now !== "off") {
      void catchUp(first);
      first = false;
    }
  });
}
