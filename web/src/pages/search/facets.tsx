/** Counts beside the hits. Each is a filter: pressed, it narrows the question; pressed again, no more. */
import type { Asked } from "../../api/use-ask.ts";
import type { Counts } from "../../api/schema.ts";
import { countryOf, languageOf } from "../../app/numbers.ts";
import { Bar } from "../../parts/bar.tsx";
import { handleOf } from "../../parts/person.tsx";
import { Failed, Skeleton } from "../../parts/states.tsx";
import { hasWord, term, toggleWord } from "./words.ts";

type Facet = keyof Counts["facets"];
const known = (value: string) => (value === "" ? "unknown" : value);

const facets: { of: Facet; title: string; word: (v: string) => string; label: (v: string) => string }[] = [
  { of: "people", title: "Who wrote", word: (v) => term("from", handleOf(v)), label: handleOf },
  { of: "kinds", title: "Kind", word: (v) => `kind:${v}`, label: (v) => v },
  { of: "languages", title: "Language", word: (v) => `lang:${known(v)}`, label: languageOf },
  { of: "countries", title: "Country", word: (v) => `country:${known(v)}`, label: countryOf },
  { of: "months", title: "Month", word: (v) => `on:${v}`, label: (v) => v },
];

const SHOWN = 6;

function One({ facet, counts, query, search }: { facet: (typeof facets)[number]; counts: Counts; query: string; search: (q: string) => void }) {
  const all = counts.facets[facet.of];
  const pressed = all.filter((c) => hasWord(query, facet.word(c.value)));
  const shown = facet.of === "months" ? all.slice(-SHOWN).reverse() : all.slice(0, SHOWN);
  const both = [...shown, ...pressed.filter((p) => !shown.includes(p))];
  const most = Math.max(1, ...both.map((c) => c.count));
  if (both.length === 0) return null;
  return (
    <section class="facet">
      <h2>{facet.title}</h2>
      <div class="bars">
        {both.map((c) => (
          <Bar key={c.value} label={facet.label(c.value)} count={c.count} most={most} pressed={pressed.includes(c)} press={() => search(toggleWord(query, facet.word(c.value)))} />
        ))}
      </div>
    </section>
  );
}

export function Facets({ of, query, search }: { of: Asked<Counts>; query: string; search: (q: string) => void }) {
  if (of.data === undefined) return of.error === undefined ? <Skeleton lines={10} label="Counting" /> : <Failed error={of.error} again={of.again} />;
  const counts = of.data;
  return (
    <>
      {facets.map((f) => (
        <One key={f.of} facet={f} counts={counts} query={query} search={search} />
      ))}
    </>
  );
}
