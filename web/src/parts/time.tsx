/** An instant, in the zone that was chosen, which stands beside it. */
import { agoOf, clockOf, timeOf, zoneLabel } from "../app/zone.ts";

/** "30 Nov 2026, 14:03 UTC"; `short`: the clock alone, where the day stands above. */
export function Time({ at, short = false, ago = false }: { at: number; short?: boolean; ago?: boolean }) {
  if (at === 0) return <span class="faint">never</span>;
  return (
    <time dateTime={new Date(at).toISOString()} title={`${timeOf(at)} ${zoneLabel(at)} · ${new Date(at).toISOString()}`} class="number">
      {short ? clockOf(at) : timeOf(at)} <span class="faint">{zoneLabel(at)}</span>
      {ago && <span class="faint"> · {agoOf(at)}</span>}
    </time>
  );
}
