/** A day and a time of a zone, "2026-09-01T14:03", as milliseconds; undefined: it is none. Where a clock was
 * set back, the first of the two. */
export function instantOf(local: string, zone: string): number | undefined {
  const asUtc = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}/.test(local) ? Date.parse(`${local.slice(0, 16)}:00Z`) : NaN;
  if (Number.isNaN(asUtc)) return undefined;
  const shown = (ms: number) => {
    const parts = new Intl.DateTimeFormat("en-GB", { timeZone: zone, year: "numeric", month: "2-digit", day: "2-digit", hour: "2-digit", minute: "2-digit", hourCycle: "h23" }).formatToParts(ms);
    const of = (type: string) => parts.find((p) => p.type === type)?.value ?? "";
    return Date.parse(`${of("year")}-${of("month")}-${of("day")}T${of("hour")}:${of("minute")}:00Z`);
  };
  const DAY = 86400000;
  const offsets = [...new Set([asUtc - DAY, asUtc + DAY].map((near) => shown(near) - near))].sort((a, b) => b - a);
  return offsets.map((o) => asUtc - o).find((ms) => shown(ms) === asUtc) ?? asUtc - (offsets[0] ?? 0);
}
