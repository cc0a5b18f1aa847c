/** Whether a warrant is in force, and for how long: what it archived can be read for so long, and no longer. */
import type { Overview } from "../api/schema.ts";
import { countOf } from "../app/numbers.ts";
import { Chip, type Tone } from "./chip.tsx";

export type WarrantValidity = Overview["warrants"][number]["validity"];

const SOON_DAYS = 7;

export function validityWords(v: WarrantValidity): string {
  switch (v.state) {
    case "in-force":
      return v.days_left === 1 ? "ends today" : `ends in ${countOf(v.days_left - 1, "day")}`;
    case "ended":
      return `ended on ${v.until}: not readable here`;
    case "revoked":
      return "revoked: not readable here";
    case "unnamed":
      return "named by the policy no more: not readable here";
    case "unknown":
      return v.readable ? "days not known yet" : "days not known: not readable here";
  }
}

function toneOf(v: WarrantValidity): Tone {
  if (v.state === "in-force") return v.days_left <= SOON_DAYS ? "warn" : "good";
  return v.readable ? "plain" : "danger";
}

export function Validity({ of }: { of: WarrantValidity }) {
  const days = of.from === "" ? "no document says its days" : `${of.from} to ${of.until}, days of UTC; the last one counts`;
  return (
    <Chip tone={toneOf(of)} title={days}>
      {validityWords(of)}
    </Chip>
  );
}
