/** A query narrowed by what was chosen in a picture: a span of days, a country, a place. What it said of the
 * same before is replaced. */
import { wordsOf } from "../pages/search/words.ts";

/** An OR at the top is put in parentheses, so that what follows narrows all of it. */
const grouped = (words: string[]) => (words.includes("OR") && !/^\([^()]*\)$/.test(words.join(" ")) ? `(${words.join(" ")})` : words.join(" "));

/** `names`: of the terms that go; only where they stand by themselves, not within parentheses. */
export function replaced(q: string, names: readonly string[], by: readonly string[]): string {
  let depth = 0;
  const kept = wordsOf(q).filter((w) => {
    const before = depth;
    depth += (w.match(/\(/g)?.length ?? 0) - (w.match(/\)/g)?.length ?? 0);
    return before > 0 || !names.some((n) => w.toLowerCase().startsWith(`${n}:`));
  });
  return [grouped(kept), ...by].filter((w) => w !== "").join(" ");
}

/** From the first day on to before the last: days as "2026-09-01". */
export const narrowTime = (q: string, after: string, before: string) => replaced(q, ["after", "before", "on"], [`after:${after}`, `before:${before}`]);
export const narrowCountry = (q: string, country: string) => replaced(q, ["country"], [`country:${country === "" ? "unknown" : country}`]);
export const narrowPlace = (q: string, lat: number, lon: number, km: number) => replaced(q, ["near"], [`near:${lat.toFixed(4)},${lon.toFixed(4)},${km}`]);
