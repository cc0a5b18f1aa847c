/** Search: the question above, counts as filters beside, hits, and the conversation of the hit that is
 * open. All of it stands in the address. */
import { useCallback, useRef, useState } from "preact/hooks";
import { useAsk } from "../../api/use-ask.ts";
import { useKeys } from "../../app/keys.ts";
import { comeBack, messagesNews } from "../../app/live.ts";
import { countOf, numberOf } from "../../app/numbers.ts";
import { navigate, query, withQuery } from "../../app/router.ts";
import { reads } from "../../app/session.ts";
import { zone } from "../../app/zone.ts";
import { Button, IconButton } from "../../parts/button.tsx";
import { Select } from "../../parts/field.tsx";
import { PageHead } from "../../parts/page-head.tsx";
import { Failed, Skeleton, State } from "../../parts/states.tsx";
import { VirtualList } from "../../parts/virtual.tsx";
import { ApiError } from "../../api/errors.ts";
import { MessageInPlace } from "../conversation/in-place.tsx";
import { Actions } from "./actions.tsx";
import { SearchBox } from "./box.tsx";
import { Facets } from "./facets.tsx";
import { useHits, type Found, type Order } from "./hits.ts";
import { HitRow } from "./hit-row.tsx";
import { SaveSearch } from "./save.tsx";

const ORDERS = [
  ["newest", "Newest first"],
  ["oldest", "Oldest first"],
  ["relevant", "Most relevant first"],
] as const;
const orderOf = (word: string | null): Order => ORDERS.find(([o]) => o === word)?.[0] ?? "newest";
const search = (q: string) => navigate(withQuery({ q, open: undefined, chosen: undefined }, "/search"));

/** Which hits are chosen: all that the question finds, or those of these numbers. */
function useChoice() {
  const words = (query.value.get("chosen") ?? "").split(".");
  const all = words[0] === "all";
  const ids = words.filter((w) => /^\d+$/.test(w)).map(Number);
  const put = (chosen: string) => navigate(withQuery({ chosen }), { replace: true });
  const toggle = (id: number) => put((ids.includes(id) ? ids.filter((i) => i !== id) : [...ids, id]).join("."));
  const now = useRef(toggle);
  now.current = toggle;
  const choose = useCallback((id: number) => now.current(id), []);
  return { ids, all, toggle: choose, setAll: (on: boolean) => put(on ? "all" : ""), clear: () => put("") };
}

function useHitKeys(found: Found, open: number, choose: (id: number) => void) {
  const at = found.hits.findIndex((h) => h.id === open);
  const show = (i: number) => {
    const hit = found.hits[i];
    if (hit !== undefined) navigate(withQuery({ open: String(hit.id) }), { replace: open !== 0 });
  };
  useKeys("Search", [
    { keys: "j", what: "Next hit", run: () => show(at + 1) },
    { keys: "k", what: "Hit before", run: () => show(Math.max(0, at - 1)) },
    { keys: "x", what: "Choose the hit", run: () => open !== 0 && reads() && choose(open) },
    { keys: "Escape", what: "Close the conversation", run: () => navigate(withQuery({ open: undefined })) },
  ]);
  return at;
}

function Nothing({ q }: { q: string }) {
  return (
    <State icon="search" title="Nothing was found">
      <p>{q === "" ? "The desk has no messages yet." : "Take a filter away, write fewer words, or look at another time."}</p>
      {q !== "" && <Button onClick={() => search("")}>Show everything</Button>}
    </State>
  );
}

function Unanswered({ error, again }: { error: unknown; again: () => void }) {
  if (!(error instanceof ApiError) || error.code !== "query") return <Failed error={error} again={again} />;
  return (
    <State icon="search" title="The desk does not understand the question">
      <p>What is wrong is marked above. The operators are offered as you write.</p>
    </State>
  );
}

export function Search() {
  const q = query.value.get("q") ?? "";
  const order = orderOf(query.value.get("order"));
  const open = Number(query.value.get("open") ?? 0);
  const grouped = query.value.get("alike") !== "all";
  const [turn, setTurn] = useState(0);
  const [newsAt, setNewsAt] = useState(messagesNews.value);
  const { found, more, change } = useHits({ q, order, zone: zone.value, grouped }, turn + comeBack.value);
  const counts = useAsk("GET /api/count", { query: { q, zone: zone.value } });
  const choice = useChoice();
  const at = useHitKeys(found, open, choice.toggle);
  const again = () => {
    setTurn((t) => t + 1);
    setNewsAt(messagesNews.value);
    counts.again();
  };
  const total = counts.data?.total;
  const wrongQuery = found.error instanceof ApiError && found.error.code === "query";
  return (
    <div class={`search ${open === 0 ? "" : "search-open"}`}>
      <div class="search-top">
        <PageHead title="Search" />
        <SearchBox query={q} error={found.error} search={search} />
      </div>
      <aside class="search-facets" aria-label="Filters">
        {!wrongQuery && <Facets of={counts} query={q} search={search} />}
      </aside>
      <section class="search-hits" aria-label="Hits" aria-busy={found.busy}>
        <div class="search-bar">
          {reads() && found.hits.length > 0 && (
            <Button aria-pressed={choice.all} icon="check" onClick={() => choice.setAll(!choice.all)} title="All that were found, not only those that are shown (A)">
              {choice.all ? "All chosen" : "Choose all"}
            </Button>
          )}
          <span class="grow cut" role="status">
            {total !== undefined && !wrongQuery && (
              <strong>
                {counts.data?.exact === false && "at least "}
                {countOf(total, "message")}
              </strong>
            )}
          </span>
          {messagesNews.value > newsAt && (
            <Button kind="quiet" onClick={again}>
              New ones: look again
            </Button>
          )}
          <IconButton icon="duplicate" label="Alike together" aria-pressed={grouped} title="Of messages that are alike show the first alone" onClick={() => navigate(withQuery({ alike: grouped ? "all" : undefined }))} />
          {reads() && <SaveSearch q={q} />}
          <Select label="Order" hidden value={order} options={ORDERS} change={(o) => navigate(withQuery({ order: o === "newest" ? undefined : o }))} />
        </div>
        {reads() && <Actions query={q} total={total} chosen={choice.ids} all={choice.all} setAll={choice.setAll} clear={choice.clear} changed={again} />}
        {found.hits.length > 0 ? (
          <VirtualList
            class={found.busy ? "search-list search-old" : "search-list"}
            label={`${numberOf(found.hits.length)} hits`}
            count={found.hits.length}
            estimate={88}
            keyOf={(i) => found.hits[i]?.id ?? i}
            near={more}
            active={at < 0 ? undefined : at}
            row={(i) => {
              const hit = found.hits[i];
              return hit === undefined ? null : (
                <HitRow hit={hit} href={withQuery({ open: String(hit.id) })} active={hit.id === open} chosen={choice.all || choice.ids.includes(hit.id)} choose={reads() ? choice.toggle : undefined} />
              );
            }}
          />
        ) : found.busy ? (
          <Skeleton lines={12} />
        ) : found.error === undefined ? (
          <Nothing q={q} />
        ) : (
          <Unanswered error={found.error} again={again} />
        )}
      </section>
      {open !== 0 && (
        <section class="search-thread" aria-label="Conversation">
          <MessageInPlace id={open} known={at < 0 ? undefined : found.hits[at]} close={() => navigate(withQuery({ open: undefined }))} changed={(id, made, seen) => change(id, (h) => ({ ...h, made, seen }))} />
        </section>
      )}
    </div>
  );
}
