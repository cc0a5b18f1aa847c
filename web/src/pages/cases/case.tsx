/** A case: its messages in their order, its people, and when it was. What is opened here is logged for it. */
import { useMemo } from "preact/hooks";
import { useAsk } from "../../api/use-ask.ts";
import { countOf } from "../../app/numbers.ts";
import { navigate, query, withQuery } from "../../app/router.ts";
import type { Parts } from "../../app/routes.ts";
import { zone } from "../../app/zone.ts";
import { Bar } from "../../parts/bar.tsx";
import { LinkButton } from "../../parts/button.tsx";
import { Card } from "../../parts/card.tsx";
import { narrowTime } from "../../parts/narrow.ts";
import { PageHead } from "../../parts/page-head.tsx";
import { handleOf, personAddress } from "../../parts/person.tsx";
import { Shown, State } from "../../parts/states.tsx";
import { Tabs } from "../../parts/tabs.tsx";
import { term } from "../search/words.ts";
import { filled } from "../timeline/bins.ts";
import { Chart } from "../timeline/chart.tsx";
import { Belonging } from "./belonging.tsx";
import { Events } from "./events.tsx";
import { Ledger } from "./ledger.tsx";
import { CaseMessages } from "./messages.tsx";

const PEOPLE = 40;
const elsewhere = (to: string, q: string) => `${to}?q=${encodeURIComponent(q)}`;

function People({ word, q }: { word: string; q: string }) {
  const asked = useAsk("GET /api/count", { query: { q, zone: zone.value, case: word } });
  return (
    <Shown of={asked}>
      {(c) => (
        <Card title={`Who wrote its ${countOf(c.total, "message")}`}>
          <div class="bars">
            {c.facets.people.slice(0, PEOPLE).map((p) => (
              <Bar key={p.value} label={handleOf(p.value)} count={p.count} most={Math.max(1, ...c.facets.people.map((x) => x.count))} href={personAddress(p.value)} />
            ))}
          </div>
        </Card>
      )}
    </Shown>
  );
}

function When({ word, q }: { word: string; q: string }) {
  const asked = useAsk("GET /api/activity", { query: { q, zone: zone.value, case: word } });
  const days = useMemo(() => filled(asked.data?.days ?? [], 1), [asked.data]);
  return (
    <Shown of={asked}>
      {(a) =>
        days.length === 0 ? (
          <State icon="timeline" title="No message yet" />
        ) : (
          <Card title={`${countOf(a.messages, "message")} by day`} aside={<span class="faint">days of {a.zone}; draw across a span to search it</span>}>
            <Chart of={days} step={1} choose={(span) => navigate(elsewhere("/search", narrowTime(q, span.after, span.before)))} />
            <div class="row">
              <LinkButton href={elsewhere("/timeline", q)}>As a timeline of its own</LinkButton>
            </div>
          </Card>
        )
      }
    </Shown>
  );
}

export function CasePage({ parts }: { parts: Parts }) {
  const word = parts["word"] ?? "";
  const q = term("case", word);
  const cases = useAsk("GET /api/cases", {});
  const known = cases.data?.cases.find((c) => c.word === word);
  const tab = query.value.get("tab") ?? "";
  const whole = useAsk("GET /api/cases/{word}", tab === "" ? undefined : { path: { word } });
  if (cases.data !== undefined && known === undefined)
    return (
      <State whole icon="case" title="There is no such case">
        <LinkButton href="/cases">Cases</LinkButton>
      </State>
    );
  return (
    <>
      <PageHead title={known === undefined || known.title === "" ? word : known.title} about={<code>{q}</code>}>
        <LinkButton icon="search" href={elsewhere("/search", q)}>
          Search in it
        </LinkButton>
        <LinkButton icon="network" href={elsewhere("/network", q)}>
          Its network
        </LinkButton>
        <LinkButton icon="map" href={elsewhere("/map", q)}>
          Its map
        </LinkButton>
      </PageHead>
      <Tabs
        label="Parts of the case"
        now={tab}
        tabs={[
          ["", "Messages"],
          ["people", "People"],
          ["time", "Timeline"],
          ["ledger", "Ledger"],
        ]}
        address={(t) => withQuery({ tab: t })}
      />
      {tab === "people" && (
        <div class="stack">
          <Shown of={whole}>{(c) => <Belonging of={c} again={whole.again} />}</Shown>
          <People word={word} q={q} />
        </div>
      )}
      {tab === "time" && (
        <div class="stack">
          <When word={word} q={q} />
          <Shown of={whole}>{(c) => <Events of={c} again={whole.again} />}</Shown>
        </div>
      )}
      {tab === "ledger" && <Shown of={whole}>{(c) => <Ledger of={c} again={whole.again} />}</Shown>}
      {tab === "" && <CaseMessages word={word} q={q} />}
    </>
  );
}
