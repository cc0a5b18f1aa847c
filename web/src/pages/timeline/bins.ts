/** Days and weeks of the desk's counts as a chart wants them: none left out, and as dates. */
export interface Count {
  day: number;
  messages: number;
  people: number;
}

const DAY_S = 86400;

/** Days since 1970 as "2026-09-01". */
export const dateOf = (day: number) => new Date(day * DAY_S * 1000).toISOString().slice(0, 10);
/** "2026-09-01" as days since 1970; undefined: no date. */
export function dayOf(date: string): number | undefined {
  const ms = /^\d{4}-\d{2}-\d{2}$/.test(date) ? Date.parse(`${date}T00:00:00Z`) : NaN;
  return Number.isNaN(ms) ? undefined : ms / (DAY_S * 1000);
}

/** In steps of 1 day or 7, those without messages too. */
export function filled(of: readonly Count[], step: number): Count[] {
  const all: Count[] = [];
  for (const one of of) {
    for (let last = all.at(-1); last !== undefined && last.day + step < one.day; last = all.at(-1)) all.push({ day: last.day + step, messages: 0, people: 0 });
    all.push(one);
  }
  return all;
}

type Column = (number | null)[];

/** Seconds since 1970, messages, people: a column each, to the end of the last step. */
export function columnsOf(of: readonly Count[], step: number): [number[], Column, Column] {
  const end = (of.at(-1)?.day ?? 0) + step;
  return [[...of.map((c) => c.day), end].map((day) => day * DAY_S), [...of.map((c) => c.messages), null], [...of.map((c) => c.people), null]];
}

/** What a selection of seconds covers: whole days of the steps it touches. */
export function daysOf(fromS: number, toS: number, of: readonly Count[], step: number): { after: string; before: string } | undefined {
  const touched = of.filter((c) => (c.day + step) * DAY_S > fromS && c.day * DAY_S < toS);
  const [first, last] = [touched[0], touched.at(-1)];
  return first === undefined || last === undefined ? undefined : { after: dateOf(first.day), before: dateOf(last.day + step) };
}
