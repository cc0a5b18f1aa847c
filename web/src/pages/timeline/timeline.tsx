/** How much was written when: by day or week, and by hour of the week. A span that is chosen narrows the
 * query, and with it search, network and map. */
import { useMemo } from "preact/hooks";
import { useAsk } from "../../api/use-ask.ts";
import type { Activity } from "../../api/schema.ts";
import { countOf, numberOf } from "../../app/numbers.ts";
import { navigate, query, withQuery } from "../../app/router.ts";
import { zone } from "../../app/zone.ts";
import { Button } from "../../parts/button.tsx";
import { Card } from "../../parts/card.tsx";
import { Field } from "../../parts/field.tsx";
import { narrowTime } from "../../parts/narrow.ts";
import { PageHead } from "../../parts/page-head.tsx";
import { QueryBar } from "../../parts/query-bar.tsx";
import { Shown, State } from "../../parts/states.tsx";
import { Tabs } from "../../parts/tabs.tsx";
import { dateOf, dayOf, filled, type Count } from "./bins.ts";
import { Chart } from "./chart.tsx";
import { Week } from "./week.tsx";

const WEEK = 7;

function Span({ q, first, last }: { q: string; first: string; last: string }) {
  return (
    <form
      class="span"
      onSubmit={(e) => {
        e.preventDefault();
        const form = new FormData(e.currentTarget);
        const [after, before] = [String(form.get("after")), String(form.get("before"))];
        if (dayOf(after) !== undefined && dayOf(before) !== undefined) navigate(withQuery({ q: narrowTime(q, after, before) }));
      }}
    >
      <Field key={first} label="From" name="after" type="date" value={first} required />
      <Field key={last} label="Before" name="before" type="date" value={last} required />
      <Button type="submit">Only this span</Button>
    </form>
  );
}

function Numbers({ of, step, q }: { of: Count[]; step: number; q: string }) {
  return (
    <details>
      <summary>The same as a table</summary>
      <div class="table-scroll timeline-scroll" tabIndex={0} role="region" aria-label="Messages over time">
        <table class="table">
          <thead>
            <tr>
              <th>{step === 1 ? "Day" : "Week from"}</th>
              <th class="right">Messages</th>
              <th class="right">People</th>
            </tr>
          </thead>
          <tbody>
            {[...of].reverse().map((c) => (
              <tr key={c.day}>
                <td>
                  <a href={withQuery({ q: narrowTime(q, dateOf(c.day), dateOf(c.day + step)) }, "/search")}>{dateOf(c.day)}</a>
                </td>
                <td class="right number">{numberOf(c.messages)}</td>
                <td class="right number">{numberOf(c.people)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </details>
  );
}

function Whole({ of, q }: { of: Activity; q: string }) {
  const weeks = query.value.get("by") === "week";
  const step = weeks ? WEEK : 1;
  const counts = useMemo(() => filled(weeks ? of.weeks : of.days, step), [of, weeks]);
  const [first, last] = [counts[0], counts.at(-1)];
  if (first === undefined || last === undefined)
    return (
      <State icon="timeline" title="Nothing was written">
        <p>Take the filter away, or look at another time.</p>
      </State>
    );
  return (
    <div class="stack">
      <Tabs label="Steps of time" now={weeks ? "week" : ""} tabs={[["", "By day"], ["week", "By week"]]} address={(by) => withQuery({ by })} />
      <Card title={`${countOf(of.messages, "message")} of ${countOf(of.people, "person", "people")}`} aside={<span class="faint">days of {of.zone}; draw across a span to choose it</span>}>
        <p class="row">
          <span class="key key-messages" aria-hidden="true" /> Messages <span class="key key-people" aria-hidden="true" /> People who wrote
        </p>
        <Chart of={counts} step={step} choose={(span) => navigate(withQuery({ q: narrowTime(q, span.after, span.before) }))} />
        <Span q={q} first={dateOf(first.day)} last={dateOf(last.day + step)} />
        <Numbers of={counts} step={step} q={q} />
      </Card>
      <Card title="Hours of the week" aside={<span class="faint">{of.zone}</span>}>
        <Week hours={of.hours} zone={of.zone} />
      </Card>
    </div>
  );
}

export function TimelinePage() {
  const q = query.value.get("q") ?? "";
  const asked = useAsk("GET /api/activity", { query: { q, zone: zone.value } });
  return (
    <>
      <PageHead title="Timeline" about={`When people write, in ${zone.value}`} />
      <QueryBar />
      <Shown of={asked}>{(a) => <Whole of={a} q={q} />}</Shown>
    </>
  );
}
