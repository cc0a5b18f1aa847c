/** How many days a warrant has left: its last day is one of them. */
const DAY_MS = 86400000;

export function daysLeft(until: string, now: number): number | undefined {
  const last = Date.parse(`${until}T00:00:00Z`);
  return Number.isNaN(last) ? undefined : Math.floor(last / DAY_MS) - Math.floor(now / DAY_MS) + 1;
}
