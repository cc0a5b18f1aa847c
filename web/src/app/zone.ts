/** Times: in the zone that was chosen, which is always printed beside them. */
import { computed, effect } from "@preact/signals";
import { kept } from "./kept.ts";
import { address, navigate, query, withQuery } from "./router.ts";

export type ZoneChoice = "utc" | "device" | "mine";
export const choice = kept<ZoneChoice>("zone", "utc");
/** The zone that a user works in, wherever the device is: IANA's name. */
export const mine = kept<string>("zone.mine", "");
export const deviceZone = Intl.DateTimeFormat().resolvedOptions().timeZone || "UTC";
const own = computed(() => (choice.value === "device" ? deviceZone : choice.value === "mine" && mine.value !== "" ? mine.value : "UTC"));
/** An address that asks something names the zone that it is asked in: whoever opens it sees the same days. */
const named = computed(() => {
  const name = query.value.get("zone");
  return name !== null && zoneValid(name) ? name : undefined;
});
export const zone = computed(() => named.value ?? own.value);

export function chooseZone(which: ZoneChoice, name: string = mine.value): void {
  mine.value = name;
  choice.value = which;
  if (address.value.query !== "") navigate(withQuery({ zone: own.value }), { replace: true });
}

export function keepZoneInAddress(): void {
  effect(() => {
    if (address.value.query !== "" && named.value === undefined) navigate(withQuery({ zone: own.peek() }), { replace: true });
  });
}

const made = new Map<string, Intl.DateTimeFormat>();
function format(key: string, options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  const id = `${key} ${zone.value}`;
  let f = made.get(id);
  if (f === undefined) {
    f = new Intl.DateTimeFormat("en-GB", { ...options, timeZone: zone.value });
    made.set(id, f);
  }
  return f;
}

/** "30 Nov 2026" */
export const dayOf = (ms: number) => format("day", { day: "numeric", month: "short", year: "numeric" }).format(ms);
/** "Monday, 30 November 2026" */
export const longDayOf = (ms: number) =>
  format("long", { weekday: "long", day: "numeric", month: "long", year: "numeric" }).format(ms);
/** "14:03" */
export const clockOf = (ms: number) => format("clock", { hour: "2-digit", minute: "2-digit" }).format(ms);
/** "14:03:22" */
export const secondsOf = (ms: number) =>
  format("seconds", { hour: "2-digit", minute: "2-digit", second: "2-digit" }).format(ms);
/** "30 Nov 2026, 14:03" */
export const timeOf = (ms: number) => `${dayOf(ms)}, ${clockOf(ms)}`;

/** "UTC", "GMT+1": what is printed beside a time. */
export function zoneLabel(ms: number = Date.now()): string {
  if (zone.value === "UTC") return "UTC";
  const part = format("label", { timeZoneName: "short" })
    .formatToParts(ms)
    .find((p) => p.type === "timeZoneName");
  return part?.value.replace("GMT", "UTC") ?? zone.value;
}

export function zoneValid(name: string): boolean {
  try {
    return Intl.DateTimeFormat("en", { timeZone: name }).format(0) !== "";
  } catch {
    return false;
  }
}

/** "3 min ago", "2 days ago": beside a time, never instead of one. */
export function agoOf(ms: number, now: number = Date.now()): string {
  const s = Math.max(0, Math.round((now - ms) / 1000));
  const words = (n: number, unit: string) => `${n} ${unit}${n === 1 || unit === "min" ? "" : "s"} ago`;
  if (s < 60) return "just now";
  if (s < 3600) return words(Math.round(s / 60), "min");
  if (s < 86400) return words(Math.round(s / 3600), "hour");
  return words(Math.round(s / 86400), "day");
}
