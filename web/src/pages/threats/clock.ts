/** How long a threat may wait yet, and how urgent that is. */
import type { Threats } from "../../api/schema.ts";
import type { Tone } from "../../parts/chip.tsx";

export type Threat = Threats["threats"][number];

const MINUTE = 60000;
const SOON_MS = 5 * MINUTE;

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
