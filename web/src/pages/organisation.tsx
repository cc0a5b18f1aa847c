/** An organisation: who belongs to it, and what its people write. */
import { useAsk } from "../api/use-ask.ts";
import { languageOf, numberOf } from "../app/numbers.ts";
import type { Parts } from "../app/routes.ts";
import { zone } from "../app/zone.ts";
import { Bar } from "../parts/bar.tsx";
import { LinkButton } from "../parts/button.tsx";
import { Card, Figure } from "../parts/card.tsx";
import { handleOf, personAddress } from "../parts/person.tsx";
import { PageHead } from "../parts/page-head.tsx";
import { Shown, State } from "../parts/states.tsx";
import type { Counts } from "../api/schema.ts";
import { term } from "./search/words.ts";

const search = (q: string) => `/search?q=${encodeURIComponent(q)}`;

function Whole({ of, q }: { of: Counts; q: string }) {
  const unseen = useAsk("GET /api/count", { query: { q: `${q} unseen:me`, zone: zone.value } });
  if (of.total === 0)
    return (
      <State icon="organisation" title="Nobody of it has written">
        <p>Perhaps its people were taken out of it, or it is written in another way.</p>
        <LinkButton href="/people">People</LinkButton>
      </State>
    );
  const most = (list: { count: number }[]) => Math.max(1, ...list.map((c) => c.count));
  return (
    <div class="overview">
      <div class="figures">
        <Figure label="Messages of or to its people" value={numberOf(of.total)} href={search(q)} />
        <Figure label="That you have not seen" value={unseen.data === undefined ? "…" : numberOf(unseen.data.total)} href={search(`${q} unseen:me`)} />
      </div>
      <div class="two">
        <Card title="Who wrote">
          <div class="bars">
            {of.facets.people.slice(0, 20).map((p) => (
              <Bar key={p.value} label={handleOf(p.value)} count={p.count} most={most(of.facets.people)} href={personAddress(p.value)} />
            ))}
          </div>
        </Card>
        <Card title="In which language">
          <div class="bars">
            {of.facets.languages.slice(0, 10).map((l) => (
              <Bar key={l.value} label={languageOf(l.value)} count={l.count} most={most(of.facets.languages)} href={search(`${q} lang:${l.value === "" ? "unknown" : l.value}`)} />
            ))}
          </div>
        </Card>
      </div>
    </div>
  );
}

export function Organisation({ parts }: { parts: Parts }) {
  const name = parts["name"] ?? "";
  const q = term("org", name);
  const asked = useAsk("GET /api/count", { query: { q, zone: zone.value } });
  return (
    <>
      <PageHead title={name} about="An organisation">
        <LinkButton icon="search" href={search(q)}>
          Its messages
        </LinkButton>
      </PageHead>
      <Shown of={asked}>{(c) => <Whole of={c} q={q} />}</Shown>
    </>
  );
}
