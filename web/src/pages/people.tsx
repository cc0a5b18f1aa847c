/** Everybody who wrote or was written to, the most active first. */
import { useEffect, useState } from "preact/hooks";
import { ask } from "../api/client.ts";
import type { Person } from "../api/schema.ts";
import { countryOf, numberOf } from "../app/numbers.ts";
import { navigate, query, withQuery } from "../app/router.ts";
import { Field } from "../parts/field.tsx";
import { handleOf, Initial, personAddress } from "../parts/person.tsx";
import { PageHead } from "../parts/page-head.tsx";
import { Failed, Skeleton, State } from "../parts/states.tsx";
import { Time } from "../parts/time.tsx";
import { VirtualList } from "../parts/virtual.tsx";

const PAGE = 100;
const PAUSE_MS = 150;

function Row({ of }: { of: Person }) {
  return (
    <a class="list-row" href={personAddress(of.account)}>
      <Initial account={of.account} />
      <span class="grow">
        <strong class="cut" dir="auto">
          {handleOf(of.account)}
          {of.name !== "" && <span class="faint"> {of.name}</span>}
        </strong>
        <span class="faint cut">
          {[of.organisation, ...of.countries.split(" ").filter((c) => c !== "").slice(0, 3).map(countryOf)].filter((w) => w !== "").join(" · ")}
        </span>
      </span>
      <span class="number faint">
        {numberOf(of.sent)} sent · {numberOf(of.received)} received
      </span>
      <span class="list-time">{of.last === 0 ? <span class="faint">never wrote</span> : <Time at={of.last} />}</span>
    </a>
  );
}

function usePeople(prefix: string) {
  const [state, setState] = useState<{ list: Person[]; after: string | null; error: unknown; busy: boolean; of: string }>({ list: [], after: null, error: undefined, busy: true, of: "" });
  const load = (after: string | null) =>
    ask("GET /api/people", { query: { prefix, limit: PAGE, ...(after === null ? {} : { after }) } })
      .then((a) => setState((s) => ({ list: after === null ? a.people : [...s.list, ...a.people], after: a.after, error: undefined, busy: false, of: prefix })))
      .catch((error: unknown) => setState((s) => ({ ...s, error, busy: false })));
  useEffect(() => {
    const timer = setTimeout(() => void load(null), prefix === "" ? 0 : PAUSE_MS);
    return () => clearTimeout(timer);
  }, [prefix]);
  const more = () => {
    if (state.after === null || state.busy || state.of !== prefix) return;
    setState((s) => ({ ...s, busy: true }));
    void load(state.after);
  };
  return { ...state, more, again: () => void load(null) };
}

export function People() {
  const prefix = query.value.get("name") ?? "";
  const p = usePeople(prefix);
  return (
    <div class="list-page">
      <PageHead title="People" about="The most active first">
        <div class="list-filter">
          <Field label="Whose name begins with" type="search" value={prefix} onInput={(e) => navigate(withQuery({ name: e.currentTarget.value }), { replace: true })} />
        </div>
      </PageHead>
      {p.error !== undefined ? (
        <Failed error={p.error} again={p.again} />
      ) : p.list.length > 0 ? (
        <VirtualList class="list" label="People" count={p.list.length} estimate={56} keyOf={(i) => p.list[i]?.account ?? i} near={p.more} row={(i) => (p.list[i] === undefined ? null : <Row of={p.list[i]} />)} />
      ) : p.busy ? (
        <Skeleton lines={12} />
      ) : (
        <State icon="people" title="Nobody of this name">
          <p>Handles and names that were given are looked at, from their beginning.</p>
        </State>
      )}
    </div>
  );
}
