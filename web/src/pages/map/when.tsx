/** The time of the positions that are seen: an end, and how long before it. */
import { useEffect, useState } from "preact/hooks";
import { countOf } from "../../app/numbers.ts";
import { timeOf, zoneLabel } from "../../app/zone.ts";
import { Button } from "../../parts/button.tsx";
import { Select } from "../../parts/field.tsx";
import { bars, DAY_MS, type Position } from "./moving.ts";

const PARTS = 80;
const STEPS = 400;
const spans = [
  ["0", "all before it"],
  ["1", "the day before it"],
  ["3", "3 days before it"],
  ["7", "the week before it"],
  ["30", "30 days before it"],
] as const;

interface Props {
  of: Position[];
  first: number;
  last: number;
  until: number;
  days: string;
  seen: number;
  change: (until: number) => void;
  changeDays: (days: string) => void;
}

const still = () => matchMedia("(prefers-reduced-motion: reduce)").matches;

export function When({ of, first, last, until, days, seen, change, changeDays }: Props) {
  const [plays, setPlays] = useState(false);
  const step = (last - first) / STEPS;
  useEffect(() => {
    if (!plays) return;
    const timer = setTimeout(() => (until >= last ? setPlays(false) : change(Math.min(last, until + Math.max(step, DAY_MS / 24)))), 60);
    return () => clearTimeout(timer);
  }, [plays, until]);
  const counts = bars(of, first, last, PARTS);
  const most = Math.max(1, ...counts);
  const play = () => {
    if (!plays && until >= last) change(first);
    setPlays(!plays);
  };
  return (
    <div class="map-when">
      <div class="map-bars" aria-hidden="true">
        {counts.map((n, i) => (
          <span key={i} style={{ height: `${(100 * n) / most}%` }} />
        ))}
      </div>
      <input type="range" aria-label="Until when positions are shown" aria-valuetext={`${timeOf(until)} ${zoneLabel(until)}`} min={first} max={last} step={Math.max(1, Math.round(step))} value={until} onInput={(e) => change(Number(e.currentTarget.value))} />
      <div class="row">
        <Button icon={plays ? "pause" : "play"} onClick={play} disabled={first === last || still()}>
          {plays ? "Stop" : "Play"}
        </Button>
        <span class="number">
          until {timeOf(until)} <span class="faint">{zoneLabel(until)}</span>
        </span>
        <Select label="How long before it" hidden value={days} options={spans} change={changeDays} />
        <span class="soft" role="status">
          {countOf(seen, "position")}
        </span>
      </div>
    </div>
  );
}
