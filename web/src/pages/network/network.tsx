/** The contact network of all messages, or of what a query finds: communities, who is near whom, ways between
 * two. What is shown stands in the address. */
import { useAsk } from "../../api/use-ask.ts";
import { countOf } from "../../app/numbers.ts";
import { navigate, query, withQuery } from "../../app/router.ts";
import { zone } from "../../app/zone.ts";
import { Button } from "../../parts/button.tsx";
import { Field, Select } from "../../parts/field.tsx";
import { QueryBar } from "../../parts/query-bar.tsx";
import { PageHead } from "../../parts/page-head.tsx";
import { Shown, State } from "../../parts/states.tsx";
import { Tabs } from "../../parts/tabs.tsx";
import { CommunitiesView } from "./communities-view.tsx";
import { isMeasure, measures, type Measure } from "./measures.ts";
import { AroundView, PathsView } from "./person-views.tsx";

const views = [
  ["", "Communities"],
  ["around", "Around a person"],
  ["paths", "Between two"],
] as const;

/** The fields of a view; what is written stands in the address once it is sent. */
function Who({ names }: { names: readonly (readonly [string, string])[] }) {
  const q = query.value;
  return (
    <form
      class="network-who"
      onSubmit={(e) => {
        e.preventDefault();
        const form = new FormData(e.currentTarget);
        navigate(withQuery(Object.fromEntries(names.map(([name]) => [name, String(form.get(name) ?? "").trim()]))));
      }}
    >
      {names.map(([name, label]) => (
        <Field key={`${name} ${q.get(name) ?? ""}`} name={name} label={label} value={q.get(name) ?? ""} autocomplete="off" placeholder="account or name" />
      ))}
      <Button type="submit" kind="main">
        Show
      </Button>
    </form>
  );
}

function Communities({ q, by }: { q: string; by: Measure }) {
  const asked = useAsk("GET /api/network", { query: { q, zone: zone.value } });
  return (
    <Shown of={asked}>
      {(n) =>
        n.people === 0 ? (
          <State icon="network" title="Nobody wrote to anybody here">
            <p>Take the filter away, or look at another time.</p>
          </State>
        ) : (
          <>
            <p class="soft network-about">
              {countOf(n.people, "person", "people")} in {countOf(n.communities_in_all, "community", "communities")}, {countOf(n.pairs, "contact")}, {countOf(n.messages, "message")}
              {n.communities_in_all > n.communities.length && `; the ${n.communities.length} largest are shown`}
            </p>
            <CommunitiesView of={n} q={q} by={by} again={asked.again} />
          </>
        )
      }
    </Shown>
  );
}

export function NetworkPage() {
  const p = query.value;
  const q = p.get("q") ?? "";
  const view = p.get("view") ?? "";
  const wanted = p.get("by");
  const by: Measure = isMeasure(wanted) ? wanted : "strength";
  return (
    <>
      <PageHead title="Network" about="Who has to do with whom: people belong together who write more with each other than with others">
        <Select label="People are sized by" value={by} options={measures.map(([m, words]) => [m, `By ${words.toLowerCase()}`] as const)} change={(m) => navigate(withQuery({ by: m }), { replace: true })} hidden />
      </PageHead>
      <QueryBar />
      <Tabs label="Views of the network" now={view} tabs={views} address={(v) => withQuery({ view: v, open: undefined })} />
      {view === "around" && <Who names={[["who", "Person"]]} />}
      {view === "paths" && (
        <Who
          names={[
            ["from", "From"],
            ["to", "To"],
          ]}
        />
      )}
      {view === "around" ? <AroundView who={p.get("who") ?? ""} q={q} by={by} steps={1} /> : view === "paths" ? <PathsView from={p.get("from") ?? ""} to={p.get("to") ?? ""} q={q} /> : <Communities q={q} by={by} />}
    </>
  );
}
