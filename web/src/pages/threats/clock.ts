/** How long a threat may wait yet, and how urgent that is. */
import type { Threats } from "../../api/schema.ts";
import type { Tone } from "../../parts/chip.tsx";

export type Threat = Threats["threats"][number];

const MINUTE = 60000;
const SOON_MS = 5 * MINUTE;

const alike = (a: Threat, b: Threat) => a.decision === b.decision && (a.escalated !== 0) === (b.escalated !== 0) && (a.acknowledged_by === "") === (b.acknowledged_by === "") && Math.abs(a.due - b.due) < MINUTE;

/** In the desk's order; of those that fall due in the same minute the heaviest first. */
export function heaviestFirst(of: readonly Threat[]): Threat[] {
  const runs: Threat[][] = [];
  for (const t of of) {
    const run = runs.at(-1);
    if (run?.[0] !== undefined && alike(run[0], t)) run.push(t);
    else runs.push([t]);
  }
  return runs.flatMap((run) => run.sort((a, b) => b.weight - a.weight));
}

/** "14 min", "2 h 5 min", "3 days" */
export function spanOf(ms: number): string {
  const min = Math.floor(Math.abs(ms) / MINUTE);
  if (min < 1) return "under a minute";
  if (min < 60) return `${min} min`;
  if (min < 48 * 60) return min % 60 === 0 ? `${Math.floor(min / 60)} h` : `${Math.floor(min / 60)} h ${min % 60} min`;
  return `${Math.floor(min / 1440)} days`;
}

export function clockOf(t: Pick<Threat, "due" | "escalated" | "acknowledged_by" | "decision">, now: number): { text: string; tone: Tone } {
  if (t.decision !== "undecided") return { text: "decided", tone: "plain" };
  if (t.acknowledged_by !== "") return { text: `${t.acknowledged_by} answers for it`, tone: "accent" };
  if (t.escalated !== 0 || t.due <= now) return { text: `${spanOf(now - t.due)} too late`, tone: "danger" };
  return { text: `${spanOf(t.due - now)} left`, tone: t.due - now < SOON_MS ? "danger" : "warn" };
}

export const decisions = {
  "undecided": "Undecided",
  "no-threat": "No threat",
  "threat": "A threat",
  "passed-on": "Passed on",
} as const;
